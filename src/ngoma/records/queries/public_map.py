"""What a map shows of public cases: points and clusters by tile, and which cases lie in a box.

Little is looked at as it stands; where much would have to be, the kept counts answer. So a tile
costs the same whatever the city's size and the reader's choice. Only cases whose exact place is
public are counted with a position, and no others are found here.
"""

from typing import Any, NamedTuple

from ngoma.base.quad import ZOOM, Box, Tile, box_ranges, spot
from ngoma.records.models import Kind
from ngoma.records.queries.public_cases import Inside, Wanted
from ngoma.records.sql.counts import FIRST, LAST, PERIODS
from ngoma.records.sql.ranges import table_of
from ngoma.records.sql.statements import fetch, marks

UNITS = 4096
"""Parts of a tile's side in which positions are told."""
POINTS = 200
"""Points of a tile; where more would be, it shows clusters."""
LIVE = 10_000
"""Cases of a tile that are looked at one by one; of more the kept counts are summed."""
LISTED = 2000
"""Cases of a box that are counted and sorted; of more the newest are looked for."""

_CELLS = 3  # a tile shows the clusters of the zoom so much deeper: 8 by 8
_KINDS = {
    "open": (Kind.OPEN, Kind.LATE),
    "late": (Kind.LATE,),
    "fixed": (Kind.FIXED,),
    "refused": (Kind.REFUSED,),
}

_ALL = """
SELECT CAST(COALESCE(SUM(c.cases), 0) AS BIGINT) FROM records_cell_count c
WHERE c.city_id = %s AND c.place = 0 AND c.cell BETWEEN %s AND %s
"""
_POINTS = """
SELECT c.reference, c.lat, c.lon, c.state, few.kind
FROM (SELECT c.case_id, c.kind FROM records_counted c WHERE {where} LIMIT %s) few
JOIN records_case c ON c.id = few.case_id
"""
_GATHERED = """
SELECT CAST(AVG(c.x) AS BIGINT), CAST(AVG(c.y) AS BIGINT), COUNT(*)
FROM records_counted c WHERE {where} GROUP BY c.quad >> {bits}
"""
# The middle of a row's cases stands for those of them that were chosen by time.
_STORED = """
SELECT CAST(SUM(n * x) / SUM(n) AS BIGINT), CAST(SUM(n * y) / SUM(n) AS BIGINT),
       CAST(SUM(n) AS BIGINT)
FROM (SELECT c.cell >> {bits} AS cell, c.{count} AS n, c.x / c.cases AS x, c.y / c.cases AS y
      FROM records_cell_count c WHERE {where}) kept
WHERE n > 0 GROUP BY cell
"""
_IN_BOX = """
SELECT c.case_id FROM {ranges} AS box CROSS JOIN records_counted c
WHERE c.quad BETWEEN box.column1 AND box.column2 AND {chosen} LIMIT %s
"""


class Point(NamedTuple):
    """A case, and where in the tile it lies, in parts of `UNITS`."""

    reference: str
    x: int
    y: int
    state: str
    kind: Kind


class Cluster(NamedTuple):
    """How many cases lie around a point of the tile."""

    x: int
    y: int
    cases: int


def in_tile(wanted: Wanted, tile: Tile) -> list[Point] | list[Cluster]:
    """The cases of a tile as points; as clusters where they are many."""
    where, parameters = _looked_at(wanted, tile)
    by_counts = wanted.places is None or wanted.area is not None
    if by_counts and tile.zoom <= LAST and not _few(wanted.city_id, tile):
        return _stored(wanted, tile)
    rows = fetch(_POINTS.format(where=where), [*parameters, POINTS + 1])
    if len(rows) <= POINTS:
        return sorted(_point(tile, *row) for row in rows)
    bits = 2 * max(ZOOM - tile.zoom - _CELLS, 0)
    return _clusters(tile, fetch(_GATHERED.format(where=where, bits=bits), parameters))


def inside(wanted: Wanted, box: Box) -> Inside:
    """The condition for cases in a box, and how many there are, unless very many."""
    south, west, north, east = box
    (left, top), (right, bottom) = spot(north, west), spot(south, east)
    conditions, values = _chosen(wanted)
    where = ["c.city_id = %s", "c.x BETWEEN %s AND %s", "c.y BETWEEN %s AND %s", *conditions]
    ranges, keys = table_of(box_ranges(*box))
    sql = _IN_BOX.format(ranges=ranges, chosen=" AND ".join(where))
    bounds = [left, right, top, bottom]
    found = fetch(sql, [*keys, wanted.city_id, *bounds, *values, LISTED + 1])
    ids = [row[0] for row in found]
    if len(ids) <= LISTED:
        return Inside(f"c.id IN ({marks(ids)})", ids, len(ids))
    condition = """EXISTS (SELECT 1 FROM records_counted m WHERE m.case_id = c.id
        AND m.quad IS NOT NULL AND m.x BETWEEN %s AND %s AND m.y BETWEEN %s AND %s)"""
    return Inside(condition, bounds, None)


def _few(city_id: int, tile: Tile) -> bool:
    """Whether the tile holds so little, chosen or not, that all of it can be looked at."""
    cells = tile.cells(max(tile.zoom, FIRST))
    ((count,),) = fetch(_ALL, [city_id, *cells])
    return bool(count <= LIVE)


def _looked_at(wanted: Wanted, tile: Tile) -> tuple[str, list[Any]]:
    """The condition for the chosen cases of the tile, by the index that suits it."""
    conditions, parameters = _chosen(wanted)
    conditions = ["c.city_id = %s", "c.quad BETWEEN %s AND %s", *conditions]
    return " AND ".join(conditions), [wanted.city_id, *tile.keys, *parameters]


def _stored(wanted: Wanted, tile: Tile) -> list[Cluster]:
    """The clusters of a tile, summed from the kept counts."""
    zoom = min(max(tile.zoom + _CELLS, FIRST), LAST)
    conditions, parameters = _of_kind_and_service(wanted)
    where = ["c.city_id = %s", "c.place = %s", "c.cell BETWEEN %s AND %s", *conditions]
    sql = _STORED.format(
        where=" AND ".join(where),
        count=f"days_{wanted.days}" if wanted.days else "cases",
        bits=2 * max(zoom - tile.zoom - _CELLS, 0),
    )
    cells = [wanted.city_id, wanted.area or 0, *tile.cells(zoom)]
    return _clusters(tile, fetch(sql, [*cells, *parameters]))


def _chosen(wanted: Wanted) -> tuple[list[str], list[Any]]:
    conditions, parameters = _of_kind_and_service(wanted)
    if wanted.days:
        conditions.append(f"c.age <= {PERIODS.index(wanted.days)}")
    if wanted.places is not None:
        # A large place is no way in: the sum keeps its index away.
        column = "c.place" if wanted.area is None else "c.place + 0"
        conditions.append(f"{column} IN ({marks(wanted.places)})")
        parameters += wanted.places
    return conditions, parameters


def _of_kind_and_service(wanted: Wanted) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    parameters: list[Any] = []
    if wanted.kind is not None:
        conditions.append(f"c.kind IN ({', '.join(str(int(k)) for k in _KINDS[wanted.kind])})")
    if wanted.services is not None:
        conditions.append(f"c.service IN ({marks(wanted.services)})")
        parameters += wanted.services
    return conditions, parameters


def _point(tile: Tile, reference: str, lat: float, lon: float, state: str, kind: int) -> Point:
    return Point(reference, *tile.within(lat, lon, UNITS), state, Kind(kind))


def _clusters(tile: Tile, rows: list[tuple[int, int, int]]) -> list[Cluster]:
    bits = ZOOM - tile.zoom
    west, north = tile.x << bits, tile.y << bits
    return sorted(
        Cluster((x - west) * UNITS >> bits, (y - north) * UNITS >> bits, cases)
        for x, y, cases in rows
    )
