"""Small charts as inline SVG: drawn by the server, in the page's colours, with a table beside."""

from collections.abc import Sequence
from math import cos, radians

from markupsafe import Markup

from ngoma.look import formats
from ngoma.look.frames import Frame
from ngoma.look.outlines import Outline

WIDTH, HEIGHT, LEFT, FOOT = 640, 220, 8, 28
_HALF_A_NAME = 44
"""Pixels that a name needs on either side of its middle."""


_DEGREE_M = 111_195.0
"""Metres of a degree of latitude."""
_SMALLEST = 9.0
"""Radius of a circle at least, so that its number can be read."""


def columns(bars: Sequence[tuple[str, int, int]], names: tuple[str, str]) -> Markup:
    """Two columns for each name, the second within the first."""
    most = max((first for _name, first, _second in bars), default=0) or 1
    step = (WIDTH - 2 * LEFT) / max(len(bars), 1)
    high = HEIGHT - FOOT - 22
    pieces = []
    for number, (name, first, second) in enumerate(bars):
        x, wide = LEFT + number * step + step * 0.15, step * 0.7
        for value, kind in ((first, "all"), (second, "part")):
            tall = value / most * high
            y = HEIGHT - FOOT - tall
            pieces.append(
                Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
                .format(kind, x, y, wide, tall)
            )  # fmt: skip
        pieces.append(_below(x + wide / 2, name, number, len(bars)))
    pieces.append(_above(most, high))
    return _svg(pieces, f"{names[0]}, {names[1]}")


def ranges(rows: Sequence[tuple[str, float | None, float | None]]) -> Markup:
    """From median to 90th percentile of a time, for each name; minutes."""
    most = max((high for _name, _median, high in rows if high is not None), default=0.0) or 1.0
    step = (WIDTH - 2 * LEFT) / max(len(rows), 1)
    tall = HEIGHT - FOOT - 22
    pieces = []
    for number, (name, median, high) in enumerate(rows):
        x = LEFT + (number + 0.5) * step
        if median is not None and high is not None:
            top, low = (HEIGHT - FOOT - value / most * tall for value in (high, median))
            pieces.append(
                Markup('<path class="range" d="M{:.1f} {:.1f}V{:.1f}"/>').format(x, top, low)
            )
            pieces.append(
                Markup('<circle class="median" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(x, low)
            )
        pieces.append(_below(x, name, number, len(rows)))
    return _svg(pieces, "")


def spark(days: Sequence[int], bands: Sequence[tuple[float, float] | None], tone: str) -> Markup:
    """Counts of some days as a line over the band of what was expected; the last one is a dot."""
    wide, high = 200, 64
    most = max([*days, *(band[1] for band in bands if band), 1])
    step = wide / max(len(days) - 1, 1)

    def at(number: int, value: float) -> str:
        return f"{number * step:.0f},{high - value / most * (high - 8) - 2:.1f}"

    known = [(number, band) for number, band in enumerate(bands) if band]
    ring = [at(n, band[1]) for n, band in known] + [at(n, band[0]) for n, band in reversed(known)]
    line = " ".join(at(number, value) for number, value in enumerate(days))
    x, y = at(len(days) - 1, days[-1]).split(",")
    return Markup(
        '<svg class="spark {}" viewBox="-6 -6 212 76" aria-hidden="true" focusable="false">'
        '<polygon points="{}"/><polyline points="{}"/><circle cx="{}" cy="{}" r="5"/></svg>'
    ).format(tone, " ".join(ring), line, x, y)


def band(points: Sequence[tuple[str, float, float, float]], label: str) -> Markup:
    """A line of means within the band of their ranges: name, mean, low and high of each point."""
    most = max((high for _name, _mean, _low, high in points), default=0.0) or 1.0
    step = (WIDTH - 2 * LEFT) / max(len(points), 1)
    tall = HEIGHT - FOOT - 22

    def at(number: int, value: float) -> str:
        return f"{LEFT + (number + 0.5) * step:.1f},{HEIGHT - FOOT - value / most * tall:.1f}"

    tops = [at(number, high) for number, (_name, _mean, _low, high) in enumerate(points)]
    bottoms = [at(number, low) for number, (_name, _mean, low, _high) in enumerate(points)]
    means = [at(number, mean) for number, (_name, mean, _low, _high) in enumerate(points)]
    ring = " ".join([*tops, *reversed(bottoms)])
    pieces = [
        Markup('<polygon class="band" points="{}"/>').format(ring),
        Markup('<polyline class="mean" points="{}"/>').format(" ".join(means)),
    ]
    for number, (name, *_values) in enumerate(points):
        pieces.append(_below(LEFT + (number + 0.5) * step, name, number, len(points)))
    return _svg([*pieces, _above(round(most), tall)], label)


def strip(values: Sequence[float | None]) -> Markup:
    """Numbers of some days as thin columns, to lie over lines of the same days; none where a day
    has no number."""
    wide, high = 200, 30
    most = max([abs(value) for value in values if value is not None], default=0.0) or 1.0
    step = wide / max(len(values), 1)
    bars = [
        Markup('<rect x="{:.0f}" y="{:.1f}" width="{:.0f}" height="{:.1f}"/>').format(
            number * step, high - tall, step * 0.7, tall
        )
        for number, value in enumerate(values)
        if value is not None
        for tall in [max(abs(value) / most * high, 0.5)]
    ]
    return Markup(
        '<svg class="strip" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(wide, high, Markup("").join(bars))


def spans(
    rows: Sequence[tuple[str, float, float]], days: Sequence[tuple[str, float]], label: str
) -> Markup:
    """A line from a beginning to an end for each name, one below the other, over days; all given
    as shares of the whole time, 0 to 1."""
    wide, step = WIDTH - 2 * LEFT, 30
    height = len(rows) * step + FOOT
    pieces = []
    for name, at in days:
        x = LEFT + at * wide
        pieces.append(Markup('<path class="most" d="M{:.1f} 0V{}"/>').format(x, height - FOOT))
        pieces.append(Markup('<text x="{:.1f}" y="{}">{}</text>').format(x, height - 8, name))
    for number, (name, begin, end) in enumerate(rows):
        y = number * step + 22
        left, right = LEFT + begin * wide, LEFT + max(end, begin + 0.005) * wide
        pieces.append(Markup('<path class="range" d="M{:.1f} {}H{:.1f}"/>').format(left, y, right))
        side, x = ("last", right) if begin > 0.5 else ("first", left)
        pieces.append(
            Markup('<text class="{}" x="{:.1f}" y="{}">{}</text>').format(side, x, y - 6, name)
        )
    return _svg(pieces, label, height)


def circles(
    frame: Frame,
    found: Sequence[Outline],
    marks: Sequence[tuple[int, float, float, float]],
    label: str,
) -> Markup:
    """The outlines of a city, and on them circles: number, latitude, longitude, and radius in
    metres."""
    pieces = []
    for ring in (ring for each in found for ring in each.rings):
        steps = (frame.place(*point) for point in ring)
        path = "L".join(f"{x:.0f} {y:.0f}" for x, y in steps)
        pieces.append(Markup('<path class="ground" d="M{}Z"/>').format(path))
    for number, lat, lon, radius in marks:
        x, y = frame.place(lat, lon)
        metre = frame.width / frame.across / (_DEGREE_M * cos(radians(lat)))
        size = max(radius * metre, _SMALLEST)
        pieces.append(
            Markup('<circle class="all" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(x, y, size)
        )
        pieces.append(
            Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x, y + 4, formats.number(number))
        )
    return _svg(pieces, label, frame.height)


def _below(x: float, name: str, number: int, count: int) -> Markup:
    """The name under a column, where there is room for it."""
    every = max(1, -(-count // 6))
    if number % every:
        return Markup("")
    inside = min(max(x, _HALF_A_NAME), WIDTH - _HALF_A_NAME)
    return Markup('<text x="{:.1f}" y="{}">{}</text>').format(inside, HEIGHT - 8, name)


def _above(most: int, high: float) -> Markup:
    y = HEIGHT - FOOT - high
    line = Markup('<path class="most" d="M{} {:.1f}H{}"/>').format(LEFT, y, WIDTH - LEFT)
    text = Markup('<text class="most" x="{}" y="{:.1f}">{}</text>').format(
        LEFT, y - 6, formats.number(most)
    )
    return line + text


def _svg(pieces: Sequence[Markup], label: str, height: int = HEIGHT) -> Markup:
    whole = Markup("").join(pieces)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, label, whole)
