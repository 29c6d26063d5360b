"""Maps drawn on the server, as SVG: for phones without a script, and for pictures of a place."""

from markupsafe import Markup, escape

from ngoma.public.frames import Frame
from ngoma.public.outlines import Outline, outlines
from ngoma.public.site import Site

_STYLE = """
.g{fill:#efece4;stroke:#7c8292;stroke-width:1;stroke-linejoin:round}.on{fill:#d6e6d0}
text{font:500 11px system-ui,sans-serif;fill:#4b556b;text-anchor:middle}
.w{fill:#fbfaf7}.p{fill:#b3261e;stroke:#fff;stroke-width:1.5}
@media(prefers-color-scheme:dark){.g{fill:#202a42;stroke:#76819c}.on{fill:#16302b}
text{fill:#aeb7cc}.w{fill:#0f1524}.p{fill:#ff8a80;stroke:#2b0705}}
"""
_PIN = "M0 0C-4-10-15-15-15-27a15 15 0 0 1 30 0C15-15 4-10 0 0Z"


def picture(
    site: Site, frame: Frame, *, pin: tuple[float, float] | None = None, marked: int | None = None
) -> str:
    """A whole SVG file of the window: outlines, names, a pin, one place marked."""
    parts = [_outline(frame, each, each.place.id == marked) for each in outlines(site.book)]
    parts += [_name(site, frame, each) for each in outlines(site.book)]
    parts += _points(site, frame)
    if pin is not None:
        x, y = frame.place(*pin)
        parts.append(f'<path class="p" d="{_PIN}" transform="translate({x:.0f} {y:.0f})"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}" '
        f'width="{frame.width}" height="{frame.height}"><style>{_STYLE}</style>'
        f'<rect class="w" width="100%" height="100%"/>{"".join(parts)}</svg>'
    )


def inline(site: Site, frame: Frame, *, marked: int | None = None) -> Markup:
    """The outlines alone, to stand in a page and take its colours."""
    shapes = "".join(_outline(frame, each, each.place.id == marked) for each in outlines(site.book))
    return Markup(  # noqa: S704 - numbers and fixed text alone
        f'<svg class="area" viewBox="0 0 {frame.width} {frame.height}" aria-hidden="true" '
        f'focusable="false">{shapes}</svg>'
    )


def _outline(frame: Frame, outline: Outline, marked: bool) -> str:
    lines = []
    for ring in outline.rings:
        steps = [frame.place(lat, lon) for lat, lon in ring]
        lines.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in steps) + "Z")
    kind = "g on" if marked else "g"
    return f'<path class="{kind}" d="{"".join(lines)}"/>'


def _name(site: Site, frame: Frame, outline: Outline) -> str:
    return _text(frame, *outline.middle, site.text(outline.place.names))


def _points(site: Site, frame: Frame) -> list[str]:
    """The names of smaller places that have a point and stand in the window."""
    if frame.across > 0.08:
        return []
    return [
        _text(frame, each.lat, each.lon, site.text(each.names))
        for each in site.book.places.values()
        if each.parent_id is not None and each.lat is not None and each.lon is not None
    ]


def _text(frame: Frame, lat: float, lon: float, name: str) -> str:
    x, y = frame.place(lat, lon)
    if not (0 < x < frame.width and 0 < y < frame.height):
        return ""
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>'
