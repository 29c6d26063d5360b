"""The places where a crew has work to do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.sql.moments import moment
from ngoma.records.sql.statements import fetch, literals, marks


class Stop(NamedTuple):
    """A case that was accepted and is to be worked on. `note` is the last note of a colleague."""

    id: int
    reference: str
    version: int
    urgency: int
    service_id: int | None
    place_id: int | None
    assignee_id: int | None
    lat: float | None
    lon: float | None
    due: datetime | None
    location: str
    words: str
    photo: str
    note: str


_TURNS = (
    "visited", "assigned", "accepted", "corrected", "informed", "reopened", "returned", "joined",
)  # fmt: skip
"""Where a crew found nothing, there is nothing to do before one of these others has happened."""

_STOPS = """
SELECT c.id, c.reference, c.version, c.urgency, c.service_id, c.place_id, c.assignee_id, c.lat,
       c.lon, c.due, COALESCE(r.location, ''), COALESCE(r.words, ''),
       COALESCE((SELECT p.name FROM records_photo p WHERE p.report_id = r.id
                 ORDER BY p.id LIMIT 1), ''),
       COALESCE((SELECT e.data ->> 'text' FROM records_event e WHERE e.case_id = c.id
                 AND e.kind = 'noted' AND NOT e.undone ORDER BY e.seq DESC LIMIT 1), '')
FROM records_case c LEFT JOIN records_report r ON r.reference = c.reference
WHERE c.city_id = %s AND c.state IN ('accepted', 'in_progress') AND {whose}
  AND COALESCE((SELECT e.kind = 'visited' AND e.data ->> 'outcome' = 'not_found'
                FROM records_event e WHERE e.case_id = c.id AND NOT e.undone AND e.kind IN {turns}
                ORDER BY e.seq DESC LIMIT 1), FALSE) = FALSE
ORDER BY CASE WHEN c.urgency = 2 THEN 0 WHEN c.assignee_id IS NOT NULL THEN 1 ELSE 2 END,
         c.due, c.id LIMIT %s
"""


def stops(
    city_id: int,
    *,
    user_id: int,
    departments: Sequence[int] | None,
    limit: int,
) -> list[Stop]:
    """What is assigned to somebody; and of their departments what nobody has.

    Danger first, then what is assigned, then what is due first. Where a crew found nothing it is
    for the desk to say more.
    """
    whose = "(c.assignee_id = %s OR (c.assignee_id IS NULL{mine}))"
    parameters: list[Any] = [city_id, user_id]
    if departments is None:
        whose = whose.format(mine="")
    else:
        whose = whose.format(mine=f" AND c.department_id IN ({marks(departments)})")
        parameters += departments
    sql = _STOPS.format(whose=whose, turns=f"({literals(_TURNS)})")
    rows = fetch(sql, [*parameters, limit])
    return [Stop(*row)._replace(due=moment(row[9])) for row in rows]
