"""Cases as everybody may see them: pages of a list, points of a map, and what is counted of them.

Hot reads, so the SQL builds the answer. A case whose service is private is known to who has its
reference alone; merged cases are left out, as their reports live on in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ngoma.base.quad import ZOOM, Box, box_ranges
from ngoma.records.models import ACTIVE, OPEN
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import fetch, literals, marks

KINDS = {
    "open": f"c.state IN ({literals(OPEN)})",
    "late": f"c.state IN ({literals(ACTIVE)}) AND c.due < %s",
    "fixed": "c.state IN ('resolved', 'closed') AND c.resolved_at IS NOT NULL",
    "refused": "c.state IN ('rejected', 'referred')",
}
"""What a reader may ask for, and the states behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which public cases: all that are not None have to hold."""

    city_id: int
    kind: str | None = None
    services: Sequence[int] | None = None
    places: Sequence[int] | None = None
    since: datetime | None = None
    at: datetime


class Row(NamedTuple):
    """A case in a list."""

    id: int
    reference: str
    state: str
    public: bool
    service_id: int | None
    place_id: int | None
    opened_at: datetime
    due: datetime | None
    resolved_at: datetime | None
    reports: int
    words: str
    language: str
    location: str
    photo: str | None


class Point(NamedTuple):
    """A case on a map; latitude and longitude in 100,000ths of a degree (about 1 m)."""

    reference: str
    lat: int
    lon: int
    service_id: int | None
    state: str


class Cluster(NamedTuple):
    """How many cases lie around a point."""

    lat: int
    lon: int
    cases: int


class Figures(NamedTuple):
    """What a city's front page counts."""

    fixed: int
    fixed_before: int
    open: int
    late: int


_PAGE = """
SELECT c.id, c.reference, c.state, c.public, c.service_id, c.place_id, c.opened_at, c.due,
       c.resolved_at, c.reports_count,
       CASE WHEN c.public THEN r.public_words ELSE '' END, r.language,
       CASE WHEN c.public THEN r.public_location ELSE '' END,
       CASE WHEN c.public THEN (SELECT p.name FROM records_photo p
                                WHERE p.report_id = r.id AND p.public ORDER BY p.id LIMIT 1) END
FROM records_case c LEFT JOIN records_report r ON r.reference = c.reference
WHERE {conditions}
ORDER BY c.opened_at DESC, c.id DESC LIMIT %s
"""

# One branch for each run of the index, which covers everything asked: no row is looked up.
_IN_RUN = """
SELECT c.reference, c.lat, c.lon, c.quad, c.service_id, c.state FROM records_case c
WHERE c.quad BETWEEN %s AND %s AND c.lat BETWEEN %s AND %s AND c.lon BETWEEN %s AND %s
  AND {conditions}
"""
_POINTS = """
SELECT c.reference, CAST(c.lat * 100000 AS INTEGER), CAST(c.lon * 100000 AS INTEGER),
       c.service_id, c.state
FROM ({inside}) c LIMIT %s
"""
_CLUSTERS = """
SELECT CAST(AVG(c.lat) * 100000 AS INTEGER), CAST(AVG(c.lon) * 100000 AS INTEGER), COUNT(*)
FROM ({inside}) c GROUP BY c.quad >> {bits}
"""
_LATE = """
SELECT COUNT(*), COALESCE(SUM(CASE WHEN {late} THEN 1 ELSE 0 END), 0)
FROM records_case c WHERE c.city_id = %s AND c.public AND {open}
"""
# The sum keeps SQLite from going through all cases in the order of their places.
_BY_PLACE = """
SELECT c.place_id + 0, COUNT(*) FROM records_case c
WHERE c.city_id = %s AND c.public AND {open} AND c.place_id IS NOT NULL GROUP BY 1
"""
_TIMES = """
SELECT c.opened_at, c.resolved_at FROM records_case c WHERE {conditions}
ORDER BY c.opened_at DESC LIMIT %s
"""


def page(
    wanted: Wanted, *, after: tuple[datetime, int] | None = None, limit: int = 20
) -> tuple[list[Row], tuple[datetime, int] | None]:
    """Cases, newest first, that come after a key (opened_at, id); and the key of the next page."""
    conditions, parameters = _conditions(wanted)
    if after is not None:
        conditions.append("(c.opened_at, c.id) < (%s, %s)")
        parameters += [parameter(after[0]), after[1]]
    sql = _PAGE.format(conditions=" AND ".join(conditions))
    rows = [_row(row) for row in fetch(sql, [*parameters, limit + 1])]
    more = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], (more.opened_at, more.id) if more else None


def of_ids(ids: Sequence[int]) -> list[Row]:
    """These cases, newest first."""
    if not ids:
        return []
    sql = _PAGE.format(conditions=f"c.id IN ({marks(ids)})")
    return [_row(row) for row in fetch(sql, [*ids, len(ids)])]


def points(wanted: Wanted, box: Box, *, limit: int = 2000) -> list[Point] | None:
    """The cases in a box; None where they are more than `limit`."""
    inside, parameters = _in_box(wanted, box)
    rows = fetch(_POINTS.format(inside=inside), [*parameters, limit + 1])
    return None if len(rows) > limit else [Point(*row) for row in rows]


def clusters(wanted: Wanted, box: Box, *, zoom: int) -> list[Cluster]:
    """The cases in a box, counted by the map tiles of a zoom."""
    inside, parameters = _in_box(wanted, box)
    sql = _CLUSTERS.format(inside=inside, bits=2 * (ZOOM - zoom))
    return [Cluster(*row) for row in fetch(sql, parameters)]


def figures(city_id: int, *, since: datetime, at: datetime) -> Figures:
    """Fixed from `since` until `at`, and in as long a time before; open and late at `at`."""
    before = since - (at - since)
    fixed = """
        SELECT COALESCE(SUM(CASE WHEN c.resolved_at >= %s THEN 1 ELSE 0 END), 0), COUNT(*)
        FROM records_case c
        WHERE c.city_id = %s AND c.public AND c.updated_at >= %s AND c.resolved_at >= %s"""
    times = [parameter(before), parameter(before)]
    ((new, both),) = fetch(fixed, [parameter(since), city_id, *times])
    ((opened, overdue),) = fetch(_LATE.format(**KINDS), [parameter(at), city_id])
    return Figures(new, both - new, opened, overdue)


def fixed_with_photos(city_id: int, *, limit: int = 3) -> list[int]:
    """Ids of the public cases fixed last that can be shown before and after."""
    sql = """
        SELECT DISTINCT c.id, c.resolved_at FROM records_photo a
        JOIN records_case c ON c.id = a.case_id
        JOIN records_report r ON r.reference = c.reference
        JOIN records_photo b ON b.report_id = r.id AND b.public
        WHERE a.kind = 'after' AND a.public AND c.city_id = %s AND c.public
          AND c.state IN ('resolved', 'closed') AND c.resolved_at IS NOT NULL
        ORDER BY c.resolved_at DESC LIMIT %s"""
    return [row[0] for row in fetch(sql, [city_id, limit])]


def open_by_place(city_id: int) -> dict[int, int]:
    """How many open cases lie in each place itself (not counting the places in it)."""
    return dict(fetch(_BY_PLACE.format(**KINDS), [city_id]))


def times_to_fix(wanted: Wanted, *, limit: int = 1000) -> list[timedelta]:
    """How long the cases opened last took until they were fixed."""
    conditions, parameters = _conditions(wanted)
    sql = _TIMES.format(conditions=" AND ".join(conditions))
    rows = ((moment(start), moment(end)) for start, end in fetch(sql, [*parameters, limit]))
    return [end - start for start, end in rows if start and end]


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    conditions, parameters = ["c.city_id = %s", "c.public", "c.state <> 'merged'"], [wanted.city_id]
    if wanted.kind is not None:
        conditions.append(KINDS[wanted.kind])
        parameters += [parameter(wanted.at)] if wanted.kind == "late" else []
    for column, ids in (("service_id", wanted.services), ("place_id", wanted.places)):
        if ids is not None:
            conditions.append(f"c.{column} IN ({marks(ids)})")
            parameters += ids
    if wanted.since is not None:
        conditions.append("c.opened_at >= %s")
        parameters.append(parameter(wanted.since))
    return conditions, parameters


def _in_box(wanted: Wanted, box: Box) -> tuple[str, list[Any]]:
    """The public cases in a box: the runs of the index that hold it, cut to its edges."""
    south, west, north, east = box
    conditions, parameters = _conditions(wanted)
    runs = box_ranges(south, west, north, east)
    branch = _IN_RUN.format(conditions=" AND ".join(conditions))
    all_parameters: list[Any] = []
    for first, last in runs:
        all_parameters += [first, last, south, north, west, east, *parameters]
    return " UNION ALL ".join([branch] * len(runs)), all_parameters


def _row(row: Sequence[Any]) -> Row:
    values = list(row)
    for place in (6, 7, 8):
        values[place] = moment(values[place])
    values[3] = bool(values[3])
    values[10:13] = [value or "" for value in values[10:13]]
    return Row(*values)
