"""Are places where they are said to be: boundaries that close, points that lie inside."""

from collections.abc import Iterator
from typing import Any

import shapely  # type: ignore[import-untyped]
from shapely.geometry import shape  # type: ignore[import-untyped]
from shapely.validation import explain_validity  # type: ignore[import-untyped]

from ngoma.base.polygons import Boundaries
from ngoma.base.quad import distance_m
from ngoma.cities.node import Node
from ngoma.cities.pack import Pack

FAR = 150_000.0  # metres from the centre of the map where no city has a place


def check_geometry(pack: Pack) -> None:
    """Note boundaries that cannot be used, and points outside the area they belong to."""
    boundaries = _usable(pack)
    center = pack.city.center
    if center and boundaries is not None:
        _inside(pack.city.node.at("map").at("center"), center, boundaries, pack.city.outside)
    around = {row.code: row.parent for row in pack.places}
    bounded = set(boundaries.keys) if boundaries else set()
    for row in pack.places:
        if row.lat is None or row.lon is None:
            continue
        point = row.lat, row.lon
        if boundaries is None:
            _near(row.node, point, center)
        elif _inside(row.node, point, boundaries, pack.city.outside):
            own = next((code for code in _up(row.code, around) if code in bounded), None)
            if own and not boundaries.contains(own, *point):
                row.node.problem(f"{row.code!r} lies outside the boundary of {own!r}", warning=True)


def _usable(pack: Pack) -> Boundaries[str] | None:
    """The boundaries that can be used; None if there are none. Notes what is wrong with others."""
    good: dict[str, dict[str, Any]] = {}
    for row in pack.boundaries:
        wrong = _wrong(row.geometry)
        if not wrong:
            south, west, north, east = _bounds(row.code, row.geometry)
            middle = (south + north) / 2, (west + east) / 2
            if _near(row.node, middle, pack.city.center):
                good.setdefault(row.code, row.geometry)
        else:
            row.node.problem(f"the boundary of {row.code!r} {wrong}")
    return Boundaries(good.items()) if good else None


def _bounds(code: str, geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    return Boundaries([(code, geometry)]).bounds(code)


def _wrong(geometry: dict[str, Any]) -> str:
    """What is wrong with a GeoJSON geometry, or nothing."""
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return "must be a Polygon or a MultiPolygon"
    coordinates = geometry.get("coordinates")
    polygons: Any = [coordinates] if geometry["type"] == "Polygon" else coordinates
    try:
        for ring in (ring for polygon in polygons for ring in polygon):
            if len(ring) < 4:
                return "has a ring of fewer than four points"
            if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y, *_ in ring):
                return "leaves the Earth: a point is [longitude, latitude] in degrees"
            if ring[0] != ring[-1]:
                return "is not closed: the last point of a ring must repeat the first"
        area = shape(geometry)
    except (TypeError, ValueError, KeyError, IndexError, shapely.GEOSException):
        return "cannot be read: coordinates are lists of [longitude, latitude]"
    if not area.is_valid:
        return f"is not valid: {explain_validity(area)}"
    return "" if area.area > 0 else "has no area"


def _inside(
    node: Node, point: tuple[float, float], boundaries: Boundaries[str], outside: float
) -> bool:
    """Whether the point lies in the city; notes it if not, with a swap where that explains it."""
    found = boundaries.nearest(*point)
    if found is None or found[1] <= outside:
        return True
    swapped = boundaries.nearest(point[1], point[0]) if abs(point[1]) <= 90 else None
    if swapped and swapped[1] <= outside:
        node.problem("latitude and longitude are swapped")
    else:
        node.problem(
            f"the point {point[0]}, {point[1]} lies {found[1] / 1000:.1f} km outside the city"
        )
    return False


def _near(node: Node, point: tuple[float, float], center: tuple[float, float] | None) -> bool:
    """Whether the point is near the centre of the map; notes it if not."""
    if center is None or distance_m(*center, *point) <= FAR:
        return True
    if abs(point[1]) <= 90 and distance_m(*center, point[1], point[0]) <= FAR:
        node.problem("latitude and longitude are swapped")
    else:
        node.problem(f"this lies more than {FAR / 1000:.0f} km from the `center` of city.toml")
    return False


def _up(code: str, around: dict[str, str]) -> Iterator[str]:
    """A place and what it lies in; stops at a circle."""
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        yield code
        code = around.get(code, "")
