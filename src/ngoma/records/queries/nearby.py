"""Cases close to a point: the same few index ranges on both databases."""

from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from ngoma.base.quad import around, box_ranges
from ngoma.records.models import OPEN
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import fetch, literals

RANGES = 6
"""Ranges of the index in one statement, each with seven parameters: psycopg takes a statement with
more than 50 parameters to pieces anew each time, which costs more than to send it."""

_RANGE = """
SELECT id, lat, lon FROM records_case
WHERE quad BETWEEN %s AND %s AND city_id = %s
  AND lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s
"""
# The words are fetched for what is kept alone: around a busy place thousands are looked at.
_ROWS = """
SELECT c.id, c.reference, c.service_id, c.lat, c.lon, c.opened_at, c.state, c.department_id,
       c.closed_at, c.resolved_at, c.public, r.words, r.public_words, r.accuracy
FROM (
    SELECT near.id,
           (near.lat - %s) * (near.lat - %s) + (near.lon - %s) * (near.lon - %s) * %s AS far
    FROM ({ranges}) AS near JOIN records_case k ON k.id = near.id
    WHERE k.state IN ({open}) OR (k.state IN ('resolved', 'closed') AND k.resolved_at >= %s)
    ORDER BY 2, k.opened_at DESC LIMIT %s
) AS kept
JOIN records_case c ON c.id = kept.id
JOIN records_report r ON r.reference = c.reference
ORDER BY kept.far, c.opened_at DESC
"""
_OPEN = """
SELECT id, lat, lon FROM records_case
WHERE quad BETWEEN %s AND %s AND city_id = %s
  AND lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s AND state IN ({open})
"""
_NEAREST = """
SELECT id, lat, lon FROM ({ranges}) AS near
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
    ranges, parameters = _box(_RANGE, city_id, lat, lon, metres)
    since = parameter(at - timedelta(days=done_days))
    sql = _ROWS.format(ranges=ranges, open=literals(OPEN))
    rows = fetch(sql, [lat, lat, lon, lon, _shrink(lat), *parameters, since, limit])
    return [_row(dict(zip(COLUMNS, row, strict=True))) for row in rows]


def open_around(
    city_id: int, lat: float, lon: float, *, metres: float, limit: int = 50
) -> list[tuple[int, float, float]]:
    """Id and position of open cases within such a square, the nearest first."""
    ranges, parameters = _box(_OPEN.format(open=literals(OPEN)), city_id, lat, lon, metres)
    sql = _NEAREST.format(ranges=ranges)
    found = fetch(sql, [*parameters, lat, lat, lon, lon, _shrink(lat), limit])
    return [(case_id, at_lat, at_lon) for case_id, at_lat, at_lon in found]


def _box(sql: str, city_id: int, lat: float, lon: float, metres: float) -> tuple[str, list[Any]]:
    """A query for each range of the index that the square touches, and their parameters."""
    south, west, north, east = around(lat, lon, metres)
    parameters: list[Any] = []
    ranges = box_ranges(south, west, north, east, most=RANGES)
    for low, high in ranges:
        parameters += [low, high, city_id, south, north, west, east]
    return " UNION ALL ".join([sql] * len(ranges)), parameters


def _shrink(lat: float) -> float:
    """Degrees of longitude are shorter than those of latitude; squared, as distances are here."""
    return float(cos(radians(lat)) ** 2)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite hands times over as text or naive; make them what PostgreSQL gives."""
    for name in ("opened_at", "closed_at", "resolved_at"):
        row[name] = moment(row[name])
    row["open"] = row["state"] in OPEN
    return row
