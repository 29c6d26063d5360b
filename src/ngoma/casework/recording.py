"""Taking over what an older system recorded: cases that have lived their lives already.

History is no news: nobody is told, nothing is read by triage, no job follows. The events are those
of any case, `opened` and then `recorded`, so the row is their fold and can be rebuilt.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import transaction

from ngoma.base import references
from ngoma.base.clock import iso, now
from ngoma.casework.fold import fold
from ngoma.casework.opening import service_urgency
from ngoma.casework.workflow import ACTIVE
from ngoma.cities.book import Book
from ngoma.people.permissions import SYSTEM
from ngoma.records.models import Case, Channel, State
from ngoma.records.sql.loading import load
from ngoma.records.sql.numbers import next_case_ids, next_report_ids

STATES = frozenset(
    {
        *(State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS),
        *(State.CLOSED, State.REJECTED, State.REFERRED),
    }
)
"""States in which an older system can leave a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One request as it was recorded elsewhere.

    `key` is its id there. `changed_at` is the last that is known of it, its end where `ended`.
    `text` is what the city told the reporter, fit to publish, as are `public_words` and
    `public_location`. `source` keeps every field that has no column of its own.
    """

    key: str
    opened_at: datetime
    changed_at: datetime | None = None
    state: str = State.ACCEPTED
    ended: bool = False
    due: datetime | None = None
    text: str = ""
    words: str = ""
    public_words: str = ""
    language: str = ""
    lat: float | None = None
    lon: float | None = None
    location: str = ""
    public_location: str = ""
    place_id: int | None = None
    service_id: int | None = None
    department_id: int | None = None
    contact_id: int | None = None
    source: Mapping[str, Any] = field(default_factory=dict)


class _Event(NamedTuple):
    """An event as it will be written: objects would take most of the time."""

    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]


def record(book: Book, histories: Sequence[History], *, origin: str, demo: bool = False) -> int:
    """Write requests of an older system as reports with their cases, all or none; returns how many.

    `origin` names that system. Keep to some 1,000 at a time. Raises `IntegrityError` where the city
    has a key of this origin already, ValueError for a state no history can end in.
    """
    at = now()
    with transaction.atomic():
        case_ids = next_case_ids(len(histories))
        numbers = next_report_ids(len(histories))
        cases, events, reports = [], [], []
        for history, case_id, number in zip(histories, case_ids, numbers, strict=True):
            reference = references.make(book.prefix, number - 1)
            case, life = _live(book, history, case_id, reference, at)
            cases.append([getattr(case, name) for name in _CASE])
            events += [
                (case_id, *event[:3], SYSTEM.kind, msgspec.json.encode(event.data).decode())
                for event in life
            ]
            reports.append([number, case_id, *_report(book, history, reference, origin, demo)])
        load("records_case", _CASE, cases)
        load("records_event", _EVENT, events)
        load("records_report", _REPORT, reports)
    return len(histories)


def _live(
    book: Book, history: History, case_id: int, reference: str, at: datetime
) -> tuple[Case, list[_Event]]:
    """The case of a request, and the events it is the fold of."""
    if history.state not in STATES:
        raise ValueError(f"no history ends in {history.state!r}")
    case = _blank(id=case_id, city_id=book.id, reference=reference, version=0)
    changed_at = max(history.opened_at, history.changed_at or history.opened_at)
    opened, recorded = _opened(book, history, reference), _recorded(history, at)
    events = [
        _Event(1, "opened", history.opened_at, opened),
        _Event(2, "recorded", changed_at, recorded),
    ]
    for event in events:
        fold(case, event)
    return case, events


def _blank(**values: Any) -> Case:
    """A case before its first event. By position it is made three times as fast as by name."""
    return Case(*(_DEFAULTS | values).values())


def _opened(book: Book, history: History, reference: str) -> dict[str, Any]:
    service = book.services.get(history.service_id) if history.service_id else None
    owner = history.department_id or book.owner(history.service_id, history.place_id)
    return {
        "reference": reference,
        "channel": Channel.IMPORT.value,
        "service": history.service_id,
        "place": history.place_id,
        "department": owner,
        "urgency": int(service_urgency(service.danger if service else "")),
        "public": service.public if service else True,
        "lat": history.lat,
        "lon": history.lon,
        "due": iso(history.due) if history.due else None,
    }


def _recorded(history: History, at: datetime) -> dict[str, Any]:
    """What was late when it was taken over is known to be: nobody is alarmed anew."""
    late = history.state in ACTIVE and history.due is not None and history.due < at
    return {
        "state": str(history.state),
        "ended": history.ended,
        "text": history.text,
        "escalation": 2 if late else 0,
        "source": dict(history.source),
    }


_DEFAULTS = {column.attname: column.get_default() for column in Case._meta.concrete_fields}
_CASE = tuple(_DEFAULTS)
_EVENT = ("case_id", "seq", "kind", "at", "actor", "data")
_REPORT = (
    *("id", "case_id", "city_id", "reference", "received_at", "channel", "language"),
    *("words", "public_words", "lat", "lon", "accuracy", "location", "public_location"),
    *("place_id", "service_id", "answers", "contact_id", "secret", "origin", "key", "demo"),
)


def _report(
    book: Book, history: History, reference: str, origin: str, demo: bool
) -> tuple[Any, ...]:
    told, channel = history.opened_at, Channel.IMPORT.value
    words = history.language, history.words, history.public_words
    position = history.lat, history.lon, 0, history.location, history.public_location
    secret = secrets.token_urlsafe(18)
    return (
        *(book.id, reference, told, channel, *words, *position),
        *(history.place_id, history.service_id, "{}", history.contact_id),
        *(secret, origin, history.key, demo),
    )
