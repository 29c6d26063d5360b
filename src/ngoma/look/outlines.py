"""The map that every city has: the outlines and names of its districts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ngoma.base.polygons import centre, simplified
from ngoma.cities.book import Book, Edition, PlaceEntry
from ngoma.look.frames import Frame, around_all
from ngoma.records.queries.places import boundaries

Ring = tuple[tuple[float, float], ...]
ROUGHNESS_M = 30.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A place with its outer edges, (latitude, longitude), and the point for its name."""

    place: PlaceEntry
    rings: tuple[Ring, ...]
    middle: tuple[float, float]


def outlines(book: Book) -> tuple[Outline, ...]:
    """The districts that have boundaries."""
    return _outlines(Edition(book))


def whole(book: Book, width: int, height: int) -> Frame:
    """The window that shows all of the city."""
    points = [point for each in outlines(book) for ring in each.rings for point in ring]
    if not points:
        lat, lon = book.settings["map"]["center"]
        return Frame(lat, lon, 0.25, width, height)
    return around_all(points, width, height)


@lru_cache(maxsize=64)
def _outlines(key: Edition) -> tuple[Outline, ...]:
    book = key.book
    found = boundaries(book.districts)
    return tuple(
        Outline(book.places[each], tuple(_rings(found[each])), centre(found[each]))
        for each in book.districts
        if each in found
    )


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    simple = simplified(geometry, ROUGHNESS_M)
    polygons = simple["coordinates"]
    for polygon in [polygons] if simple["type"] == "Polygon" else polygons:
        yield tuple((lat, lon) for lon, lat in polygon[0])
