"""Windows onto a map: what of the world is seen, in pixels of Web Mercator."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import atan, degrees, log, log2, pi, radians, sinh, tan

from ngoma.base.quad import Box, Tile, spot

CLOSEST = 0.0012
"""Degrees of longitude across the closest window: some 130 m."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of `width` by `height` pixels, its middle in degrees, `across` degrees wide."""

    lat: float
    lon: float
    across: float
    width: int
    height: int

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a point is seen, in pixels from the top left."""
        scale = self.width / self.across
        x = (lon - self.lon) * scale + self.width / 2
        y = (_up(self.lat) - _up(lat)) * scale + self.height / 2
        return x, y

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The latitude and longitude of a pixel."""
        scale = self.width / self.across
        lon = (x - self.width / 2) / scale + self.lon
        return _down(_up(self.lat) - (y - self.height / 2) / scale), lon

    def around(self, lat: float, lon: float, factor: float) -> "Frame":
        """The window with another middle, `factor` times as wide."""
        across = max(self.across * factor, CLOSEST)
        return Frame(lat, lon, across, self.width, self.height)

    @property
    def box(self) -> Box:
        """The edges of the window."""
        south, west = self.point(0, self.height)
        north, east = self.point(self.width, 0)
        return south, west, north, east

    @property
    def text(self) -> str:
        """The window as an address holds it; `read` takes it back."""
        return f"{self.lat:.5f},{self.lon:.5f},{self.across:.5f}"


def read(text: str, width: int, height: int) -> Frame | None:
    """The window that `Frame.text` wrote; None for anything else."""
    try:
        lat, lon, across = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-85 <= lat <= 85 and -180 <= lon <= 180 and CLOSEST <= across <= 360):
        return None
    return Frame(lat, lon, across, width, height)


def around_all(points: Iterable[tuple[float, float]], width: int, height: int) -> Frame:
    """The window that shows all points, (latitude, longitude), with a little air."""
    lats, lons = zip(*points, strict=True)
    top, bottom = _up(max(lats)), _up(min(lats))
    across = max(max(lons) - min(lons), (top - bottom) * width / height, CLOSEST) * 1.04
    return Frame(_down((top + bottom) / 2), (max(lons) + min(lons)) / 2, across, width, height)


def tiles(frame: Frame, deepest: int) -> Iterator[Tile]:
    """The few tiles that a window shows, each once to twice as wide as the window."""
    zoom = min(max(int(log2(360 / frame.across)), 0), deepest)
    south, west, north, east = frame.box
    (left, top), (right, bottom) = spot(north, west, zoom), spot(south, east, zoom)
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            yield Tile(zoom, x, y)


def _up(lat: float) -> float:
    """Web Mercator's distance from the equator, in degrees of longitude."""
    return degrees(log(tan(pi / 4 + radians(lat) / 2)))


def _down(up: float) -> float:
    return degrees(atan(sinh(radians(up))))
