"""The counts that maps and place pages are made of, kept behind the events by a reader of its own.

A case is counted as it stands now, whole, whenever its last event is read or its time has come, and
what it was counted as before is taken back; so it does not matter which events were read before,
and reading them all again makes the same counts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from ngoma.base import quad
from ngoma.base.clock import now
from ngoma.cities.book import book_of
from ngoma.records.models import ACTIVE, OPEN, Bookmark, Case, Counted, Kind, Report, State
from ngoma.records.queries.events import advance, behind, come_to_rest, read_on
from ngoma.records.sql import counts
from ngoma.records.sql.counts import CELLS, FIRST, LAST, MONTHS, PERIODS, PLACES, Key
from ngoma.work.timers import for_a_second

READER = "counts"
BATCH = 500
LARGE = 5000
"""Events at once where nobody waits for the database meanwhile."""

Row = tuple[Key, tuple[int, ...]]
"""A key, and what is added to the sums under it."""
Changes = dict[Key, tuple[int, ...]]


def follow() -> None:
    """Count what has happened since; of very much, as much as can be done in a second."""
    for_a_second(_step)


def read_batch(limit: int = BATCH) -> int:
    """Count the cases of the next events. Returns how many events were read."""
    with transaction.atomic():
        events = read_on(READER, limit)
        if events:
            _count(come_to_rest(events))
            advance(READER, events[-1])
    return len(events)


def move_batch() -> int:
    """Count anew what has become late or left a period behind. Returns how many cases."""
    due = Counted.objects.filter(moves_at__lt=now()).order_by("moves_at")
    if not due.exists():
        return 0
    with transaction.atomic():
        Bookmark.objects.select_for_update().get_or_create(reader=READER)
        ids = list(due.values_list("pk", flat=True)[:BATCH])
        _count(list(Case.objects.filter(pk__in=ids)))
    return len(ids)


def look_again(city_id: int) -> None:
    """Have all cases of a city counted anew: what its pack says of services and places changed."""
    Counted.objects.filter(city=city_id).update(moves_at=now() - timedelta(seconds=1))


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the counts and make them again from the first event on.

    It may be interrupted: the worker goes on from there.
    """
    with transaction.atomic():
        Bookmark.objects.filter(reader=READER).delete()
        Counted.objects.all().delete()
        counts.drop()
        counts.create()
    done = 0
    while count := read_batch(LARGE):
        done += count
        progress(done)
    counts.tidy()


def _step() -> bool:
    """Go on a little; whether there may be more."""
    read = read_batch() if behind(READER) else 0
    return BATCH in (read, move_batch())


def _count(cases: Sequence[Case]) -> None:
    """Count the cases as they stand, instead of as what they were counted before."""
    before = Counted.objects.in_bulk([case.pk for case in cases])
    after = {each.pk: each for each in _standing(cases, now())}
    gone = [each for key, each in before.items() if not _same(each, after.get(key))]
    come = [each for key, each in after.items() if not _same(each, before.get(key))]
    signed = [(-1, each) for each in gone] + [(1, each) for each in come]
    cells = _summed((sign, row) for sign, each in signed for row in _cells(each))
    counts.add(CELLS, _with_parents(cells))
    counts.add(PLACES, _summed((sign, _place(each)) for sign, each in signed))
    counts.add(MONTHS, _summed((sign, row) for sign, each in signed for row in _months(each)))
    Counted.objects.filter(pk__in=[each.pk for each in gone if each.pk not in after]).delete()
    Counted.objects.bulk_create(
        come, update_conflicts=True, unique_fields=["case"], update_fields=_FIELDS
    )


def _summed(rows: Iterable[tuple[int, Row]]) -> Changes:
    """Rows under one key added up, each with its sign."""
    changes: Changes = {}
    for sign, (key, sums) in rows:
        known = changes.get(key)
        if known is None:
            changes[key] = tuple(sign * value for value in sums)
        else:
            changes[key] = tuple(old + sign * new for old, new in zip(known, sums, strict=True))
    return changes


def _with_parents(cells: Changes) -> Changes:
    """The changes of cells, and those of all cells around them."""
    every, level = dict(cells), cells
    for _ in range(LAST - FIRST):
        level = _summed(
            (1, ((city_id, place, cell >> 2, *as_what), sums))
            for (city_id, place, cell, *as_what), sums in level.items()
        )
        every |= level
    return every


_FIELDS = [field.name for field in Counted._meta.concrete_fields if not field.primary_key]
_COLUMNS = [field.attname for field in Counted._meta.concrete_fields]


def _same(one: Counted, other: Counted | None) -> bool:
    return other is not None and all(getattr(one, c) == getattr(other, c) for c in _COLUMNS)


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
        opened_month=_month(case.opened_at, book.zone),
        fixed_month=_month(case.resolved_at, book.zone)
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


def _month(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.year * 12 + local.month - 1


def _cells(each: Counted) -> Iterator[Row]:
    """What a case adds to the smallest cells."""
    if each.quad is None:
        return
    cell = quad.cell(each.quad, LAST)
    periods = (int(each.age <= number) for number in range(len(PERIODS)))
    sums = (1, *periods, each.x, each.y)
    for place in {0, each.area}:
        yield (each.city_id, place, cell, each.service, each.kind), sums


def _place(each: Counted) -> Row:
    """What a case adds to its place."""
    within_a_year = int(each.age <= PERIODS.index(365))
    return (each.city_id, each.place, each.service, each.kind), (1, within_a_year)


def _months(each: Counted) -> Iterator[Row]:
    yield (each.city_id, each.place, each.opened_month), (1, 0)
    if each.fixed_month:
        yield (each.city_id, each.place, each.fixed_month), (0, 1)
