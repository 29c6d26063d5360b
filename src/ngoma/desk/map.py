"""A small map around a case, drawn from the city's own boundaries as SVG in the page's colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from markupsafe import Markup, escape

from ngoma.base.polygons import centre, simplified
from ngoma.cities.book import Edition
from ngoma.desk.site import Desk
from ngoma.look import formats
from ngoma.records.queries.places import boundaries

SIZES = {"beside": (280, 320), "alone": (640, 220)}
"""Width and height of the drawing beside a photo, and alone."""
_DEGREE_M = 111_195.0
_ROUGHNESS_M = 12.0
_METRES = 5.5
"""Metres of a pixel where the position is exact."""
_MARGIN = 42
"""Pixels from the edge within which a name would be cut."""
_ROUND = (200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 1_000_000)
_PIN = "M0 0C-4-10-15-15-15-27a15 15 0 0 1 30 0C15-15 4-10 0 0Z"

Ring = tuple[tuple[float, float], ...]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """What is seen: its middle in degrees, its size in pixels, and the metres of one pixel."""

    lat: float
    lon: float
    width: int
    height: int
    metres: float

    @property
    def scale(self) -> float:
        """Pixels in a degree of latitude."""
        return _DEGREE_M / self.metres

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a point is seen, in pixels from the top left."""
        x = (lon - self.lon) * self.scale * cos(radians(self.lat)) + self.width / 2
        return x, (self.lat - lat) * self.scale + self.height / 2

    @property
    def box(self) -> Box:
        """South, west, north, east."""
        tall = self.height / 2 / self.scale
        wide = self.width / 2 / self.scale / cos(radians(self.lat))
        return self.lat - tall, self.lon - wide, self.lat + tall, self.lon + wide


@dataclass(frozen=True, slots=True)
class _Area:
    place_id: int
    rings: tuple[Ring, ...]
    box: Box
    middle: tuple[float, float]


def around(
    desk: Desk,
    lat: float | None,
    lon: float | None,
    *,
    size: str = "beside",
    accuracy: int = 0,
    others: Iterable[tuple[float, float]] = (),
) -> Markup | None:
    """The map with a pin, the circle of uncertainty (metres), other cases as dots and a scale.

    It carries its middle and scale, so that a script can turn a click into a position.
    """
    if lat is None or lon is None:
        return None
    width, height = SIZES[size]
    metres = max(_METRES, 2.5 * accuracy / height)
    window = Window(lat, lon, width, height, metres)
    areas = [each for each in _areas(Edition(desk.book)) if _meet(each.box, window.box)]
    parts = [_outline(window, each.rings) for each in areas]
    parts += [_label(window, *each.middle, _name(desk, each.place_id)) for each in areas]
    parts += [_label(window, *spot) for spot in _spots(desk, window)]
    parts += [_dot(window, *each) for each in others]
    x, y = width / 2, height / 2
    if accuracy:
        radius = accuracy / metres
        parts.append(f'<circle class="about" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}"/>')
    parts.append(f'<path class="pin" d="{_PIN}" transform="translate({x:.0f} {y:.0f})"/>')
    parts.append(_scale(window))
    middle = f'data-lat="{lat:.6f}" data-lon="{lon:.6f}" data-scale="{window.scale:.2f}"'
    return Markup(  # noqa: S704 - numbers, fixed text and escaped names
        f'<svg class="area" viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true" focusable="false" {middle}>{"".join(parts)}</svg>'
    )


def _outline(window: Window, rings: Sequence[Ring]) -> str:
    lines = []
    for ring in rings:
        steps = (window.place(lat, lon) for lat, lon in ring)
        lines.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in steps) + "Z")
    return f'<path class="ground" d="{"".join(lines)}"/>'


def _label(window: Window, lat: float, lon: float, name: str) -> str:
    x, y = window.place(lat, lon)
    if not (_MARGIN < x < window.width - _MARGIN and 12 < y < window.height - 30):
        return ""
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>'


def _spots(desk: Desk, window: Window) -> Iterable[tuple[float, float, str]]:
    """Places that are known as a point: villages, landmarks."""
    south, west, north, east = window.box
    for each in desk.book.places.values():
        lat, lon = each.lat, each.lon
        if lat is not None and lon is not None and south < lat < north and west < lon < east:
            yield lat, lon, desk.text(each.names)


def _scale(window: Window) -> str:
    """A line that is as long as a round number of metres."""
    metres = next(each for each in _ROUND if each / window.metres > 40)
    x, y, length = 12, window.height - 12, metres / window.metres
    line = f'<path class="scale" d="M{x} {y - 4}v4h{length:.0f}v-4"/>'
    said = escape(formats.metres(metres))
    return f'{line}<text class="scale" x="{x + length + 6:.0f}" y="{y}">{said}</text>'


def _dot(window: Window, lat: float, lon: float) -> str:
    x, y = window.place(lat, lon)
    return f'<circle class="other" cx="{x:.0f}" cy="{y:.0f}" r="5"/>'


def _name(desk: Desk, place_id: int) -> str:
    return desk.text(desk.book.places[place_id].names)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@lru_cache(maxsize=32)
def _areas(key: Edition) -> tuple[_Area, ...]:
    """The smallest places that have boundaries: those in which no other bounded place lies."""
    book = key.book
    found = boundaries([each.id for each in book.places.values() if not each.retired])
    wholes = {above for each in found for above in book.chain(each)[1:]}
    return tuple(_area(each, found[each]) for each in found if each not in wholes)


def _area(place_id: int, geometry: dict[str, Any]) -> _Area:
    simple = simplified(geometry, _ROUGHNESS_M)
    polygons = simple["coordinates"]
    polygons = [polygons] if simple["type"] == "Polygon" else polygons
    rings = tuple(tuple((lat, lon) for lon, lat in polygon[0]) for polygon in polygons)
    lats = [lat for ring in rings for lat, _ in ring]
    lons = [lon for ring in rings for _, lon in ring]
    return _Area(place_id, rings, (min(lats), min(lons), max(lats), max(lons)), centre(geometry))
