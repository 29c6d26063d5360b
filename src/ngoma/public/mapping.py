"""What the maps draw: tiles of points or clusters, outlines, and pictures to be tapped."""

import gzip
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ngoma.base.quad import Tile
from ngoma.base.remembered import remembered
from ngoma.look import frames, outlines
from ngoma.look.frames import Frame
from ngoma.public import drawing, filters
from ngoma.public.site import Site, from_replica, page
from ngoma.records.models import Kind, State
from ngoma.records.queries import public_map
from ngoma.records.queries.public_cases import Wanted
from ngoma.records.queries.public_map import UNITS, Cluster, Point

PICTURE = (320, 240)
"""Pixels of the picture that is tapped: as wide as the smallest phone shows."""

DEEPEST = 20
SMALL = 200
"""Bytes below which nothing is compressed."""

TONES = ("quiet", "sky", "sun", "leaf")
"""The colours of points, by the number that a tile names them by."""


@require_safe
@cache_control(public=True, max_age=60, stale_while_revalidate=600)
@page
@from_replica
def tile(request: HttpRequest, site: Site, zoom: int, x: int, y: int) -> HttpResponse:
    """A tile of the map, with the filters of the list; the same in every language.

    `{"points": [[reference, x, y, tone], …]}`, or where they are many
    `{"clusters": [[x, y, count], …]}`; x and y in 4096ths of the tile. 404 for no such tile.
    """
    if not (zoom <= DEEPEST and x < 2**zoom and y < 2**zoom):
        raise Http404("no such tile")
    wanted = filters.wanted(site, filters.read(site, request.GET))
    found = _in_tile(wanted, Tile(zoom, x, y))
    if found and isinstance(found[0], Cluster):
        return _json(request, {"clusters": found})
    points = [(p.reference, p.x, p.y, TONES.index(_tone(p))) for p in found if type(p) is Point]
    return _json(request, {"points": points})


@require_safe
@cache_control(public=True, max_age=86400)
@page
def outline(request: HttpRequest, site: Site) -> HttpResponse:
    """The city's largest places: name, the point for it, and rings of [lat, lon] × 100,000."""
    return _json(
        request,
        [
            {
                "name": site.text(each.place.names),
                "middle": [_whole(value) for value in each.middle],
                "rings": [[[_whole(lat), _whole(lon)] for lat, lon in ring] for ring in each.rings],
            }
            for each in outlines.outlines(site.book)
        ],
    )


@require_safe
@cache_control(public=True, max_age=86400)
@page
def drawing_of(request: HttpRequest, site: Site) -> HttpResponse:
    """`?frame=…&pin=lat,lon`: the city in a window, as an SVG picture that can be tapped."""
    frame = frames.read(request.GET.get("frame", ""), *PICTURE)
    picture = drawing.picture(
        site,
        frame or outlines.whole(site.book, *PICTURE),
        pin=_pin(request.GET.get("pin", "")),
    )
    return HttpResponse(picture, content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=60)
@page
@from_replica
def picture(request: HttpRequest, site: Site) -> HttpResponse:
    """The reports on the map, `?box=…` and the filters, as an SVG picture."""
    chosen = filters.read(site, request.GET)
    frame = framed(site, chosen)
    wanted = filters.wanted(site, chosen)
    dots = [
        _dot(each, found)
        for each in frames.tiles(frame, DEEPEST)
        for found in _in_tile(wanted, each)
    ]
    return HttpResponse(drawing.picture(site, frame, dots=dots), content_type="image/svg+xml")


@remembered(10, most=200)  # of 200 points each at most: some megabytes
def _in_tile(wanted: Wanted, tile: Tile) -> list[Point] | list[Cluster]:
    """The cases of a tile, at most some seconds old: readers keep it for a minute anyway."""
    return public_map.in_tile(wanted, tile)


def framed(site: Site, chosen: filters.Filters) -> Frame:
    """The window of the picture: around what the reader looks at, else the whole city."""
    if chosen.box is None:
        return outlines.whole(site.book, *PICTURE)
    south, west, north, east = chosen.box
    corners = [(max(min(lat, 85.0), -85.0), lon) for lat, lon in ((south, west), (north, east))]
    return frames.around_all(corners, *PICTURE)


def _dot(tile: Tile, found: Point | Cluster) -> drawing.Dot:
    lat, lon = tile.point(found.x / UNITS, found.y / UNITS)
    if isinstance(found, Cluster):
        return drawing.Dot(lat, lon, "sky", found.cases)
    return drawing.Dot(lat, lon, _tone(found), 1)


_TONE_OF = {
    Kind.OPEN: "sky",
    Kind.LATE: "sun",
    Kind.FIXED: "leaf",
    Kind.REFUSED: "quiet",
    Kind.ENDED: "quiet",
}


def _tone(point: Point) -> str:
    """The colour of a point: what its tag has."""
    return "sun" if point.state == State.WAITING else _TONE_OF[point.kind]


def _pin(text: str) -> tuple[float, float] | None:
    numbers = filters.numbers(text)
    if len(numbers) != 2 or not (-90 < numbers[0] < 90 and -180 <= numbers[1] <= 180):
        return None
    return numbers[0], numbers[1]


def _whole(value: float) -> int:
    return round(value * 100_000)


def _json(request: HttpRequest, value: Any) -> HttpResponse:
    """JSON, compressed quickly rather than tightly: numbers shrink little more for the time."""
    data = msgspec.json.encode(value)
    response = HttpResponse(data, content_type="application/json")
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(data) > SMALL:
        response.content = gzip.compress(data, compresslevel=1, mtime=0)
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
