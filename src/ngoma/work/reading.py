"""Readers of all events that keep something of each case as it stands, each with its bookmark.

None of them stops at a case it cannot take. What comes together fails together; then each half is
tried by itself, and so on, until the one case is left that it fails with. That one is parked: told
of in the log, listed for administrators, left out until its next event, and tried again by the
clock. What is the fault of no case (the database is away, the disk is full) parks nothing.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, QuerySet

from ngoma.base import tracing
from ngoma.base.clock import now
from ngoma.records.models import Bookmark, Case, Parked
from ngoma.records.queries.events import advance, come_to_rest, read_on
from ngoma.work import registry
from ngoma.work.failures import from_without, told
from ngoma.work.timers import for_a_second

BATCH = 500

Write = Callable[[Sequence[Case]], object]
"""Keeps what a reader keeps of cases, as they stand, instead of what it kept of them before."""

log = structlog.get_logger(__name__)


def read_batch(reader: str, write: Write, limit: int = BATCH) -> int:
    """Have the cases of the next events written. Returns how many events were read."""
    with tracing.span("batch", {"ngoma.reader": reader}), transaction.atomic():
        events = read_on(reader, limit, whole=False)
        tracing.note({"ngoma.events": len(events)})
        newest = {event.case_id: event for event in sorted(events, key=lambda each: each.seq)}

        def at_rest(ids: Collection[int]) -> list[Case]:
            return come_to_rest([newest[each] for each in ids])

        if events:
            write_all(reader, write, list(newest), at_rest)
            advance(reader, events[-1])
    return len(events)


def standing(ids: Collection[int]) -> list[Case]:
    """The cases with these ids."""
    return list(Case.objects.filter(pk__in=ids))


def write_all(
    reader: str,
    write: Write,
    ids: Sequence[int],
    load: Callable[[Collection[int]], list[Case]] = standing,
) -> list[int]:
    """Have the cases with these ids written. Returns those with which it failed, which are parked.

    Call it in a transaction. Raises what is the fault of no case.
    """
    try:
        with transaction.atomic():
            write(load(ids))
    except Exception as error:
        if from_without(error):
            raise
        if len(ids) == 1:
            park(reader, ids[0], error)
            return list(ids)
        half = len(ids) // 2
        return [
            each
            for part in (ids[:half], ids[half:])
            for each in write_all(reader, write, part, load)
        ]
    Parked.objects.filter(reader=reader, case__in=ids).delete()
    return []


def park(reader: str, case_id: int, error: Exception, event: int | None = None) -> None:
    """Note that a reader failed with a case. The log tells the first time."""
    at, description = now(), told(error)
    again = Parked.objects.filter(reader=reader, case=case_id)
    if again.update(tried_at=at, tries=F("tries") + 1, error=description):
        return
    Parked.objects.create(
        reader=reader, case_id=case_id, event=event, parked_at=at, tried_at=at, error=description
    )
    log.error("case parked", reader=reader, case=case_id, number=event, error=description)


def parked(reader: str, city_id: int) -> QuerySet[Parked]:
    """What a reader has parked of a city."""
    return Parked.objects.filter(reader=reader, case__city=city_id)


def try_again() -> None:
    """Try what is parked once more, the longest ago first, for about a second. By the clock."""
    started = now()
    for_a_second(lambda: _try_next(started))


def try_all_again() -> tuple[int, int]:
    """Try all that is parked once more. Returns how much there was, and how much is left."""
    before, started = Parked.objects.count(), now()
    while _try_next(started):
        pass
    return before, Parked.objects.count()


def _try_next(started: datetime) -> bool:
    """Try one that was not tried since; whether there was any."""
    row = Parked.objects.filter(tried_at__lt=started).order_by("tried_at", "pk").first()
    if row is None:
        return False
    write = registry.readers().get(row.reader)
    if write is None:  # of another version, or of one that parks nothing it could leave out
        Parked.objects.filter(pk=row.pk).update(tried_at=now())
        return True
    with transaction.atomic():
        Bookmark.objects.select_for_update().get_or_create(reader=row.reader)
        write_all(row.reader, write, [row.case_id])
    return True
