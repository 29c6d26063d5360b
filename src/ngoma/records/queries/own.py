"""The reports of one contact, for whoever has shown that it is theirs."""

from datetime import datetime
from typing import NamedTuple

from ngoma.records.queries.photos import PUBLISHED, SHOWN
from ngoma.records.sql.moments import known_moment, moment
from ngoma.records.sql.statements import fetch

MOST = 100


class OwnReport(NamedTuple):
    """A report, and how its case stands."""

    reference: str
    secret: str
    words: str
    language: str
    received_at: datetime
    service_id: int | None
    place_id: int | None
    state: str
    answer_due: datetime | None
    due: datetime | None
    resolved_at: datetime | None
    photo: str | None


_SQL = f"""
SELECT r.reference, r.secret, r.words, r.language, r.received_at, c.service_id, c.place_id, c.state,
       c.answer_due, c.due, c.resolved_at,
       (SELECT {SHOWN} FROM records_photo p
        WHERE p.report_id = r.id AND {PUBLISHED} ORDER BY p.id LIMIT 1)
FROM records_report r JOIN records_case c ON c.id = r.case_id
WHERE r.contact_id = %s ORDER BY r.id DESC LIMIT %s
"""  # noqa: S608 - pieces


def reports_of(contact_id: int) -> list[OwnReport]:
    """The newest reports of a contact, at most `MOST`."""
    return [_row(OwnReport(*row)) for row in fetch(_SQL, [contact_id, MOST])]


def _row(row: OwnReport) -> OwnReport:
    return row._replace(
        received_at=known_moment(row.received_at),
        answer_due=moment(row.answer_due),
        due=moment(row.due),
        resolved_at=moment(row.resolved_at),
    )
