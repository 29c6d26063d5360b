"""Finding reports."""

from ngoma.records.models import Report
from ngoma.records.sql.statements import fetch

_ONCE = "SELECT id FROM records_report WHERE city_id = %s AND origin = %s AND key = %s"


# One statement, since every report is read: built by the ORM, three would cost a tenth of reading.
_UNREAD = """
SELECT r.*, c.service_id AS settled FROM records_report r
JOIN records_case c ON c.id = r.case_id
WHERE r.reference = (SELECT e.data ->> 'reference' FROM records_event e WHERE e.id = %s)
  AND NOT EXISTS (SELECT 1 FROM records_proposal p WHERE p.report_id = r.id)
"""


def unread(event_id: int) -> tuple[Report, int | None] | None:
    """The report that came with an event, if nothing was proposed for it yet; and its case's
    service."""
    for report in Report.objects.raw(_UNREAD, [event_id]):
        return report, vars(report)["settled"]
    return None


def report_once(city_id: int, origin: str, key: str) -> int | None:
    """The id of the report that a sender already handed in under this key."""
    rows = fetch(_ONCE, [city_id, origin, key])
    return rows[0][0] if rows else None
