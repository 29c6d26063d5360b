"""Which boundaries a point lies in. Geometry is GeoJSON (RFC 7946): degrees, longitude first."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from math import cos, radians
from typing import Any, Generic, TypeVar

import numpy as np
import shapely  # type: ignore[import-untyped]
from shapely.errors import ShapelyError  # type: ignore[import-untyped]
from shapely.geometry import mapping, shape  # type: ignore[import-untyped]

from ngoma.base.quad import Box, distance_m

K = TypeVar("K")
Geometry = Mapping[str, Any]

_DEGREE_M = 111_195.0


class Boundaries(Generic[K]):
    """Boundaries with a key each, to be asked for points; made once, then safe to share."""

    def __init__(self, items: Iterable[tuple[K, Geometry]]) -> None:
        """Take keys and GeoJSON polygons; what crosses itself is mended.

        Raises ValueError, naming the key, for a geometry that cannot be read or has no area.
        """
        # Smallest first, so that the most particular place comes first in every answer.
        pairs = [(key, _area(key, geometry)) for key, geometry in items]
        pairs.sort(key=lambda pair: pair[1].area)
        self.keys: list[K] = [key for key, _ in pairs]
        self._number = {key: i for i, key in enumerate(self.keys)}
        self._areas = np.array([area for _, area in pairs], dtype=object)
        shapely.prepare(self._areas)
        self._tree = shapely.STRtree(self._areas)

    def find(self, lat: float, lon: float) -> list[K]:
        """The keys of all boundaries around a point, the smallest first; an edge is in both."""
        near = np.sort(self._tree.query(shapely.Point(lon, lat)))
        inside = near[shapely.intersects_xy(self._areas[near], lon, lat)]
        return [self.keys[i] for i in inside]

    def contains(self, key: K, lat: float, lon: float) -> bool:
        """Whether a point is in this boundary or on its edge. Raises KeyError for no such key."""
        return bool(shapely.intersects_xy(self._areas[self._number[key]], lon, lat))

    def nearest(self, lat: float, lon: float) -> tuple[K, float] | None:
        """The key of the nearest boundary and the metres to it, 0.0 inside it; None of none."""
        inside = self.find(lat, lon)
        if inside:
            return inside[0], 0.0
        if not self.keys:
            return None
        areas, tree, shrink = self._flat
        point = shapely.Point(lon * shrink, lat)
        found = tree.nearest(point)
        edge = shapely.get_point(shapely.shortest_line(point, areas[found]), -1)
        return self.keys[found], distance_m(lat, lon, edge.y, edge.x / shrink)

    def bounds(self, key: K) -> Box:
        """South, west, north, east of one boundary."""
        west, south, east, north = shapely.bounds(self._areas[self._number[key]])
        return float(south), float(west), float(north), float(east)

    @cached_property
    def _flat(self) -> tuple[Any, shapely.STRtree, float]:
        """The boundaries with degrees of longitude as long as those of latitude, for distances."""
        _, south, _, north = shapely.total_bounds(self._areas)
        shrink = cos(radians((south + north) / 2))
        areas = shapely.transform(self._areas, lambda at: at * (shrink, 1.0))
        return areas, shapely.STRtree(areas), shrink


def centre(geometry: Geometry) -> tuple[float, float]:
    """Latitude and longitude of a point surely inside: the centroid where that is."""
    area = _area("geometry", geometry)
    point = area.centroid if area.contains(area.centroid) else area.representative_point()
    return point.y, point.x


def simplified(geometry: Geometry, metres: float) -> dict[str, Any]:
    """The GeoJSON geometry with edges up to some `metres` off and fewer points, for drawing."""
    simple = _area("geometry", geometry).simplify(metres / _DEGREE_M)
    result: dict[str, Any] = mapping(simple)
    return result


def _area(key: object, geometry: Geometry) -> shapely.Geometry:
    try:
        area = shape(geometry)
        # Mending may leave stray lines beside the polygons; "structure" drops them.
        area = shapely.make_valid(area, method="structure", keep_collapsed=False)
    except (AttributeError, LookupError, TypeError, ValueError, ShapelyError) as e:
        raise ValueError(f"{key}: not a GeoJSON geometry: {e}") from e
    if not area.area > 0:
        raise ValueError(f"{key}: the boundary has no area")
    return area
