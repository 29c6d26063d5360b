"""Are places where they are said to be: boundaries that close, points that lie inside."""

from collections.abc import Iterator
from typing import Any

import shapely  # type: ignore[import-untyped]
from shapely.geometry import shape  # type: ignore[import-untyped]
from shapely.validation import explain_validity  # type: ignore[import-untyped]

from ngoma.base.polygons import Boundaries, centre
from ngoma.base.quad import distance_m
from ngoma.cities.node import Node
from ngoma.cities.pack import BoundaryRow, Pack

FAR = 150_000.0  # metres from the centre of the map where no city has a place


Point = tuple[float, float]


class Area:
    """Where the city lies: its boundaries or, without any, the surroundings of its centre."""

    def __init__(self, pack: Pack) -> None:
        """Notes boundaries that cannot be used."""
        self.center = pack.city.center
        self.outside = pack.city.outside
        self.boundaries = self._usable(pack)
        if self.center and self.boundaries:
            self.holds(pack.city.node.at("map").at("center"), self.center)

    def holds(self, node: Node, point: Point) -> bool:
        """Whether a point (latitude, longitude) lies in the city; notes at `node` if not."""
        if self._distance(point) <= self._allowed:
            return True
        if abs(point[1]) <= 90 and self._distance((point[1], point[0])) <= self._allowed:
            node.problem("latitude and longitude are swapped")
        else:
            km = self._distance(point) / 1000
            node.problem(f"the point {point[0]}, {point[1]} lies {km:.1f} km outside the city")
        return False

    def check_places(self, pack: Pack) -> None:
        """Note places outside the city, or outside the place they are said to be in."""
        around = {row.code: row.parent for row in pack.places}
        bounded = set(self.boundaries.keys) if self.boundaries else set()
        for row in pack.places:
            if row.lat is None or row.lon is None or not self.holds(row.node, (row.lat, row.lon)):
                continue
            own = next((code for code in _up(row.code, around) if code in bounded), None)
            if own and self.boundaries and not self.boundaries.contains(own, row.lat, row.lon):
                row.node.problem(f"{row.code!r} lies outside the boundary of {own!r}", warning=True)

    @property
    def _allowed(self) -> float:
        return self.outside if self.boundaries else FAR

    def _distance(self, point: Point) -> float:
        """Metres from the city."""
        if self.boundaries:
            found = self.boundaries.nearest(*point)
            return found[1] if found else 0.0
        return distance_m(*self.center, *point) if self.center else 0.0

    def _usable(self, pack: Pack) -> Boundaries[str] | None:
        """The boundaries that can be used, or None. Notes what is wrong with the others."""
        good: dict[str, dict[str, Any]] = {}
        far: list[BoundaryRow] = []
        for row in pack.boundaries:
            if wrong := _wrong(row.geometry):
                row.node.problem(f"the boundary of {row.code!r} {wrong}")
            elif self.center and distance_m(*self.center, *centre(row.geometry)) > FAR:
                far.append(row)
            else:
                good.setdefault(row.code, row.geometry)
        if good:
            for row in far:
                row.node.problem(
                    f"the boundary of {row.code!r} is more than {FAR / 1000:.0f} km from the "
                    "`center` of city.toml: a point is [longitude, latitude]"
                )
        else:  # the centre is what is wrong
            good = {row.code: row.geometry for row in far}
        return Boundaries(good.items()) if good else None


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
            if any(len(point) != 2 for point in ring):
                return "must have points of two numbers, [longitude, latitude]"
            if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring):
                return "leaves the Earth: a point is [longitude, latitude] in degrees"
            if ring[0] != ring[-1]:
                return "is not closed: the last point of a ring must repeat the first"
        area = shape(geometry)
    except (TypeError, ValueError, KeyError, IndexError, shapely.GEOSException):
        return "cannot be read: coordinates are lists of [longitude, latitude]"
    if not area.is_valid:
        return f"is not valid: {explain_validity(area)}"
    return "" if area.area > 0 else "has no area"


def _up(code: str, around: dict[str, str]) -> Iterator[str]:
    """A place and what it lies in; stops at a circle."""
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        yield code
        code = around.get(code, "")
