"""The figures that supervisors see, kept behind the events by a reader of its own.

A case is counted whole, as it stands, whenever its last event is read; what it was counted as
before is taken back. Reading all events again makes the same figures.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from math import floor, log2

from django.db import transaction

from ngoma.cities.book import Book, book_of
from ngoma.records.models import Bookmark, Case, Event, Performed, State
from ngoma.records.queries.events import advance, behind, come_to_rest, read_on
from ngoma.records.sql import counts
from ngoma.records.sql.counts import PERFORMANCE, SPANS, WORK, Key
from ngoma.work.timers import for_a_second

READER = "performance"
BATCH = 500
LARGE = 5000
ANSWER, SOLUTION = 1, 2
PER_OCTAVE = 8
"""Buckets within which a length of time doubles: a figure made of them is right to 4.5 %."""
_FIRST_ANSWERS = ("accepted", "rejected", "referred", "answered", "asked", "resolved")
_MANY = 2
"""Transfers beyond which a case counts as passed on."""

Row = tuple[Key, tuple[int, ...]]


def bucket(minutes: float) -> int:
    """The bucket of a length of working time."""
    return floor(PER_OCTAVE * log2(max(minutes, 0.0) + 1))


def middle(number: int) -> float:
    """The minutes that stand for a bucket: its geometric middle."""
    return float(2 ** ((number + 0.5) / PER_OCTAVE) - 1)


def follow() -> None:
    """Count what has happened since; of very much, as much as can be done in a second."""
    for_a_second(lambda: behind(READER) and read_batch() == BATCH)


def read_batch(limit: int = BATCH) -> int:
    """Count the cases of the next events. Returns how many events were read."""
    with transaction.atomic():
        events = read_on(READER, limit)
        if events:
            _count(come_to_rest(events))
            advance(READER, events[-1])
    return len(events)


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the figures and make them again from the first event on."""
    with transaction.atomic():
        Bookmark.objects.filter(reader=READER).delete()
        Performed.objects.all().delete()
        counts.drop(PERFORMANCE)
        counts.create(PERFORMANCE)
    done = 0
    while count := read_batch(LARGE):
        done += count
        progress(done)
    counts.tidy(PERFORMANCE)


def _count(cases: Sequence[Case]) -> None:
    before = Performed.objects.in_bulk([case.pk for case in cases])
    after = {each.pk: each for each in _standing(cases)}
    signed = [(-1, each) for each in before.values()] + [(1, each) for each in after.values()]
    counts.add(WORK, _summed((sign, _work(each)) for sign, each in signed))
    counts.add(SPANS, _summed((sign, row) for sign, each in signed for row in _spans(each)))
    Performed.objects.filter(pk__in=before.keys() - after.keys()).delete()
    Performed.objects.bulk_create(
        after.values(), update_conflicts=True, unique_fields=["case"], update_fields=_FIELDS
    )


_FIELDS = [field.name for field in Performed._meta.concrete_fields if not field.primary_key]


def _summed(rows: Iterable[tuple[int, Row]]) -> dict[Key, tuple[int, ...]]:
    changes: dict[Key, tuple[int, ...]] = {}
    for sign, (key, sums) in rows:
        known = changes.get(key, (0,) * len(sums))
        changes[key] = tuple(old + sign * new for old, new in zip(known, sums, strict=True))
    return changes


def _standing(cases: Sequence[Case]) -> Iterator[Performed]:
    """What each case is to be counted as; one that was merged is counted where it went."""
    first = _first_answers([case.pk for case in cases if case.reopenings])
    for case in cases:
        if case.state != State.MERGED:
            yield _performed(book_of(case.city_id), case, first.get(case.pk, case.answered_at))


def _first_answers(case_ids: Sequence[int]) -> dict[int, datetime]:
    """When cases that were opened again had been answered first."""
    events = Event.objects.filter(case__in=case_ids, kind__in=_FIRST_ANSWERS, undone=False)
    rows = events.order_by("-seq").values_list("case", "at")
    return dict(rows)


def _performed(book: Book, case: Case, answered_at: datetime | None) -> Performed:
    local = case.opened_at.astimezone(book.zone)
    chain = book.chain(case.place_id)
    return Performed(
        case_id=case.pk,
        city_id=case.city_id,
        month=local.year * 12 + local.month - 1,
        department=case.department_id or 0,
        service=case.service_id or 0,
        place=chain[-2] if len(chain) > 1 else chain[-1] if chain else 0,
        answer=_taken(book, case, answered_at),
        answered_late=_after(answered_at, case.answer_due),
        solution=_taken(book, case, case.resolved_at),
        solved_late=_after(case.resolved_at, case.due),
        reopened=case.reopenings > 0,
        transfers=case.transfers,
        rating=case.rating or 0,
    )


def _taken(book: Book, case: Case, at: datetime | None) -> int:
    if at is None:
        return -1
    return bucket(book.calendar.between(case.opened_at, at).total_seconds() / 60)


def _after(at: datetime | None, due: datetime | None) -> bool:
    return at is not None and due is not None and at > due


def _work(each: Performed) -> Row:
    stars = tuple(int(each.rating == number) for number in range(1, 6))
    sums = (
        *(1, int(each.answer >= 0), int(each.answered_late)),
        *(int(each.solution >= 0), int(each.solved_late), int(each.reopened)),
        *(each.transfers, int(each.transfers > _MANY), *stars),
    )
    return (each.city_id, each.month, each.department, each.service, each.place), sums


def _spans(each: Performed) -> Iterator[Row]:
    for which, number in ((ANSWER, each.answer), (SOLUTION, each.solution)):
        if number >= 0:
            place = each.department, each.service, each.place
            yield (each.city_id, each.month, which, *place, number), (1,)
