"""The figures that supervisors see, kept behind the events by a reader of its own.

A case is counted whole, as it stands, whenever its last event is read; what it was counted as
before is taken back. Reading all events again makes the same figures.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from math import floor, log2

from ngoma.base.months import month_of
from ngoma.cities.book import Book, book_of
from ngoma.insight import sums
from ngoma.insight.sums import Row, remember, summed
from ngoma.records.models import Case, Event, Performed, State
from ngoma.records.queries.events import behind
from ngoma.records.sql import counts
from ngoma.records.sql.counts import PERFORMANCE, SPANS, WORK
from ngoma.work import reading
from ngoma.work.reading import BATCH
from ngoma.work.timers import for_a_second

READER = "performance"
ANSWER, SOLUTION = 1, 2
PER_OCTAVE = 8
"""Buckets within which a length of time doubles: a figure made of them is right to 4.5 %."""
_FIRST_ANSWERS = ("accepted", "rejected", "referred", "answered", "asked", "resolved")
_MANY = 2
"""Transfers beyond which a case counts as passed on."""


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
    return reading.read_batch(READER, write, limit)


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the figures and make them again from the first event on."""
    sums.rebuild(READER, Performed, PERFORMANCE, write, progress)


def write(cases: Sequence[Case]) -> None:
    """Count cases as they stand, instead of as what they were counted before."""
    signed = remember(Performed, [case.pk for case in cases], _standing(cases))
    counts.add(WORK, summed((sign, _work(each)) for sign, each in signed))
    counts.add(SPANS, summed((sign, row) for sign, each in signed for row in _spans(each)))


def _standing(cases: Sequence[Case]) -> Iterator[Performed]:
    """What each case is to be counted as; one that was merged is counted where it went."""
    first = first_answers([case.pk for case in cases if case.reopenings])
    for case in cases:
        if case.state != State.MERGED:
            yield _performed(book_of(case.city_id), case, first.get(case.pk, case.answered_at))


def first_answers(case_ids: Sequence[int]) -> dict[int, datetime]:
    """When cases that were opened again had been answered first."""
    events = Event.objects.filter(case__in=case_ids, kind__in=_FIRST_ANSWERS, undone=False)
    rows = events.order_by("-seq").values_list("case", "at")
    return dict(rows)


def _performed(book: Book, case: Case, answered_at: datetime | None) -> Performed:
    chain = book.chain(case.place_id)
    return Performed(
        case_id=case.pk,
        city_id=case.city_id,
        month=month_of(case.opened_at, book.zone),
        department=case.department_id or 0,
        service=case.service_id or 0,
        place=chain[-2] if len(chain) > 1 else chain[-1] if chain else 0,
        answer=_taken(book, case, answered_at),
        answered_late=late(answered_at, case.answer_due),
        solution=_taken(book, case, case.resolved_at),
        solved_late=late(case.resolved_at, case.due),
        reopened=case.reopenings > 0,
        transfers=case.transfers,
        rating=case.rating or 0,
    )


def _taken(book: Book, case: Case, at: datetime | None) -> int:
    if at is None:
        return -1
    return bucket(book.calendar.between(case.opened_at, at).total_seconds() / 60)


def late(at: datetime | None, due: datetime | None) -> bool:
    """Whether something was done after it was due."""
    return at is not None and due is not None and at > due


def _work(each: Performed) -> Row:
    stars = tuple(int(each.rating == number) for number in range(1, 6))
    added = (
        *(1, int(each.answer >= 0), int(each.answered_late)),
        *(int(each.solution >= 0), int(each.solved_late), int(each.reopened)),
        *(each.transfers, int(each.transfers > _MANY), *stars),
    )
    return (each.city_id, each.month, each.department, each.service, each.place), added


def _spans(each: Performed) -> Iterator[Row]:
    for which, number in ((ANSWER, each.answer), (SOLUTION, each.solution)):
        if number >= 0:
            place = each.department, each.service, each.place
            yield (each.city_id, each.month, which, *place, number), (1,)
