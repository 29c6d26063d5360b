"""Everything the city's own people see of a case, in a few queries. All of it is private."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from ngoma.records.queries.members import full_name
from ngoma.records.sql.moments import known_moment, moment
from ngoma.records.sql.statements import decoded, fetch, marks

MOST_REPORTS = 100
"""As many reports of one case are shown."""


class Head(NamedTuple):
    """The row of a case."""

    id: int
    city_id: int
    reference: str
    state: str
    public: bool
    service_id: int | None
    place_id: int | None
    department_id: int | None
    assignee_id: int | None
    urgency: int
    lat: float | None
    lon: float | None
    opened_at: datetime
    answer_due: datetime | None
    due: datetime | None
    paused_at: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reports: int
    transfers: int
    reopenings: int
    extended: bool
    merged_into_id: int | None
    rating: int | None
    version: int


class Told(NamedTuple):
    """A report of the case, as said. `contact` is the kind of address there is, if any."""

    id: int
    reference: str
    received_at: datetime
    channel: str
    language: str
    words: str
    public_words: str
    location: str
    public_location: str
    accuracy: int
    lat: float | None
    lon: float | None
    service_id: int | None
    answers: dict[str, Any]
    contact_id: int | None
    contact: str | None
    contact_language: str | None
    confirmed: bool
    """Somebody who reads what is sent to the contact has typed a code."""
    own_case: bool
    """A case bears its reference, so that it cannot be given one of its own."""


class Suggested(NamedTuple):
    """What triage proposed for the first report."""

    service_id: int | None
    confidence: float
    confident: bool
    urgency: int
    services: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    duplicates: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    model: str


class Happened(NamedTuple):
    """One event, and the name of the member of staff behind it."""

    id: int
    seq: int
    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]
    undone: bool
    name: str


class Sent(NamedTuple):
    """The notices about one event in one state."""

    event_id: int
    channel: str
    state: str
    contacts: int


class Replied(NamedTuple):
    """What was said back to a message, at once and about no event."""

    at: datetime
    text: str
    channel: str
    state: str


class Pictured(NamedTuple):
    """A photo of a report, or of the work; also those that are not published."""

    id: int
    name: str
    kind: str
    report_id: int | None
    width: int
    height: int
    public: bool
    blurs: list[list[int]] | None
    edition: str | None


class Spoken(NamedTuple):
    """A recording of a report, and what a machine understood of it."""

    id: int
    report_id: int
    kind: str
    heard: str


class Brief(NamedTuple):
    """A case in one line, to compare another with."""

    id: int
    reference: str
    state: str
    service_id: int | None
    place_id: int | None
    department_id: int | None
    opened_at: datetime
    due: datetime | None
    reports: int
    words: str


_HEAD = """
SELECT c.id, c.city_id, c.reference, c.state, c.public, c.service_id, c.place_id, c.department_id,
       c.assignee_id, c.urgency, c.lat, c.lon, c.opened_at, c.answer_due, c.due, c.paused_at,
       c.answered_at, c.resolved_at, c.closed_at, c.reports_count, c.transfers, c.reopenings,
       c.extended, c.merged_into_id, c.rating, c.version
FROM records_case c WHERE c.city_id = %s AND c.reference = %s
"""
_REPORTS = """
SELECT r.id, r.reference, r.received_at, r.channel, r.language, r.words, r.public_words,
       r.location, r.public_location, r.accuracy, r.lat, r.lon, r.service_id, r.answers,
       r.contact_id, k.kind, k.language, k.verified_at IS NOT NULL,
       EXISTS (SELECT 1 FROM records_case o WHERE o.reference = r.reference)
FROM records_report r LEFT JOIN records_contact k ON k.id = r.contact_id
WHERE r.case_id = %s OR r.reference = %s ORDER BY r.reference <> %s, r.id LIMIT %s
"""
_PROPOSAL = """
SELECT p.service_id, p.confidence, p.confident, p.urgency, p.services, p.reasons, p.duplicates,
       p.answers, p.model
FROM records_proposal p WHERE p.report_id = %s ORDER BY p.id DESC LIMIT 1
"""
_FLAGS = """
SELECT p.flags FROM records_proposal p JOIN records_report r ON r.id = p.report_id
WHERE r.case_id = %s ORDER BY p.id
"""
_EVENTS = """
SELECT e.id, e.seq, e.kind, e.at, e.actor, e.data, e.undone, u.first_name, u.last_name, u.username
FROM records_event e LEFT JOIN records_user u ON u.id = e.user_id
WHERE e.case_id = %s ORDER BY e.seq
"""
_NOTICES = """
SELECT n.event_id, n.channel, n.state, COUNT(*) FROM records_notice n
JOIN records_event e ON e.id = n.event_id
WHERE e.case_id = %s AND (n.report_id IS NOT NULL OR n.body <> '')
GROUP BY n.event_id, n.channel, n.state
ORDER BY n.event_id, n.channel, n.state
"""
_REPLIES = """
SELECT n.created_at, n.text, n.channel, n.state FROM records_notice n
JOIN records_report r ON r.id = n.report_id
WHERE r.case_id = %s AND n.event_id IS NULL ORDER BY n.id
"""
_PHOTOS = """
SELECT p.id, p.name, p.kind, p.report_id, p.width, p.height, p.public, p.blurs,
       p.edition FROM records_photo p
WHERE p.id IN (
    SELECT id FROM records_photo WHERE case_id = %s
    UNION
    SELECT q.id FROM records_photo q JOIN records_report r ON r.id = q.report_id
    WHERE r.case_id = %s
) ORDER BY p.id
"""
_RECORDINGS = """
SELECT s.id, s.report_id, s.kind, s.heard FROM records_recording s
JOIN records_report r ON r.id = s.report_id WHERE r.case_id = %s ORDER BY s.id
"""
_TIMES = ["opened_at", "answer_due", "due", "paused_at", "answered_at", "resolved_at", "closed_at"]
_BRIEFS = """
SELECT c.id, c.reference, c.state, c.service_id, c.place_id, c.department_id, c.opened_at,
       c.due, c.reports_count, COALESCE(substr(r.words, 1, 160), '')
FROM records_case c LEFT JOIN records_report r ON r.reference = c.reference
WHERE c.city_id = %s AND c.id IN ({marks}) ORDER BY c.opened_at DESC, c.id DESC
"""


def head(city_id: int, reference: str) -> Head | None:
    """The case with this reference."""
    rows = fetch(_HEAD, [city_id, reference])
    if not rows:
        return None
    found = Head(*rows[0])
    times: dict[str, Any] = {name: moment(getattr(found, name)) for name in _TIMES}
    return found._replace(public=bool(found.public), extended=bool(found.extended), **times)


def case_reference(city_id: int, reference: str) -> str | None:
    """The reference of the case to which the report with this reference belongs now."""
    sql = """SELECT c.reference FROM records_report r JOIN records_case c ON c.id = r.case_id
             WHERE r.city_id = %s AND r.reference = %s"""
    rows = fetch(sql, [city_id, reference])
    return rows[0][0] if rows else None


@dataclass(frozen=True)
class File:
    """All there is about a case. Each part is read when it is first asked for."""

    head: Head

    @cached_property
    def reports(self) -> list[Told]:
        """The reports, the first one first."""
        reference = self.head.reference
        rows = fetch(_REPORTS, [self.head.id, reference, reference, MOST_REPORTS])
        return [_report(row) for row in rows]

    @cached_property
    def proposal(self) -> Suggested | None:
        """The last proposal for the first report."""
        rows = fetch(_PROPOSAL, [self.reports[0].id]) if self.reports else []
        return _proposal(rows[0]) if rows else None

    @cached_property
    def events(self) -> list[Happened]:
        """The events in their order."""
        return [_event(row) for row in fetch(_EVENTS, [self.head.id])]

    @cached_property
    def notices(self) -> list[Sent]:
        """How many notices about each event are in each state."""
        return [Sent(*row) for row in fetch(_NOTICES, [self.head.id])]

    @cached_property
    def photos(self) -> list[Pictured]:
        """The photos of the reports and of the work."""
        return [_photo(row) for row in fetch(_PHOTOS, [self.head.id, self.head.id])]

    @cached_property
    def recordings(self) -> list[Spoken]:
        """The recordings of the reports."""
        return [Spoken(*row) for row in fetch(_RECORDINGS, [self.head.id])]

    @cached_property
    def flags(self) -> list[dict[str, Any]]:
        """What the rules of special handling found in the reports: the latest of each."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for (flags,) in fetch(_FLAGS, [self.head.id]):
            found |= {(flag["rule"], flag.get("code", "")): flag for flag in decoded(flags)}
        return list(found.values())


def replies(case_id: int) -> list[Replied]:
    """What the reporters of a case were told in answer to their messages."""
    rows = fetch(_REPLIES, [case_id])
    return [Replied(known_moment(at), *rest) for at, *rest in rows]


def briefs(city_id: int, ids: Sequence[int]) -> dict[int, Brief]:
    """These cases of the city in one line each, by id."""
    if not ids:
        return {}
    rows = fetch(_BRIEFS.format(marks=marks(ids)), [city_id, *ids])
    found = [Brief(*row) for row in rows]
    times = {each.id: (known_moment(each.opened_at), moment(each.due)) for each in found}
    return {
        each.id: each._replace(opened_at=times[each.id][0], due=times[each.id][1]) for each in found
    }


def ids_of(city_id: int, references: Sequence[str]) -> list[int]:
    """The cases with these references, in their order."""
    sql = f"""SELECT reference, id FROM records_case
              WHERE city_id = %s AND reference IN ({marks(references)})"""  # noqa: S608 - marks
    found = dict(fetch(sql, [city_id, *references]))
    return [found[each] for each in references if each in found]


def _photo(row: Sequence[Any]) -> Pictured:
    photo = Pictured(*row)
    blurs = None if photo.blurs is None else decoded(photo.blurs)
    return photo._replace(public=bool(photo.public), blurs=blurs)


def _report(row: Sequence[Any]) -> Told:
    told = Told(*row)
    at = known_moment(told.received_at)
    return told._replace(
        received_at=at, answers=decoded(told.answers), own_case=bool(told.own_case)
    )


def _proposal(row: Sequence[Any]) -> Suggested:
    found = Suggested(*row)
    lists = ("services", "reasons", "duplicates", "answers")
    return found._replace(
        confident=bool(found.confident), **{name: decoded(getattr(found, name)) for name in lists}
    )


def _event(row: Sequence[Any]) -> Happened:
    event_id, seq, kind, at, actor, data, undone, first, last, username = row
    when = known_moment(at)
    name = full_name(first, last, username)
    return Happened(event_id, seq, kind, when, actor, decoded(data), bool(undone), name)
