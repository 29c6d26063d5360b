"""Curves as SVG files for the documents, in colours that are read on light and dark pages."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 640, 300, 56, 130, 16, 44
COLOURS = ("#2f6fd0", "#b3541e", "#2a8a5f", "#8a4fbf")

Points = Sequence[tuple[float, float]]


def curve(lines: Mapping[str, Points], *, x: str, y: str, most: float) -> str:
    """Lines by name over a logarithmic axis, from nothing up to `most`; `x` and `y` name the
    axes."""
    steps = sorted({point[0] for points in lines.values() for point in points})
    low, high = log10(steps[0]), log10(steps[-1])
    parts = [_grid(most, y)]
    for step in steps:
        at = _across(step, low, high)
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - FOOT + 18}">{step:g}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}">{x}</text>')
    last = HEIGHT
    for (name, points), colour in zip(lines.items(), COLOURS, strict=False):
        places = [(_across(at, low, high), _up(value, most)) for at, value in points]
        path = "L".join(f"{at:.1f} {up:.1f}" for at, up in places)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [
            f'<circle cx="{at:.1f}" cy="{up:.1f}" r="4" fill="{colour}"/>' for at, up in places
        ]
        last = places[-1][1] if abs(places[-1][1] - last) > 14 else last + 16
        parts.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{last + 4:.1f}" style="text-anchor:start;'
            f'fill:{colour}">{name}</text>'
        )
    return _svg(f"{y}, {x}", parts)


def growth(lines: Mapping[str, Points], *, x: str, y: str) -> str:
    """Lines by name over two logarithmic axes: what is flat does not grow, and what is as steep as
    the grid's diagonal grows as fast as `x`. The names are in each line's title."""
    across = [at for points in lines.values() for at, _value in points]
    values = [value for points in lines.values() for _at, value in points]
    left, right = log10(min(across)), log10(max(across))
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    parts = []
    for power in range(low, high + 1):
        up = _up(power - low, high - low)
        parts.append(f'<path d="M{LEFT} {up:.1f}H{WIDTH - RIGHT}" stroke="#8886"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{up + 4:.1f}" style="text-anchor:end">{10.0**power:g}</text>'
        )
    for at in sorted(set(across)):
        over = _across(at, left, right)
        parts.append(f'<text x="{over:.1f}" y="{HEIGHT - FOOT + 18}">{at:,.0f}</text>')
    for number, (name, points) in enumerate(sorted(lines.items())):
        places = [
            (_across(at, left, right), _up(log10(value) - low, high - low)) for at, value in points
        ]
        path = "L".join(f"{at:.1f} {up:.1f}" for at, up in places)
        colour = COLOURS[number % len(COLOURS)]
        parts.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2">'
            f"<title>{name}</title></path>"
        )
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}">{x}</text>')
    parts.append(f'<text transform="translate(14 {HEIGHT / 2}) rotate(-90)">{y}</text>')
    return _svg(f"{y} by {x}", parts)


def _svg(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{title}</title><style>text{{font:13px system-ui,sans-serif;fill:#777;"
        f"text-anchor:middle}}</style>{''.join(parts)}</svg>\n"
    )


def _grid(most: float, name: str) -> str:
    lines = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        up = _up(share * most, most)
        lines.append(f'<path d="M{LEFT} {up:.1f}H{WIDTH - RIGHT}" stroke="#8886"/>')
        lines.append(
            f'<text x="{LEFT - 8}" y="{up + 4:.1f}" style="text-anchor:end">{share * most:g}</text>'
        )
    lines.append(f'<text transform="translate(14 {HEIGHT / 2}) rotate(-90)">{name}</text>')
    return "".join(lines)


def _across(value: float, low: float, high: float) -> float:
    return LEFT + 10 + (log10(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT - 20)


def _up(value: float, most: float) -> float:
    return HEIGHT - FOOT - min(value / most, 1) * (HEIGHT - FOOT - TOP)
