"""How large a share was done after so many working days: a small chart as inline SVG."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from markupsafe import Markup

from ngoma.look import formats

WIDTH, HEIGHT = 440, 220
LEFT, RIGHT, TOP, FOOT = 48, 12, 12, 28
TICKS = (1, 3, 7, 14, 30, 60, 90)


class Curve(NamedTuple):
    """Shares after working days, with their intervals; None where nobody knows yet."""

    shares: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


def steps(days: Sequence[float], curves: Sequence[Curve], label: str) -> Markup:
    """Curves over the same days, the first ones of which are drawn wider than the last."""
    pieces = [_level(share) for share in (0.0, 0.5, 1.0)]
    pieces += [_tick(day, days[-1]) for day in TICKS if day <= days[-1]]
    for number, curve in enumerate(curves, 1):
        pieces += [_band(days, curve, number), _line(days, curve, number)]
    return Markup(
        '<svg class="curve" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, Markup("").join(pieces))


def _line(days: Sequence[float], curve: Curve, number: int) -> Markup:
    known = [(d, s) for d, s in zip(days, curve.shares, strict=False) if s is not None]
    way = "".join(f"H{_x(day, days[-1]):.1f}V{_y(share):.1f}" for day, share in known)
    return Markup('<path class="line n{}" d="M{} {}{}"/>').format(number, LEFT, _y(0.0), way)


def _band(days: Sequence[float], curve: Curve, number: int) -> Markup:
    known = [
        (_x(day, days[-1]), _y(low), _y(high))
        for day, low, high in zip(days, curve.low, curve.high, strict=False)
        if low is not None and high is not None
    ]
    if not known:
        return Markup("")
    first, last = known[0], known[-1]
    there = "".join(f"H{x:.1f}V{high:.1f}" for x, _, high in known[1:])
    back = "".join(f"V{low:.1f}H{x:.1f}" for x, low, _ in known[-2::-1])
    way = f"M{first[0]:.1f} {first[2]:.1f}{there}V{last[1]:.1f}{back}Z"
    return Markup('<path class="band n{}" d="{}"/>').format(number, way)


def _level(share: float) -> Markup:
    y = _y(share)
    line = Markup('<path class="level" d="M{} {:.1f}H{}"/>').format(LEFT, y, WIDTH - RIGHT)
    return line + Markup('<text class="share" x="{}" y="{:.1f}">{}</text>').format(
        LEFT - 6, y + 4, formats.percent(share)
    )


def _tick(day: float, last: float) -> Markup:
    return Markup('<text x="{:.1f}" y="{}">{}</text>').format(
        _x(day, last), HEIGHT - 8, formats.number(day)
    )


def _x(day: float, last: float) -> float:
    return LEFT + sqrt(day / last) * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - FOOT - share * (HEIGHT - FOOT - TOP)
