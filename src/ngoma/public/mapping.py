"""What the maps draw: points or clusters of a box, outlines, and a picture to be tapped."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ngoma.base.quad import Box
from ngoma.public import drawing, filters, frames, outlines, status
from ngoma.public.site import Site, page
from ngoma.records.queries import public_cases

PICTURE = (320, 240)
"""Pixels of the picture that is tapped: as wide as the smallest phone shows."""

MOST = 2000
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
        return _json({"clusters": public_cases.clusters(wanted, box, zoom=_zoom(box))})
    tones = {state: _tone(state) for state in _STATES}
    services = {each.service_id for each in found}
    return _json(
        {
            "points": [(p.reference, p.lat, p.lon, p.service_id, tones[p.state]) for p in found],
            "services": {str(each): site.service(each) for each in services if each},
        }
    )


@require_safe
@cache_control(public=True, max_age=86400)
@page
def outline(request: HttpRequest, site: Site) -> HttpResponse:
    """The city's largest places: name, the point for it, and rings of [lat, lon] × 100,000."""
    return _json(
        [
            {
                "name": site.text(each.place.names),
                "middle": [_whole(value) for value in each.middle],
                "rings": [[[_whole(lat), _whole(lon)] for lat, lon in ring] for ring in each.rings],
            }
            for each in outlines.outlines(site.book)
        ]
    )


@require_safe
@cache_control(public=True, max_age=86400)
@page
def drawing_of(request: HttpRequest, site: Site) -> HttpResponse:
    """`?frame=…&pin=lat,lon`: the city in a window, as an SVG picture that can be tapped."""
    frame = frames.read(request.GET.get("frame", ""), *PICTURE)
    pin = _numbers(request.GET.get("pin", ""))
    picture = drawing.picture(
        site,
        frame or outlines.whole(site.book, *PICTURE),
        pin=(pin[0], pin[1]) if len(pin) == 2 else None,
    )
    return HttpResponse(picture, content_type="image/svg+xml")


_STATES = (
    "received", "accepted", "in_progress", "waiting", "resolved", "closed", "referred", "rejected",
)  # fmt: skip


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


def _json(value: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")
