"""Maps drawn on the server, as SVG: for phones without a script, and for pictures of a place."""

from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from markupsafe import Markup, escape

from ngoma.look.frames import Frame
from ngoma.look.outlines import Outline, outlines
from ngoma.public.site import Site

_STYLE = """
.g{fill:#efece4;stroke:#7c8292;stroke-width:1;stroke-linejoin:round}.on{fill:#d6e6d0}
text{font:500 11px system-ui,sans-serif;fill:#4b556b;text-anchor:middle}
.w{fill:#fbfaf7}.p{fill:#b3261e;stroke:#fff;stroke-width:1.5}
circle{fill:#4b556b;stroke:#fff;stroke-width:1.5}.sky{fill:#1f4e9e}.sun{fill:#8a5a00}
.leaf{fill:#1b6e4b}.n{fill:#fbfaf7;font-weight:600}
@media(prefers-color-scheme:dark){.g{fill:#202a42;stroke:#76819c}.on{fill:#16302b}
text{fill:#aeb7cc}.w{fill:#0f1524}.p{fill:#ff8a80;stroke:#2b0705}
circle{fill:#aeb7cc;stroke:#182034}.sky{fill:#9dbdff}.sun{fill:#ffd98a}.leaf{fill:#7bd8ae}
.n{fill:#0f1524}}
"""
_PIN = "M0 0C-4-10-15-15-15-27a15 15 0 0 1 30 0C15-15 4-10 0 0Z"


class Dot(NamedTuple):
    """A case, or a cluster of some, with the token of its colour."""

    lat: float
    lon: float
    tone: str
    cases: int


def picture(
    site: Site,
    frame: Frame,
    *,
    pin: tuple[float, float] | None = None,
    marked: int | None = None,
    dots: Iterable[Dot] = (),
) -> str:
    """A whole SVG file of the window: outlines, names, a pin, one place marked, cases."""
    parts = [_outline(frame, each, each.place.id == marked) for each in outlines(site.book)]
    parts += [_name(site, frame, each) for each in outlines(site.book)]
    parts += _points(site, frame)
    parts += _dots(frame, dots)
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


def bars(pairs: Sequence[tuple[int, int]]) -> Markup:
    """Pairs of bars beside each other, to stand in a page and take its colours."""
    highest = max((value for pair in pairs for value in pair), default=0) or 1
    parts = []
    for number, pair in enumerate(pairs):
        for side, value in enumerate(pair):
            height = round(100 * value / highest, 1)
            x, kind = number * 28 + side * 11 + 2, ("sky", "leaf")[side]
            parts.append(
                f'<rect class="{kind}" x="{x}" y="{100 - height}" width="10" height="{height}"/>'
            )
    return Markup(  # noqa: S704 - numbers and fixed text alone
        f'<svg class="bars" viewBox="0 0 {len(pairs) * 28} 100" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def bar(value: int, most: int) -> Markup:
    """One bar along a line of a table, as long as the value is beside the greatest."""
    width = round(100 * value / (most or 1), 1)
    return Markup(  # noqa: S704 - numbers and fixed text alone
        f'<svg class="along" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect width="{width}" height="8"/></svg>'
    )


def _outline(frame: Frame, outline: Outline, marked: bool) -> str:
    lines = []
    for ring in outline.rings:
        steps = [frame.place(lat, lon) for lat, lon in ring]
        lines.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in steps) + "Z")
    kind = "g on" if marked else "g"
    return f'<path class="{kind}" d="{"".join(lines)}"/>'


def _dots(frame: Frame, dots: Iterable[Dot]) -> Iterator[str]:
    """The cases, the largest clusters below; a cluster's area says its count."""
    large = sorted(dots, key=lambda each: -each.cases)
    for each in large:
        x, y = frame.place(each.lat, each.lon)
        if not (0 < x < frame.width and 0 < y < frame.height):
            continue
        radius = 5 if each.cases == 1 else 11 + 11 * sqrt(each.cases / large[0].cases)
        yield f'<circle class="{each.tone}" cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}"/>'
        if each.cases > 1:
            yield f'<text class="n" x="{x:.0f}" y="{y + 4:.0f}">{_short(each.cases)}</text>'


def _short(number: int) -> str:
    return str(number) if number < 1000 else f"{number / 1000:.0f}k"


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
