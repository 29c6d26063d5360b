"""What a city is in the middle of: open dangers, late work, where reports came from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import ACTIVE, OPEN, Urgency
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import fetch, literals, marks

POINTS = 1500
"""Of more reports than these a map shows the newest."""


class Danger(NamedTuple):
    """An open case of danger. `due`: of the first answer; once it is given, of the solution."""

    id: int
    reference: str
    state: str
    service_id: int | None
    place_id: int | None
    due: datetime | None
    reports: int
    words: str


class Load(NamedTuple):
    """The cases of a department (None: of nobody) that somebody has to work on, and the late."""

    department_id: int | None
    running: int
    late: int


_DANGERS = """
SELECT c.id, c.reference, c.state, c.service_id, c.place_id,
       CASE WHEN c.answered_at IS NULL THEN c.answer_due ELSE c.due END, c.reports_count,
       COALESCE(substr(r.words, 1, 160), '')
FROM records_case c LEFT JOIN records_report r ON r.reference = c.reference
WHERE c.city_id = %s AND c.state IN ({open}) AND c.urgency = {now} {only}
ORDER BY CASE WHEN c.answered_at IS NULL THEN c.answer_due ELSE c.due END NULLS LAST, c.id LIMIT %s
"""
_DANGERS_OPEN = """
SELECT COUNT(*) FROM records_case c
WHERE c.city_id = %s AND c.state IN ({open}) AND c.urgency = {now} {only}
"""
_CHANGED = "SELECT MAX(updated_at) FROM records_case WHERE city_id = %s"
_LOADS = """
SELECT c.department_id, COUNT(*), SUM(CASE WHEN c.due < %s THEN 1 ELSE 0 END)
FROM records_case c WHERE c.city_id = %s AND c.state IN ({active}) {only}
GROUP BY c.department_id
"""
_POINTS = """
SELECT r.lat, r.lon FROM records_report r JOIN records_case c ON c.id = r.case_id
WHERE r.city_id = %s AND r.received_at >= %s AND r.received_at <= %s AND r.lat IS NOT NULL {only}
ORDER BY r.received_at DESC, r.id DESC LIMIT {most}
"""


def changed(city_id: int) -> str:
    """When a case of the city changed last; empty where there is none."""
    at = moment(fetch(_CHANGED, [city_id])[0][0])
    return at.isoformat() if at else ""


def dangers(city_id: int, departments: Sequence[int] | None, *, limit: int) -> list[Danger]:
    """The open dangers of some departments (None: of all) that are due first."""
    only, parameters = _only(departments)
    sql = _DANGERS.format(open=literals(OPEN), now=int(Urgency.NOW), only=only)
    rows = fetch(sql, [city_id, *parameters, limit])
    return [Danger._make([*row[:5], moment(row[5]), *row[6:]]) for row in rows]


def dangers_open(city_id: int, departments: Sequence[int] | None) -> int:
    """How many there are."""
    only, parameters = _only(departments)
    sql = _DANGERS_OPEN.format(open=literals(OPEN), now=int(Urgency.NOW), only=only)
    return int(fetch(sql, [city_id, *parameters])[0][0])


def loads(city_id: int, at: datetime, departments: Sequence[int] | None) -> list[Load]:
    """How much each department has to do, who is late with most first."""
    only, parameters = _only(departments)
    sql = _LOADS.format(active=literals(ACTIVE), only=only)
    found = [Load(*row) for row in fetch(sql, [parameter(at), city_id, *parameters])]
    return sorted(found, key=lambda load: (-load.late, -load.running))


def points(
    city_id: int, since: datetime, until: datetime, departments: Sequence[int] | None
) -> list[tuple[float, float]]:
    """Where reports of a time came from whose cases some departments have (None: all), (latitude,
    longitude), the newest first."""
    only, parameters = _only(departments)
    sql = _POINTS.format(most=POINTS, only=only)
    asked = [city_id, *map(parameter, (since, until)), *parameters]
    return [(lat, lon) for lat, lon in fetch(sql, asked)]


def _only(departments: Sequence[int] | None) -> tuple[str, list[Any]]:
    if departments is None:
        return "", []
    return f"AND c.department_id IN ({marks(departments)})", list(departments)
