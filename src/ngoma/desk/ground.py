"""The map of the situation board: districts, today's reports as points, bursts as circles."""

from collections.abc import Iterable, Sequence
from math import cos, radians

from markupsafe import Markup, escape

from ngoma.desk.rising import Rising
from ngoma.desk.site import Desk
from ngoma.look.frames import Frame, around_all
from ngoma.look.outlines import Outline, outlines, whole

WIDTH, HEIGHT = 860, 800
_EQUATOR_M = 40_075_016.7
_LEAST = 26
"""Pixels of the smallest circle: it is to be seen from five metres."""
_MANY = 12
"""Districts above which only the one that was chosen is named: names would lie over each other."""


def draw(
    desk: Desk,
    points: Sequence[tuple[float, float]],
    spots: Sequence[Rising],
    district: int,
) -> Markup:
    """The map as SVG in the page's colours; what it shows stands in lists beside it."""
    places = outlines(desk.book)
    alone = bool(points) and not places
    frame = around_all(points, WIDTH, HEIGHT) if alone else whole(desk.book, WIDTH, HEIGHT)
    parts = [_outline(frame, each, each.place.id == district) for each in places]
    parts += [_dot(frame, *point) for point in points]
    named = [each for each in places if len(places) <= _MANY or each.place.id == district]
    parts += [_name(frame, *each.middle, desk.text(each.place.names)) for each in named]
    parts += [_circle(frame, each) for each in spots if each.row.radius_m is not None]
    return Markup(  # noqa: S704 - numbers, fixed text and escaped names
        f'<svg class="ground" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" '
        f'focusable="false">{"".join(parts)}</svg>'
    )


def _outline(frame: Frame, outline: Outline, chosen: bool) -> str:
    lines = []
    for ring in outline.rings:
        steps = (frame.place(lat, lon) for lat, lon in ring)
        lines.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in _apart(steps)) + "Z")
    return f'<path class="{"g on" if chosen else "g"}" d="{"".join(lines)}"/>'


def _apart(steps: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The steps that lie at least a pixel from the one before."""
    kept: list[tuple[float, float]] = []
    for x, y in steps:
        if not kept or abs(kept[-1][0] - x) + abs(kept[-1][1] - y) > 1:
            kept.append((x, y))
    return kept


def _dot(frame: Frame, lat: float, lon: float) -> str:
    x, y = frame.place(lat, lon)
    return f'<circle class="r" cx="{x:.0f}" cy="{y:.0f}" r="3.5"/>'


def _circle(frame: Frame, spot: Rising) -> str:
    burst = spot.row
    x, y = frame.place(burst.lat, burst.lon)
    metres = _EQUATOR_M * cos(radians(burst.lat)) / 360 * frame.across / frame.width
    radius = max((burst.radius_m or 0) / metres, _LEAST)
    side, anchor = (radius + 12, "start") if x < WIDTH * 0.6 else (-radius - 12, "end")
    return (
        f'<circle class="b" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}"/>'
        f'<circle class="c" cx="{x:.0f}" cy="{y:.0f}" r="7"/>'
        f'<text class="s" text-anchor="{anchor}" x="{x + side:.0f}" y="{y - 2:.0f}">'
        f"{escape(spot.service)}</text>"
        f'<text class="w" text-anchor="{anchor}" x="{x + side:.0f}" y="{y + 22:.0f}">'
        f"{escape(spot.place)}</text>"
    )


def _name(frame: Frame, lat: float, lon: float, name: str) -> str:
    x, y = frame.place(lat, lon)
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>'
