"""One report with its case and everything that happened to it, in a few queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.queries.photos import PUBLISHED, SHOWN
from ngoma.records.sql.moments import known_moment, moment
from ngoma.records.sql.statements import decoded, fetch


class Told(NamedTuple):
    """A report and the row of the case it belongs to now."""

    report_id: int
    city_id: int
    case_id: int
    reference: str
    received_at: datetime
    channel: str
    words: str
    public_words: str
    language: str
    location: str
    public_location: str
    secret: str
    place_id: int | None
    case_reference: str
    state: str
    public: bool
    service_id: int | None
    department_id: int | None
    answer_due: datetime | None
    due: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reports: int
    rating: int | None
    demo: bool


class Stamp(NamedTuple):
    """What changes whenever the story of a report does, without its words and events."""

    city_id: int
    reference: str
    case_id: int
    version: int
    public: bool
    answer_due: datetime | None
    due: datetime | None
    photos: str
    """Those of the case, which were made of the work: how many, and the sum of their numbers."""
    reported: str
    """The same of its reports' photos."""
    entry: int | None
    """Of the report in the ledger, once it is sealed."""
    late: int
    """Entries of the case that were recorded late."""
    published: int | None
    """Size of the ledger that counts."""
    witnesses: int | None


class Happened(NamedTuple):
    """One event of a case."""

    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]
    seq: int
    late: bool
    """It was recorded in the ledger at another time than it says."""


class Shown(NamedTuple):
    """A photo of a case: of its reports, or of the work."""

    name: str
    kind: str
    report_id: int | None
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a report. All of it private until the gate has been asked."""

    told: Told
    events: list[Happened]
    photos: list[Shown]


_TOLD = """
SELECT r.id, r.city_id, r.case_id, r.reference, r.received_at, r.channel, r.words, r.public_words,
       r.language, r.location, r.public_location, r.secret, c.place_id, c.reference, c.state,
       c.public, c.service_id, c.department_id, c.answer_due, c.due, c.resolved_at, c.closed_at,
       c.reports_count, c.rating, r.demo
FROM records_report r JOIN records_case c ON c.id = r.case_id WHERE r.reference = %s
"""
_EVENTS = """
SELECT e.kind, e.at, e.actor, e.data, e.seq, coalesce(n.late, FALSE) FROM records_event e
LEFT JOIN records_entry n ON n.event_id = e.id
WHERE e.case_id = %s AND NOT e.undone ORDER BY e.seq
"""
_PHOTOS = f"""
SELECT {SHOWN}, p.kind, p.report_id, p.width, p.height FROM records_photo p
WHERE {PUBLISHED} AND p.case_id = %s
UNION ALL
SELECT {SHOWN}, p.kind, p.report_id, p.width, p.height FROM records_photo p
JOIN records_report r ON r.id = p.report_id WHERE {PUBLISHED} AND r.case_id = %s
"""  # noqa: S608 - pieces
# "+ 0": else PostgreSQL may look for the least index through the whole ledger, not by the report.
_STAMP = f"""
SELECT r.city_id, r.reference, r.case_id, c.version, c.public, c.answer_due, c.due,
       (SELECT COUNT(*) || ' ' || COALESCE(SUM(p.id), 0) FROM records_photo p
        WHERE p.case_id = c.id AND {PUBLISHED}),
       (SELECT COUNT(*) || ' ' || COALESCE(SUM(p.id), 0) FROM records_report o
        JOIN records_photo p ON p.report_id = o.id WHERE o.case_id = c.id AND {PUBLISHED}),
       (SELECT MIN(n."index" + 0) FROM records_entry n WHERE n.report_id = r.id),
       (SELECT COUNT(*) FROM records_event e JOIN records_entry n ON n.event_id = e.id
        WHERE e.case_id = c.id AND n.late),
       k.size, k.witnesses
FROM records_report r JOIN records_case c ON c.id = r.case_id
LEFT JOIN records_checkpoint k ON k.id = (
    SELECT id FROM records_checkpoint WHERE published_at IS NOT NULL
    ORDER BY size DESC, id DESC LIMIT 1)
WHERE r.reference = %s
"""  # noqa: S608 - pieces
_TIMES = ("received_at", "answer_due", "due", "resolved_at", "closed_at")


def story(reference: str) -> Story | None:
    """The story of the report with this reference (as `references.read` gives it)."""
    rows = fetch(_TOLD, [reference])
    if not rows:
        return None
    told = Told(*rows[0])
    times: dict[str, Any] = {name: moment(getattr(told, name)) for name in _TIMES}
    told = told._replace(public=bool(told.public), demo=bool(told.demo), **times)
    events = [_event(*row) for row in fetch(_EVENTS, [told.case_id])]
    photos = [Shown(*row) for row in fetch(_PHOTOS, [told.case_id, told.case_id])]
    return Story(told, events, photos)


def stamp(reference: str) -> Stamp | None:
    """The stamp of the report with this reference, asked at once and in no more time than that."""
    rows = fetch(_STAMP, [reference])
    if not rows:
        return None
    found = Stamp(*rows[0])
    return found._replace(answer_due=moment(found.answer_due), due=moment(found.due))


def exists(reference: str) -> bool:
    """Whether there is a report with this reference."""
    return bool(fetch("SELECT 1 FROM records_report WHERE reference = %s", [reference]))


def _event(kind: str, at: Any, actor: str, data: Any, seq: int, late: Any) -> Happened:
    return Happened(kind, known_moment(at), actor, decoded(data), seq, bool(late))
