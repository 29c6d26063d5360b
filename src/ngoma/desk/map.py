"""A small map around a case, drawn from the city's own boundaries as SVG in the page's colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from markupsafe import Markup, escape

from ngoma.base.polygons import centre, simplified
from ngoma.cities.book import book_of
from ngoma.desk.site import Desk
from ngoma.records.queries.places import boundaries

WIDTH, HEIGHT = 280, 320
_DEGREE_M = 111_195.0
_ROUGHNESS_M = 12.0
_ACROSS_M = 1600.0
_MARGIN = 42
"""Pixels from the edge within which a name would be cut."""
_PIN = "M0 0C-4-10-15-15-15-27a15 15 0 0 1 30 0C15-15 4-10 0 0Z"

Ring = tuple[tuple[float, float], ...]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """What is seen: its middle in degrees, and the metres it is wide."""

    lat: float
    lon: float
    across: float = _ACROSS_M

    @property
    def scale(self) -> float:
        """Pixels in a degree of latitude."""
        return WIDTH / self.across * _DEGREE_M

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a point is seen, in pixels from the top left."""
        x = (lon - self.lon) * self.scale * cos(radians(self.lat)) + WIDTH / 2
        return x, (self.lat - lat) * self.scale + HEIGHT / 2

    @property
    def box(self) -> Box:
        """South, west, north, east."""
        tall = HEIGHT / 2 / self.scale
        wide = WIDTH / 2 / self.scale / cos(radians(self.lat))
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
    accuracy: int = 0,
    others: Iterable[tuple[float, float]] = (),
) -> Markup | None:
    """The map with a pin, the circle of uncertainty (metres) and other cases as dots.

    It carries its middle and scale, so that a script can turn a click into a position.
    """
    if lat is None or lon is None:
        return None
    window = Window(lat, lon, max(_ACROSS_M, 2.5 * accuracy))
    areas = [
        each for each in _areas(desk.book.id, desk.book.version) if _meet(each.box, window.box)
    ]
    parts = [_outline(window, each.rings) for each in areas]
    parts += [_label(window, *each.middle, _name(desk, each.place_id)) for each in areas]
    parts += [_dot(window, *each) for each in others]
    x, y = WIDTH / 2, HEIGHT / 2
    if accuracy:
        radius = accuracy / window.across * WIDTH
        parts.append(f'<circle class="about" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}"/>')
    parts.append(f'<path class="pin" d="{_PIN}" transform="translate({x:.0f} {y:.0f})"/>')
    middle = f'data-lat="{lat:.6f}" data-lon="{lon:.6f}" data-scale="{window.scale:.2f}"'
    return Markup(  # noqa: S704 - numbers, fixed text and escaped names
        f'<svg class="area" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice" '
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
    if not (_MARGIN < x < WIDTH - _MARGIN and 10 < y < HEIGHT - 10):
        return ""
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>'


def _dot(window: Window, lat: float, lon: float) -> str:
    x, y = window.place(lat, lon)
    return f'<circle class="other" cx="{x:.0f}" cy="{y:.0f}" r="5"/>'


def _name(desk: Desk, place_id: int) -> str:
    return desk.text(desk.book.places[place_id].names)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@lru_cache(maxsize=32)
def _areas(city_id: int, _version: int) -> tuple[_Area, ...]:
    """The smallest places that have boundaries: those in which no other bounded place lies."""
    book = book_of(city_id)
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
