"""Bursts: many reports of one kind in a short time and a small area, more than chance would bring.

A scan as Kulldorff's: around each new report circles of several sizes are drawn, over several spans
of time, and what lies in them is counted. What usually lies there is known from the eight weeks
before, at the same hours of the day. How unlikely the count is follows from a negative binomial
distribution (gamma-mixed Poisson): it allows for how little is known where little happened, and for
days that differ from one another anyway.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SPANS_H = (2.0, 6.0, 24.0)
RADII_M = (200.0, 600.0, 2000.0, np.inf)
"""The last one is all of the city: what rises everywhere."""

DAY_H = 24.0
PAST_DAYS = 56
LEAST = 5
"""Reports that make a burst at least."""

MOST_CENTRES = 500
"""Of very many reports every second or third has a circle: a flood of them costs little."""

FALSE_A_DAY = 0.01
"""How many bursts a day are found at most where nothing is out of the ordinary."""

SCANS = 24
"""Scans of a day that can be told apart: one more sees nearly the same reports."""

_DAYS_DIFFER = 10.0
"""Size of the negative binomial at most: the variance is mean + mean²/size, so that the number of
a day lies some third above or below what is usual."""

_DEGREE_M = 111_195.0
"""Metres of a degree of latitude."""


class Reports(NamedTuple):
    """Where and how many hours ago reports came, of one service; arrays of one length."""

    lat: Floats
    lon: Floats
    hours: Floats

    def metric(self, lat: float) -> tuple[Floats, Floats]:
        """Metres eastwards and northwards, right near a latitude."""
        return self.lon * _DEGREE_M * np.cos(np.radians(lat)), self.lat * _DEGREE_M


@dataclass(frozen=True, slots=True)
class Burst:
    """A circle and a span in which there are too many reports.

    `members` are places in the arrays that were given; `radius_m` is infinite for all of the city;
    `usual` is how many there are usually; `chance` how likely so many are where nothing is the
    matter.
    """

    members: tuple[int, ...]
    lat: float
    lon: float
    radius_m: float
    hours: float
    usual: float
    chance: float


def find(recent: Reports, past: Reports, *, tests: int) -> Burst | None:
    """The least likely burst of a service, if any is unlikely enough.

    `recent` holds the reports of the last day, `past` those of the eight weeks before it; `tests`
    is how many circles are drawn for all services together (`circles`).
    """
    best = min(_candidates(recent, past), key=lambda burst: burst.chance, default=None)
    return best if best and best.chance < FALSE_A_DAY / (SCANS * tests) else None


def circles(recent: int) -> int:
    """How many circles are drawn around so many reports."""
    return max(1, recent * len(SPANS_H) * len(RADII_M))


def _candidates(recent: Reports, past: Reports) -> Iterator[Burst]:
    if len(recent.hours) < LEAST:
        return
    lat = float(recent.lat.mean())
    x, y = recent.metric(lat)
    past_x, past_y = past.metric(lat)
    for hours in SPANS_H:
        inside = np.flatnonzero(recent.hours <= hours)
        if len(inside) < LEAST:
            continue
        share = _share_of_day(past, hours)
        for radius in RADII_M:
            yield from _around(recent, (x, y), (past_x, past_y), inside, radius, hours, share)


def _around(
    recent: Reports,
    at: tuple[Floats, Floats],
    past: tuple[Floats, Floats],
    inside: npt.NDArray[np.int64],
    radius: float,
    hours: float,
    share: float,
) -> Iterator[Burst]:
    """The circles of one size and span that hold enough, each around one of the reports."""
    x, y = at
    every = len(inside) // MOST_CENTRES + 1
    for centre in inside[::every] if np.isfinite(radius) else inside[:1]:
        near = inside[np.hypot(x[inside] - x[centre], y[inside] - y[centre]) <= radius]
        if len(near) < LEAST:
            continue
        before = int((np.hypot(past[0] - x[centre], past[1] - y[centre]) <= radius).sum())
        yield Burst(
            members=tuple(int(each) for each in near),
            lat=float(recent.lat[centre]),
            lon=float(recent.lon[centre]),
            radius_m=radius,
            hours=hours,
            usual=round(before / PAST_DAYS * share, 3),
            # The report in the middle is there because the circle is drawn around it.
            chance=at_least(len(near) - 1, before, PAST_DAYS / share),
        )


def _share_of_day(past: Reports, hours: float) -> float:
    """Which part of a day's reports comes in the last so many hours of the clock; where little is
    known, as if they came evenly."""
    same = int((np.mod(past.hours, DAY_H) < hours).sum())
    even = hours / DAY_H
    return (same + DAY_H * even) / (len(past.hours) + DAY_H)


def at_least(count: int, before: int, spans: float) -> float:
    """How likely `count` or more reports are in a span, where there were `before` in so many such
    spans (Jeffreys' prior)."""
    from scipy.special import betainc

    if count <= 0:
        return 1.0
    size = min(before + 0.5, _DAYS_DIFFER)
    mean = (before + 0.5) / spans
    return float(betainc(count, size, mean / (mean + size)))
