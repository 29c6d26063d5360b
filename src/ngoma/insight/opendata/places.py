"""The areas of a city as GeoJSON, and the box around them."""

from typing import Any

import msgspec

from ngoma.base.polygons import Boundaries
from ngoma.base.quad import Box
from ngoma.cities.book import Book
from ngoma.records.queries.places import boundaries


def geojson(book: Book) -> tuple[bytes, int]:
    """Every area in use with code, parent and names by language, and how many there are.

    An area without a boundary is its middle, or has no geometry.
    """
    used = [each for each in book.places.values() if not each.retired]
    shapes = boundaries([each.id for each in used])
    features = []
    for each in used:
        parent = book.places[each.parent_id].code if each.parent_id else None
        names = {f"name_{language}": name for language, name in each.names.items()}
        features.append(
            {
                "type": "Feature",
                "id": each.code,
                "geometry": shapes.get(each.id) or _middle(each.lat, each.lon),
                "properties": {"code": each.code, "parent": parent, **names},
            }
        )
    found = {"type": "FeatureCollection", "features": features}
    return msgspec.json.encode(found), len(features)


def box(book: Book) -> Box | None:
    """South, west, north, east of all boundaries; None where none is known."""
    shapes = Boundaries(boundaries([each.id for each in book.places.values()]).items())
    around = [shapes.bounds(key) for key in shapes.keys]
    if not around:
        return None
    south, west, north, east = zip(*around, strict=True)
    return min(south), min(west), max(north), max(east)


def _middle(lat: float | None, lon: float | None) -> dict[str, Any] | None:
    return None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
