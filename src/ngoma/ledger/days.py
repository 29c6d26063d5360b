"""The daily entry: how many events each case has that something happened to.

It commits the city to a number: an event that is left out of the log, or added to a day that is
over, no longer fits to it.
"""

import zlib
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from ngoma.base.canonical import plain
from ngoma.base.clock import now
from ngoma.ledger.entries import INDEX, base64url
from ngoma.ledger.sealing import READER, Log
from ngoma.records.models import Bookmark, Day
from ngoma.records.queries import ledger as rows
from ngoma.records.queries.backups import restoration
from ngoma.tlog.merkle import leaf_hash, root_of

Count = tuple[str, int]
"""Pseudonym of a case, and its number of entries."""


def close_days() -> None:
    """Add the entry of yesterday, if it is not there, the log has begun and does not rest."""
    yesterday = now().date() - timedelta(days=1)
    if restoration() is not None:
        return
    if Day.objects.filter(day__gte=yesterday).exists() or not rows.length():
        return
    with transaction.atomic():
        Bookmark.objects.select_for_update().get_or_create(reader=READER)
        if not Day.objects.filter(day__gte=yesterday).exists():
            _close(yesterday)


def _close(day: date) -> None:
    before: int | None = Day.objects.aggregate(last=Max("entry"))["last"]
    counts = rows.touched(-1 if before is None else before)
    log = Log.resume()
    index, _ = log.append(content(day, counts, *rows.totals()))
    log.save()
    Day.objects.create(day=day, entry_id=index, counts=zlib.compress(file(counts)))


def content(day: date, counts: Sequence[Count], cases: int, events: int) -> bytes:
    """The entry of a day; `cases` and `events` are those there are in all."""
    return plain(
        {
            "cases": cases,
            "day": day.isoformat(),
            "events": events,
            "kind": INDEX,
            "root": base64url(root(counts)),
            "size": len(counts),
        }
    )


def file(counts: Sequence[Count]) -> bytes:
    """What `/ledger/index/<day>` has: a line for each case."""
    return "".join(f"{pseudonym} {count}\n" for pseudonym, count in counts).encode("ascii")


def read(data: bytes) -> list[Count]:
    """The counts in such a file. Raises ValueError for anything else."""
    lines = (line.split(" ") for line in data.decode("ascii").splitlines())
    return [(pseudonym, int(count)) for pseudonym, count in lines]


def root(counts: Sequence[Count]) -> bytes:
    """The root of the tree of RFC 6962 over the lines."""
    return root_of([leaf_hash(line) for line in file(counts).splitlines()])
