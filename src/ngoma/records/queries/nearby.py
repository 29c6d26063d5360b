"""Cases close to a point: the same few index ranges on both databases."""

from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from ngoma.base.quad import around, box_ranges
from ngoma.records.models import OPEN
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.ranges import table_of
from ngoma.records.sql.statements import fetch, literals

RANGES = 6
"""Ranges of the index that a square is looked up by."""

_IN_BOX = """
SELECT c.id, c.lat, c.lon, c.state, c.resolved_at
FROM {ranges} AS box CROSS JOIN records_case c
WHERE c.quad BETWEEN box.column1 AND box.column2 AND c.city_id = %s
  AND c.lat BETWEEN %s AND %s AND c.lon BETWEEN %s AND %s
"""
# Around a busy place thousands are looked at, in the index; the rows of what is kept alone.
_ROWS = """
SELECT c.id, c.reference, c.service_id, c.lat, c.lon, c.opened_at, c.state, c.department_id,
       c.closed_at, c.resolved_at, c.public, r.words, r.public_words, r.accuracy
FROM (
    SELECT id, (lat - %s) * (lat - %s) + (lon - %s) * (lon - %s) * %s AS far
    FROM ({cases}) AS near
    WHERE state IN ({open}) OR (state IN ('resolved', 'closed') AND resolved_at >= %s)
    ORDER BY far, id DESC LIMIT %s
) AS kept
JOIN records_case c ON c.id = kept.id
JOIN records_report r ON r.reference = c.reference
ORDER BY kept.far, c.opened_at DESC
"""
_NEAREST = """
SELECT id, lat, lon FROM ({cases}) AS near
ORDER BY (lat - %s) * (lat - %s) + (lon - %s) * (lon - %s) * %s, id LIMIT %s
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
    cases, parameters = _in_box(city_id, lat, lon, metres)
    since = parameter(at - timedelta(days=done_days))
    sql = _ROWS.format(cases=cases, open=literals(OPEN))
    rows = fetch(sql, [lat, lat, lon, lon, _shrink(lat), *parameters, since, limit])
    return [_row(dict(zip(COLUMNS, row, strict=True))) for row in rows]


def open_around(
    city_id: int, lat: float, lon: float, *, metres: float, limit: int = 50
) -> list[tuple[int, float, float]]:
    """Id and position of open cases within such a square, the nearest first."""
    cases, parameters = open_in_box(city_id, lat, lon, metres)
    sql = _NEAREST.format(cases=cases)
    found = fetch(sql, [*parameters, lat, lat, lon, lon, _shrink(lat), limit])
    return [(case_id, at_lat, at_lon) for case_id, at_lat, at_lon in found]


def open_in_box(city_id: int, lat: float, lon: float, metres: float) -> tuple[str, list[Any]]:
    """A query of id and position of the open cases within such a square, and its parameters."""
    cases, parameters = _in_box(city_id, lat, lon, metres)
    return f"{cases} AND c.state IN ({literals(OPEN)})", parameters


def _in_box(city_id: int, lat: float, lon: float, metres: float) -> tuple[str, list[Any]]:
    south, west, north, east = around(lat, lon, metres)
    ranges, keys = table_of(box_ranges(south, west, north, east, most=RANGES))
    return _IN_BOX.format(ranges=ranges), [*keys, city_id, south, north, west, east]


def _shrink(lat: float) -> float:
    """Degrees of longitude are shorter than those of latitude; squared, as distances are here."""
    return float(cos(radians(lat)) ** 2)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite hands times over as text or naive; make them what PostgreSQL gives."""
    for name in ("opened_at", "closed_at", "resolved_at"):
        row[name] = moment(row[name])
    row["open"] = row["state"] in OPEN
    return row
