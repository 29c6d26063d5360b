"""How sums are kept behind the events: each thing is counted whole, as it stands, whenever the last
event of its case is read, and what it was counted as before is taken back.

So it does not matter which events were read before, and reading them all again makes the same.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from ngoma.records.models import Bookmark, Parked
from ngoma.records.sql import counts
from ngoma.records.sql.counts import Key, Table
from ngoma.work.reading import Write, read_batch

LARGE = 5000
"""Events at once where nobody waits for the database meanwhile."""

Row = tuple[Key, tuple[int, ...]]
"""A key, and what is added to the sums under it."""
Changes = dict[Key, tuple[int, ...]]
M = TypeVar("M", bound=Model)


def rebuild(
    reader: str,
    memory: type[Model],
    tables: Sequence[Table],
    count: Write,
    progress: Callable[[int], object],
) -> None:
    """Drop the sums and make them again from the first event on.

    It may be interrupted: the worker goes on from there.
    """
    with transaction.atomic():
        Bookmark.objects.filter(reader=reader).delete()
        Parked.objects.filter(reader=reader).delete()
        memory._default_manager.all().delete()
        counts.drop(tables)
        counts.create(tables)
    done = 0
    while read := read_batch(reader, count, LARGE):
        done += read
        progress(done)
    counts.tidy(tables)


def remember(memory: type[M], keys: Collection[int], standing: Iterable[M]) -> list[tuple[int, M]]:
    """Keep what the things with these keys are counted as from now on.

    Returns what is to be taken back (-1) and to be added (1): what is counted as before is neither.
    """
    before = memory._default_manager.in_bulk(keys)
    after = {each.pk: each for each in standing}
    gone = [each for key, each in before.items() if not _same(each, after.get(key))]
    come = [each for key, each in after.items() if not _same(each, before.get(key))]
    memory._default_manager.filter(pk__in=before.keys() - after.keys()).delete()
    fields = [field for field in memory._meta.concrete_fields if not field.primary_key]
    key = memory._meta.pk
    assert key is not None
    memory._default_manager.bulk_create(
        come,
        update_conflicts=True,
        unique_fields=[key.name],
        update_fields=[field.name for field in fields],
    )
    return [(-1, each) for each in gone] + [(1, each) for each in come]


def summed(rows: Iterable[tuple[int, Row]]) -> Changes:
    """Rows under one key added up, each with its sign."""
    changes: Changes = {}
    for sign, (key, sums) in rows:
        known = changes.get(key)
        if known is None:
            changes[key] = tuple(sign * value for value in sums)
        else:
            changes[key] = tuple(old + sign * new for old, new in zip(known, sums, strict=True))
    return changes


def _same(one: Model, other: Model | None) -> bool:
    columns = [field.attname for field in one._meta.concrete_fields]
    return other is not None and all(getattr(one, c) == getattr(other, c) for c in columns)
