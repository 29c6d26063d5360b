"""What a case's events say of its promises: how long each was, and how far reminding has come.

There are two: the first answer, and the solution. A promise's working time runs from when it was
made until its date. What passes while the city waits for the reporter does not count, for the date
moves by as much. A danger is answered by the clock, so the time until then is the clock's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ngoma.base.clock import parse
from ngoma.cities.book import Book
from ngoma.cities.ladders import BELOW_LATE, GROUND, Height, Rung, height
from ngoma.records.models import Case, Event, Urgency

ANSWER, SOLUTION = "answer", "solution"
FIELDS = {ANSWER: "answer_due", SOLUTION: "due"}
"""The field of a case, and of events, that holds the date of each."""
KINDS = frozenset(
    {
        *("opened", "reopened", "returned", "recorded", "proposed", "accepted", "corrected"),
        *("extended", "asked", "informed", "reminded"),
    }
)
"""Events that say something of promises."""
_MAKING = frozenset({"opened", "reopened", "returned"})
_NEVER: Height = (2.0, timedelta())


@dataclass(slots=True)
class Promise:
    """`date`: as the event says it. `length`: how much working time there was for it. `behind`:
    rungs up to there were told, or are no news."""

    date: str
    length: timedelta
    behind: Height = GROUND


@dataclass(slots=True)
class Standing:
    """The promises of a case, by name, since it was opened, or opened again."""

    start: datetime
    promises: dict[str, Promise] = field(default_factory=dict)
    asked_at: datetime | None = None
    waited: timedelta = timedelta()
    """Working time in which the city waited for the reporter, but for the present wait."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A rung that a promise has before it, and when it is reached."""

    promise: str
    rung: Rung
    height: Height
    at: datetime


def ahead(book: Book, case: Case, events: Iterable[Event]) -> list[Ahead]:
    """The rungs that the open promises of a case have before them, by the ladder that holds."""
    found = standing(book, events)
    return list(_ahead(book, case, found)) if found else []


def standing(book: Book, events: Iterable[Event]) -> Standing | None:
    """Go through the events of a case, of `KINDS` at least, in order. None where there are none."""
    found: Standing | None = None
    for event in events:
        if event.kind in _MAKING:
            found = Standing(event.at)
        if found is None:
            continue
        if event.kind == "reminded":
            _reminded(book, found, event)
        elif event.kind == "recorded":
            _recorded(found, event)
        elif event.kind == "asked":
            found.asked_at = event.at
        elif event.kind == "informed":
            _informed(book, found, event)
        else:
            _promised(book, found, event)
    return found


def events_of(case_ids: Sequence[int]) -> dict[int, list[Event]]:
    """What happened to the promises of cases, in order, without what was taken back."""
    found: dict[int, list[Event]] = defaultdict(list)
    events = Event.objects.filter(case__in=case_ids, kind__in=KINDS, undone=False)
    for event in events.order_by("case", "seq"):
        found[event.case_id].append(event)
    return found


def _ahead(book: Book, case: Case, found: Standing) -> Iterator[Ahead]:
    ladder = book.ladder(case.department_id)
    for name, promise in found.promises.items():
        due = getattr(case, FIELDS[name])
        if due is None or (name == ANSWER and case.answered_at is not None):
            continue
        by_clock = name == ANSWER and case.urgency == Urgency.NOW
        for rung in ladder:
            high = rung.height(book.calendar)
            if high > promise.behind:
                at = _moment(book, high, found.start, due, None if by_clock else promise.length)
                yield Ahead(name, rung, high, at)


def _moment(
    book: Book, high: Height, start: datetime, due: datetime, length: timedelta | None
) -> datetime:
    """When a rung is reached; `length` None: by the clock."""
    share, late = high
    if share >= 1:
        return book.calendar.add(due, late)
    if length is None:
        return max(start, due - (1 - share) * (due - start))
    until_due = book.calendar.between(start, due)
    return book.calendar.add(start, max(timedelta(), until_due - (1 - share) * length))


def _promised(book: Book, found: Standing, event: Event) -> None:
    """Note what an event promises anew; the same date again is the same promise."""
    for name, column in FIELDS.items():
        date, before = event.data.get(column), found.promises.get(name)
        if not date or (before is not None and before.date == date):
            continue
        length = book.calendar.between(found.start, parse(date)) - found.waited
        promise = Promise(date, max(length, timedelta()))
        if event.kind == "extended":
            # Who extends looks at the case: of what lies behind it is no time to remind.
            promise.behind = (_elapsed(book, promise, event.at), timedelta())
        found.promises[name] = promise


def _elapsed(book: Book, promise: Promise, at: datetime) -> float:
    """The share of the promise's time that had passed."""
    if not promise.length:
        return 0.0
    return 1 - min(1.0, book.calendar.between(at, parse(promise.date)) / promise.length)


def _informed(book: Book, found: Standing, event: Event) -> None:
    """The end of a wait: the same promises, at later dates."""
    if found.asked_at is None or "state" not in event.data:
        return
    found.waited += book.calendar.between(found.asked_at, event.at)
    found.asked_at = None
    for name, column in FIELDS.items():
        if name in found.promises and event.data.get(column):
            found.promises[name].date = event.data[column]


def _reminded(book: Book, found: Standing, event: Event) -> None:
    for name, at in event.data["reached"].items():
        if name in found.promises:
            found.promises[name].behind = height(at, book.calendar)


def _recorded(found: Standing, event: Event) -> None:
    """Of what an older system left, nobody is reminded but when a date is missed from now on."""
    for promise in found.promises.values():
        promise.behind = _NEVER if event.data["escalation"] else BELOW_LATE
