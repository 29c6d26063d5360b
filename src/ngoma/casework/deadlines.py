"""When the city answers and when the problem is solved, in its working time."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ngoma.base.clock import iso, now
from ngoma.casework.change import Change, change
from ngoma.casework.errors import BadRequest
from ngoma.casework.promises import events_of, standing
from ngoma.casework.sweeping import sweep
from ngoma.casework.wording import told
from ngoma.casework.workflow import ACTIVE
from ngoma.cities.book import Book
from ngoma.cities.calendar import parse_span
from ngoma.people.permissions import SYSTEM, Actor
from ngoma.records.models import Case, Urgency
from ngoma.records.queries import lateness

LONGEST_EXTENSION_DAYS = 90


@dataclass(frozen=True, slots=True)
class Dues:
    """Until when the first answer and the solution are promised (UTC)."""

    answer: datetime
    solution: datetime

    def data(self) -> dict[str, str]:
        """As fields of an event."""
        return {"answer_due": iso(self.answer), "due": iso(self.solution)}


def dues(book: Book, service_id: int | None, urgency: int, since: datetime) -> Dues:
    """The promises for a case of this service that starts at `since`.

    A danger is answered within the city's `danger` hours of the clock, day and night, never later
    than its ordinary first answer.
    """
    spans = book.settings["deadlines"]
    service = book.services.get(service_id) if service_id else None
    answer = _after(book, since, service.first_answer if service else spans["first_answer"])
    solution = _after(book, since, service.resolution if service else spans["resolution"])
    if urgency == Urgency.NOW:
        answer = min(answer, since + book.by_clock("danger"))
    return Dues(answer, max(answer, solution))


def renewed(held: Change, service_id: int, urgency: int) -> Dues:
    """The promises of a case that turns out to be of another service or urgency.

    They count from when the present ones were made; the clock stood while the city waited.
    """
    known = standing(held.book, events_of([held.case.pk])[held.case.pk])
    if known is None:
        raise ValueError(f"case {held.case.pk} was never opened")
    promised = dues(held.book, service_id, urgency, known.start)
    return Dues(promised.answer, held.book.calendar.add(promised.solution, known.waited))


def resumed(held: Change) -> dict[str, str]:
    """Fields for the event that ends a pause: what was left of the working time is left again."""
    case, calendar = held.case, held.book.calendar
    if case.paused_at is None:
        return {}
    moved = {}
    for field in ("answer_due", "due"):
        promised = getattr(case, field)
        if promised is not None and promised > case.paused_at:
            left = calendar.between(case.paused_at, promised)
            moved[field] = iso(calendar.add(held.at, left))
    return moved


def extend(
    *,
    actor: Actor,
    case_id: int,
    reason: str,
    days: int,
    text: str = "",
    at: datetime | None = None,
) -> Case:
    """Promise a later date, once, with one of the pack's reasons; the reporters are told.

    `days` are working days from the date promised before. Raises `BadRequest` for a second time.
    """
    with change("extend", actor=actor, case_id=case_id, at=at) as held:
        if held.case.extended:
            raise BadRequest("days", "extended_before")
        if held.book.reason(reason) is None:
            raise BadRequest("reason", "unknown")
        if not 1 <= days <= LONGEST_EXTENSION_DAYS:
            raise BadRequest("days", "out_of_range")
        start = max(held.case.due or held.at, held.at)
        due = _after(held.book, start, f"{days}d")
        held.append("extended", reason=reason, text=told(text), due=iso(due))
    return held.case


def escalate(*, actor: Actor = SYSTEM, case_id: int, at: datetime | None = None) -> Case:
    """Say that a promise was missed; the supervisors see it and the reporters are told once a step.

    Step 1: no first answer in time. Step 2: not solved in time. Does nothing where nothing is late.
    """
    with change("escalate", actor=actor, case_id=case_id, at=at) as held:
        step = late_step(held.case, held.at)
        if step > held.case.escalation:
            held.append("escalated", step=step)
    return held.case


def late_step(case: Case, at: datetime) -> int:
    """0: in time; 1: the first answer is late; 2: the solution is late."""
    if case.state not in ACTIVE:
        return 0
    if case.due is not None and case.due < at:
        return 2
    if case.answered_at is None and case.answer_due is not None and case.answer_due < at:
        return 1
    return 0


def escalate_late(at: datetime | None = None) -> int:
    """Escalate everything that became late; returns how many. Called by the clock, idempotent."""
    at = at or now()

    def late(case_id: int) -> Case:
        return escalate(case_id=case_id, at=at)

    return sum(sweep(partial(find, at), late) for find in (lateness.unsolved, lateness.unanswered))


def _after(book: Book, since: datetime, span: str) -> datetime:
    return book.calendar.add(since, parse_span(span).time(book.calendar))
