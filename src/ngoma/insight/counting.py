"""The counts that maps and place pages are made of, kept behind the events by a reader of its own.

A case is counted as it stands now, whole, whenever its last event is read or its time has come, and
what it was counted as before is taken back; so it does not matter which events were read before,
and reading them all again makes the same counts.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from ngoma.base import quad
from ngoma.base.clock import now
from ngoma.base.months import month_of
from ngoma.cities.book import book_of
from ngoma.insight import sums
from ngoma.insight.sums import Changes, Row, remember, summed
from ngoma.records.models import ACTIVE, OPEN, Bookmark, Case, Counted, Kind, Report, State
from ngoma.records.queries.events import behind
from ngoma.records.sql import counts
from ngoma.records.sql.counts import CELLS, FIRST, LAST, MONTHS, PERIODS, PLACES, TABLES
from ngoma.work import reading
from ngoma.work.reading import BATCH
from ngoma.work.timers import for_a_second

READER = "counts"


def follow() -> None:
    """Count what has happened since; of very much, as much as can be done in a second."""
    for_a_second(_step)


def read_batch(limit: int = BATCH) -> int:
    """Count the cases of the next events. Returns how many events were read."""
    return reading.read_batch(READER, write, limit)


def move_batch() -> int:
    """Count anew what has become late or left a period behind. Returns how many cases."""
    due = Counted.objects.filter(moves_at__lt=now()).order_by("moves_at")
    if not due.exists():
        return 0
    with transaction.atomic():
        Bookmark.objects.select_for_update().get_or_create(reader=READER)
        ids = list(due.values_list("pk", flat=True)[:BATCH])
        failed = reading.write_all(READER, write, ids)
        # They would be found again at once: let them wait for their turn among what is parked.
        Counted.objects.filter(pk__in=failed).update(moves_at=None)
    return len(ids)


def look_again(city_id: int) -> None:
    """Have all cases of a city counted anew: what its pack says of services and places changed."""
    Counted.objects.filter(city=city_id).update(moves_at=now() - timedelta(seconds=1))


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the counts and make them again from the first event on."""
    sums.rebuild(READER, Counted, TABLES, write, progress)


def _step() -> bool:
    """Go on a little; whether there may be more."""
    read = read_batch() if behind(READER) else 0
    return BATCH in (read, move_batch())


def write(cases: Sequence[Case]) -> None:
    """Count the cases as they stand, instead of as what they were counted before."""
    signed = remember(Counted, [case.pk for case in cases], _standing(cases, now()))
    cells = summed((sign, row) for sign, each in signed for row in _cells(each))
    counts.add(CELLS, _with_parents(cells))
    counts.add(PLACES, summed((sign, _place(each)) for sign, each in signed))
    counts.add(MONTHS, summed((sign, row) for sign, each in signed for row in _months(each)))


def _with_parents(cells: Changes) -> Changes:
    """The changes of cells, and those of all cells around them."""
    every, level = dict(cells), cells
    for _ in range(LAST - FIRST):
        level = summed(
            (1, ((city_id, place, cell >> 2, *as_what), added))
            for (city_id, place, cell, *as_what), added in level.items()
        )
        every |= level
    return every


def _standing(cases: Sequence[Case], at: datetime) -> Iterator[Counted]:
    """What each public case is to be counted as; one whose reports went to another is not."""
    told = _told_in_private(cases)
    for case in cases:
        if case.public and case.state != State.MERGED:
            yield _counted(case, at, placed=case.pk not in told)


def _told_in_private(cases: Sequence[Case]) -> set[int]:
    """The cases that are of a private service, or were when somebody reported them.

    They are counted, but stand nowhere on the map, though the city may have corrected them since.
    """
    books = [book_of(city_id) for city_id in {case.city_id for case in cases}]
    hidden = {service for book in books for service in book.private_services}
    if not hidden:
        return set()
    reports = Report.objects.filter(case__in=cases, service__in=hidden)
    named = set(reports.values_list("case_id", flat=True))
    return named | {case.pk for case in cases if case.service_id in hidden}


def _counted(case: Case, at: datetime, *, placed: bool) -> Counted:
    book = book_of(case.city_id)
    age = sum(case.opened_at + timedelta(days=days) < at for days in PERIODS)
    kind = _kind(case, at)
    times = [case.opened_at + timedelta(days=PERIODS[age])] if age < len(PERIODS) else []
    if case.state in ACTIVE and case.due is not None and kind == Kind.OPEN:
        times.append(case.due)
    chain = book.chain(case.place_id)
    counted = Counted(
        case_id=case.pk,
        city_id=case.city_id,
        service=case.service_id or 0,
        place=case.place_id or 0,
        area=chain[-1] if chain else 0,
        kind=kind,
        age=age,
        opened_month=month_of(case.opened_at, book.zone),
        fixed_month=month_of(case.resolved_at, book.zone)
        if kind == Kind.FIXED and case.resolved_at
        else 0,
        moves_at=min(times, default=None),
    )
    if placed and case.quad is not None and case.lat is not None and case.lon is not None:
        counted.quad = case.quad
        counted.x, counted.y = quad.spot(case.lat, case.lon)
    return counted


def _kind(case: Case, at: datetime) -> Kind:
    if case.state in ACTIVE and case.due is not None and case.due < at:
        return Kind.LATE
    if case.state in OPEN:
        return Kind.OPEN
    if case.state in (State.REJECTED, State.REFERRED):
        return Kind.REFUSED
    return Kind.FIXED if case.resolved_at is not None else Kind.ENDED


def _cells(each: Counted) -> Iterator[Row]:
    """What a case adds to the smallest cells."""
    if each.quad is None:
        return
    cell = quad.cell(each.quad, LAST)
    periods = (int(each.age <= number) for number in range(len(PERIODS)))
    added = (1, *periods, each.x, each.y)
    for place in {0, each.area}:
        yield (each.city_id, place, cell, each.service, each.kind), added


def _place(each: Counted) -> Row:
    """What a case adds to its place."""
    within_a_year = int(each.age <= PERIODS.index(365))
    return (each.city_id, each.place, each.service, each.kind), (1, within_a_year)


def _months(each: Counted) -> Iterator[Row]:
    yield (each.city_id, each.place, each.opened_month), (1, 0)
    if each.fixed_month:
        yield (each.city_id, each.place, each.fixed_month), (0, 1)
