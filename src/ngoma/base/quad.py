"""Places as numbers: the Morton key of a point's Web Mercator tile at zoom 24 (about 2 m).

A key is 48 bits, y and x interleaved from the top ('quadkey'), so that every tile of every zoom is
one run of keys and any box is a few runs: a plain B-tree on the key answers maps on any database.
Tiles are numbered as in XYZ tile addresses: y grows southwards from 85.0511 degrees north.
"""

from itertools import pairwise
from math import asin, asinh, atan, cos, degrees, pi, radians, sin, sinh, sqrt, tan
from typing import NamedTuple

ZOOM = 24
EARTH_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), in metres."""

Box = tuple[float, float, float, float]
"""South, west, north, east in degrees; a west beyond the east means across the 180th meridian."""

_SIDE = 1 << ZOOM
_NORTHMOST = degrees(atan(sinh(pi)))
_FINENESS = 16  # cells along the longer side of a box: enough for a close fit, few enough to sort


class Tile(NamedTuple):
    """A tile of an XYZ map: `x` eastwards and `y` southwards among 2**zoom each way."""

    zoom: int
    x: int
    y: int

    @property
    def keys(self) -> tuple[int, int]:
        """The first and the last key of a point in it."""
        bits = 2 * (ZOOM - self.zoom)
        first = _key(self.x, self.y) << bits
        return first, first + (1 << bits) - 1

    def cells(self, zoom: int) -> tuple[int, int]:
        """The first and the last of the cells of a deeper zoom in it, as `cell` numbers them."""
        first, last = self.keys
        return cell(first, zoom), cell(last, zoom)

    def within(self, lat: float, lon: float, units: int) -> tuple[int, int]:
        """Where a point lies, counted in parts of the tile from its north-western corner."""
        across, down = _across(lon) * 2**self.zoom, _down(lat) * 2**self.zoom
        return int((across - self.x) * units), int((down - self.y) * units)

    def point(self, across: float, down: float) -> tuple[float, float]:
        """The latitude and longitude of a point of the tile: 0, 0 is its north-western corner."""
        side = 2**self.zoom
        north = pi * (1 - 2 * (self.y + down) / side)
        return degrees(atan(sinh(north))), (self.x + across) / side * 360 - 180


def cell(key: int, zoom: int) -> int:
    """The number of the tile of a zoom that holds a key: that of its parent is `cell >> 2`."""
    return 1 << 2 * zoom | key >> 2 * (ZOOM - zoom)


def middle(number: int, zoom: int) -> tuple[float, float]:
    """The latitude and longitude of the middle of a cell, as `cell` numbers it."""
    x = sum((number >> 2 * bit & 1) << bit for bit in range(zoom))
    y = sum((number >> 2 * bit + 1 & 1) << bit for bit in range(zoom))
    return Tile(zoom, x, y).point(0.5, 0.5)


def spot(lat: float, lon: float, zoom: int = ZOOM) -> tuple[int, int]:
    """The x and y of the tile of a zoom that a point in degrees lies in."""
    bits = ZOOM - zoom
    return _x(lon) >> bits, _y(lat) >> bits


def _interleaved(bits: int) -> int:
    return sum((bits >> i & 1) << 2 * i for i in range(12))


_SPREAD = tuple(_interleaved(bits) for bits in range(1 << 12))


def quad(lat: float, lon: float) -> int:
    """The key of a point in degrees; what lies beyond the map counts as its edge."""
    return _key(_x(lon), _y(lat))


def box_ranges(
    south: float, west: float, north: float, east: float, most: int = 16
) -> list[tuple[int, int]]:
    """At most `most` ranges of keys, both ends included, that hold every point of a box.

    They are in order and apart, and hold some points around the box too, which the caller leaves
    out by latitude and longitude. Raises ValueError when south is beyond north.
    """
    if south > north:
        raise ValueError(f"south {south} is beyond north {north}")
    # Rounding in the projection may differ by a hair between neighbours, so the edges give way.
    top, bottom = _y(north + 1e-9), _y(south - 1e-9)
    left, right = _x(west), _x(east)
    spans = [(left, right)] if west <= east else [(0, right), (left, _SIDE - 1)]
    longest = max(bottom - top, *(end - start for start, end in spans))
    shift = 0
    while longest >> shift >= _FINENESS - 1:
        shift += 1
    cells = sorted(
        {
            _key(x, y)
            for start, end in spans
            for x in range(start >> shift, (end >> shift) + 1)
            for y in range(top >> shift, (bottom >> shift) + 1)
        }
    )
    runs = [(first << 2 * shift, (last + 1 << 2 * shift) - 1) for first, last in _runs(cells, most)]
    # No key of the box is before its north-western corner or after its south-eastern one.
    runs[0] = max(runs[0][0], min(_key(start, top) for start, _ in spans)), runs[0][1]
    runs[-1] = runs[-1][0], min(runs[-1][1], max(_key(end, bottom) for _, end in spans))
    return runs


def _runs(keys: list[int], most: int) -> list[tuple[int, int]]:
    """First and last of at most `most` runs of sorted keys: cut at the widest gaps alone."""
    gaps = [(after - before, i) for i, (before, after) in enumerate(pairwise(keys), 1)]
    cuts = sorted(i for gap, i in sorted(gaps, reverse=True)[: most - 1] if gap > 1)
    return [(keys[i], keys[j - 1]) for i, j in pairwise([0, *cuts, len(keys)])]


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres between two points along the surface of a round Earth (haversine; within 0.6 %)."""
    a, b = radians(lat1), radians(lat2)
    half_lat, half_lon = (b - a) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(a) * cos(b) * sin(half_lon) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(chord)))


def around(lat: float, lon: float, radius_m: float) -> Box:
    """The smallest box that holds every point within `radius_m` metres of a point."""
    angle = radius_m / EARTH_M * (1 + 1e-9) + 1e-12
    south, north = lat - degrees(angle), lat + degrees(angle)
    if south <= -90 or north >= 90:
        return max(south, -90.0), -180.0, min(north, 90.0), 180.0
    reach = degrees(asin(min(1.0, sin(angle) / cos(radians(lat)))))
    if reach >= 180:
        return south, -180.0, north, 180.0
    return south, _wrapped(lon - reach), north, _wrapped(lon + reach)


def _key(x: int, y: int) -> int:
    high = _SPREAD[y >> 12] << 1 | _SPREAD[x >> 12]
    return high << 24 | _SPREAD[y & 4095] << 1 | _SPREAD[x & 4095]


def _x(lon: float) -> int:
    return min(max(int(_across(lon) * _SIDE), 0), _SIDE - 1)


def _y(lat: float) -> int:
    return min(max(int(_down(lat) * _SIDE), 0), _SIDE - 1)


def _across(lon: float) -> float:
    """How far east on the map, 0 to 1."""
    return (lon + 180) / 360


def _down(lat: float) -> float:
    """How far south on the map, 0 to 1."""
    lat = min(max(lat, -_NORTHMOST), _NORTHMOST)
    return (1 - asinh(tan(radians(lat))) / pi) / 2


def _wrapped(lon: float) -> float:
    return (lon + 180) % 360 - 180 if not -180 <= lon <= 180 else lon
