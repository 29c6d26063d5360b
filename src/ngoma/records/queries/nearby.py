"""Cases close to a point: the same few index ranges on both databases."""

from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from ngoma.base.quad import around, box_ranges
from ngoma.records.models import OPEN
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import fetch, literals

_RANGE = """
SELECT id FROM records_case
WHERE quad BETWEEN %s AND %s AND city_id = %s
  AND lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s
"""
_ROWS = """
SELECT c.id, c.reference, c.service_id, c.lat, c.lon, c.opened_at, c.state, c.department_id,
       c.closed_at, c.resolved_at, c.public, r.words, r.public_words, r.accuracy
FROM records_case c JOIN records_report r ON r.reference = c.reference
WHERE c.id IN ({ranges})
  AND (c.state IN ({open})
       OR (c.state IN ('resolved', 'closed') AND c.resolved_at >= %s))
ORDER BY (c.lat - %s) * (c.lat - %s) + (c.lon - %s) * (c.lon - %s) * %s, c.opened_at DESC LIMIT %s
"""
COLUMNS = (
    "id", "reference", "service_id", "lat", "lon", "opened_at", "state", "department_id",
    "closed_at", "resolved_at", "public", "words", "public_words", "accuracy",
)  # fmt: skip


def around_point(
    city_id: int,
    lat: float,
    lon: float,
    *,
    metres: float,
    at: datetime,
    done_days: int = 7,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Cases within a square of `metres` around the point: open ones, and those done lately.

    The nearest come first, and are what is kept of more than `limit`.
    """
    south, west, north, east = around(lat, lon, metres)
    parameters: list[Any] = []
    ranges = box_ranges(south, west, north, east)
    for low, high in ranges:
        parameters += [low, high, city_id, south, north, west, east]
    since = parameter(at - timedelta(days=done_days))
    sql = _ROWS.format(ranges=" UNION ALL ".join([_RANGE] * len(ranges)), open=literals(OPEN))
    shrink = cos(radians(lat)) ** 2  # degrees of longitude are shorter than those of latitude
    rows = fetch(sql, [*parameters, since, lat, lat, lon, lon, shrink, limit])
    return [_row(dict(zip(COLUMNS, row, strict=True))) for row in rows]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite hands times over as text or naive; make them what PostgreSQL gives."""
    for name in ("opened_at", "closed_at", "resolved_at"):
        row[name] = moment(row[name])
    row["open"] = row["state"] in OPEN
    return row
