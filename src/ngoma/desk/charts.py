"""Small charts as inline SVG: drawn by the server, in the page's colours, with a table beside."""

from collections.abc import Sequence

from markupsafe import Markup

from ngoma.look import formats

WIDTH, HEIGHT, LEFT, FOOT = 640, 220, 8, 28


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


def _below(x: float, name: str, number: int, count: int) -> Markup:
    """The name under a column, where there is room for it."""
    every = max(1, -(-count // 6))
    if number % every:
        return Markup("")
    return Markup('<text x="{:.1f}" y="{}">{}</text>').format(x, HEIGHT - 8, name)


def _above(most: int, high: float) -> Markup:
    y = HEIGHT - FOOT - high
    line = Markup('<path class="most" d="M{} {:.1f}H{}"/>').format(LEFT, y, WIDTH - LEFT)
    text = Markup('<text class="most" x="{}" y="{:.1f}">{}</text>').format(
        LEFT, y - 6, formats.number(most)
    )
    return line + text


def _svg(pieces: Sequence[Markup], label: str) -> Markup:
    whole = Markup("").join(pieces)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, whole)
