"""What the maps draw: points or clusters of a box, outlines, and a picture to be tapped."""

import gzip
from math import ceil, floor
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ngoma.base.quad import Box
from ngoma.public import drawing, filters, frames, outlines, status
from ngoma.public.remembered import remembered
from ngoma.public.site import Site, page
from ngoma.records.models import State
from ngoma.records.queries import public_cases
from ngoma.records.queries.public_cases import Cluster, Wanted

PICTURE = (320, 240)
"""Pixels of the picture that is tapped: as wide as the smallest phone shows."""

MOST = 2000
SMALL = 200
"""Bytes below which nothing is compressed."""

CELLS = 12
"""Clusters along the longer side of a box, about."""


@require_safe
@cache_control(public=True, max_age=30)
@page
def points(request: HttpRequest, site: Site) -> HttpResponse:
    """`?box=south,west,north,east` and the filters: points, or clusters where there are too many.

    `{"points": [[reference, lat, lon, service, tone], …], "services": {…}}` or
    `{"clusters": [[lat, lon, count], …]}`, degrees times 100,000. 400 for a bad box.
    """
    box = _box(request.GET.get("box", ""))
    if box is None:
        return HttpResponse("box=south,west,north,east\n", status=400, content_type="text/plain")
    wanted = filters.wanted(site, filters.read(site, request.GET))
    found = public_cases.points(wanted, box, limit=MOST)
    if found is None:
        zoom = _zoom(box)
        return _json(request, {"clusters": _clusters(wanted, _snapped(box, zoom), zoom)})
    tones = {str(state): _tone(state) for state in State}
    services = {each.service_id for each in found}
    return _json(
        request,
        {
            "points": [(p.reference, p.lat, p.lon, p.service_id, tones[p.state]) for p in found],
            "services": {str(each): site.service(each) for each in services if each},
        },
    )


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


@remembered(60, most=500)
def _clusters(wanted: Wanted, box: Box, zoom: int) -> list[Cluster]:
    return public_cases.clusters(wanted, box, zoom=zoom)


def _snapped(box: Box, zoom: int) -> Box:
    """A box a little larger that many neighbours share: its edges lie on a grid."""
    step = 4 * 360 / 2**zoom
    south, west = floor(box[0] / step) * step, floor(box[1] / step) * step
    north, east = ceil(box[2] / step) * step, ceil(box[3] / step) * step
    return max(south, -90.0), max(west, -180.0), min(north, 90.0), min(east, 180.0)


def _tone(state: str) -> str:
    """The colour of a point: what its tag has, whatever its date."""
    return status.tag(state).tone or "quiet"


def _box(text: str) -> Box | None:
    numbers = _numbers(text)
    if len(numbers) != 4:
        return None
    south, west, north, east = numbers
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        return None
    return south, west, north, east


def _pin(text: str) -> tuple[float, float] | None:
    numbers = _numbers(text)
    if len(numbers) != 2 or not (-90 < numbers[0] < 90 and -180 <= numbers[1] <= 180):
        return None
    return numbers[0], numbers[1]


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return []


def _zoom(box: Box) -> int:
    """The zoom whose tiles are about a cell of the box wide."""
    side = max(box[3] - box[1], box[2] - box[0]) / CELLS
    zoom = 1
    while zoom < 20 and 360 / 2 ** (zoom + 1) >= side:
        zoom += 1
    return zoom


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
