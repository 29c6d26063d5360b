"""The fold: how each kind of event changes a case. The row is exactly this, event by event."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db.models import DateTimeField

from ngoma.base.clock import parse
from ngoma.base.quad import quad
from ngoma.records.models import Case, State

Data = dict[str, Any]


class Happened(Protocol):
    """What the fold needs of an event."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> Data: ...


FIRST_ANSWERS = frozenset({"accepted", "rejected", "referred", "answered", "asked", "resolved"})
"""Events by which the reporter first hears from a person."""


def fold(case: Case, event: Happened) -> None:
    """Change the case by one event. `case.version` must be the number of the event before."""
    if event.seq != case.version + 1:
        raise ValueError(f"event {event.seq} does not follow {case.version}")
    _FOLDS[event.kind](case, event.data, event.at)
    if event.kind in FIRST_ANSWERS and case.answered_at is None:
        case.answered_at = event.at
    case.version = event.seq
    case.updated_at = max(event.at, case.updated_at or event.at)


def replay(case: Case, events: Iterable[Happened]) -> Case:
    """A new row with the identity of `case`, made from its events alone, in order."""
    row = Case(pk=case.pk, city_id=case.city_id, reference=case.reference, version=0)
    for event in events:
        fold(row, event)
    return row


def _opened(case: Case, data: Data, at: datetime) -> None:
    case.state = data.get("state", State.RECEIVED)
    case.opened_at = at
    case.reports_count = data.get("reports", 1)
    _take(case, data)


def _take(case: Case, data: Data) -> None:
    """Take over whatever of the classifying fields the event carries."""
    for field in ("service", "place", "department"):
        if field in data:
            setattr(case, f"{field}_id", data[field])
    for field in ("urgency", "public"):
        if field in data:
            setattr(case, field, data[field])
    for field in ("answer_due", "due"):
        if field in data:
            setattr(case, field, _time(data[field]))
    if "lat" in data:
        case.lat, case.lon = data["lat"], data["lon"]
        case.quad = None if case.lat is None or case.lon is None else quad(case.lat, case.lon)


def _joined(case: Case, data: Data, at: datetime) -> None:
    case.reports_count += 1


def _absorbed(case: Case, data: Data, at: datetime) -> None:
    case.reports_count += data["reports"]
    _take(case, data)


def _proposed(case: Case, data: Data, at: datetime) -> None:
    case.urgency = max(case.urgency, data["urgency"])
    _take(case, {key: data[key] for key in ("answer_due", "due") if key in data})


def _accepted(case: Case, data: Data, at: datetime) -> None:
    case.state = State.ACCEPTED
    _take(case, data)


def _corrected(case: Case, data: Data, at: datetime) -> None:
    _take(case, data)


def _assigned(case: Case, data: Data, at: datetime) -> None:
    case.department_id = data["department"]
    case.assignee_id = data["user"]
    case.transfers += data["transfer"]


def _started(case: Case, data: Data, at: datetime) -> None:
    case.state = State.IN_PROGRESS


def _asked(case: Case, data: Data, at: datetime) -> None:
    case.state = State.WAITING
    case.paused_at = at


def _informed(case: Case, data: Data, at: datetime) -> None:
    if "state" in data:
        case.state = data["state"]
        case.paused_at = None
    _take(case, data)


def _resolved(case: Case, data: Data, at: datetime) -> None:
    case.state = State.RESOLVED
    case.resolved_at = at
    case.paused_at = None


def _ended(state: State) -> Callable[[Case, Data, datetime], None]:
    def end(case: Case, data: Data, at: datetime) -> None:
        case.state = state
        case.closed_at = at
        case.paused_at = None

    return end


def _reopened(case: Case, data: Data, at: datetime) -> None:
    case.state = data["state"]
    case.reopenings += 1
    case.resolved_at = case.closed_at = case.answered_at = None
    case.rating = None
    case.escalation = 0
    _take(case, data)


def _merged(case: Case, data: Data, at: datetime) -> None:
    _ended(State.MERGED)(case, data, at)
    case.merged_into_id = data["into"]


def _split(case: Case, data: Data, at: datetime) -> None:
    case.reports_count -= 1


def _returned(case: Case, data: Data, at: datetime) -> None:
    """A merge was undone: the case is its first report's again."""
    case.state = State.RECEIVED
    case.merged_into_id = case.closed_at = case.answered_at = None
    case.reports_count = 1
    case.escalation = 0
    _take(case, data)


def _extended(case: Case, data: Data, at: datetime) -> None:
    case.extended = True
    _take(case, data)


def _tasked(case: Case, data: Data, at: datetime) -> None:
    case.tasks_open += 1


def _task_ended(case: Case, data: Data, at: datetime) -> None:
    case.tasks_open -= 1


def _escalated(case: Case, data: Data, at: datetime) -> None:
    case.escalation = data["step"]


def _rated(case: Case, data: Data, at: datetime) -> None:
    case.rating = data["score"]


def _recorded(case: Case, data: Data, at: datetime) -> None:
    """How far an older system came with a case, as that system told it.

    Not every system says when a case ended; then nothing is known but that it did.
    """
    case.state = data["state"]
    case.escalation = data["escalation"]
    if data["text"]:
        case.answered_at = at
    if data["ended"]:
        case.closed_at = at
        case.resolved_at = at if case.state == State.CLOSED else None


def _undone(case: Case, data: Data, at: datetime) -> None:
    """A step was taken back: what it changed is as it was."""
    for name, value in data["was"].items():
        setattr(case, name, _time(value) if name in _TIMES else value)


def _unchanged(case: Case, data: Data, at: datetime) -> None:
    """An event that tells something and moves nothing."""


def _time(text: str | None) -> datetime | None:
    return None if text is None else parse(text)


_TIMES = frozenset(
    field.attname for field in Case._meta.concrete_fields if isinstance(field, DateTimeField)
)
_FOLDS: dict[str, Callable[[Case, Data, datetime], None]] = {
    "opened": _opened,
    "joined": _joined,
    "absorbed": _absorbed,
    "proposed": _proposed,
    "accepted": _accepted,
    "corrected": _corrected,
    "assigned": _assigned,
    "started": _started,
    "asked": _asked,
    "informed": _informed,
    "answered": _unchanged,
    "noted": _unchanged,
    "resolved": _resolved,
    "closed": _ended(State.CLOSED),
    "rejected": _ended(State.REJECTED),
    "referred": _ended(State.REFERRED),
    "reopened": _reopened,
    "merged": _merged,
    "split": _split,
    "returned": _returned,
    "extended": _extended,
    "escalated": _escalated,
    "reminded": _unchanged,
    "visited": _unchanged,
    "rated": _rated,
    "redacted": _unchanged,
    "erased": _unchanged,
    "forgotten": _unchanged,
    "recorded": _recorded,
    "undone": _undone,
    "tasked": _tasked,
    "task_ended": _task_ended,
}
KINDS = frozenset(_FOLDS)
