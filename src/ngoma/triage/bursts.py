"""Bursts: many reports of one kind in a short time and a small area, more than chance would bring.

A scan as Kulldorff's: around each new report circles of several sizes are drawn, over several spans
of time, and what lies in them is counted. What usually lies there is known from the eight weeks
before, at the same hours of the day. How unlikely the count is follows from a negative binomial
distribution (gamma-mixed Poisson): it allows for how little is known where little happened, and for
days that differ from one another anyway. Who has several things to tell tells them in a row, so
rows are counted and not reports: of one contact, or, where nobody is known, minute by minute.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

SPANS_H = (1.0, 3.0, 8.0, 24.0)
RADII_M = (150.0, 400.0, 1000.0, 2500.0, np.inf)
"""The last one is all of the city: what rises everywhere."""

DAY_H = 24.0
PAST_DAYS = 56
LEAST = 5
"""Reports that make a burst at least."""

MOST_CENTRES = 500
"""Of very many reports every second or third has a circle: a flood of them costs little."""

FALSE_A_DAY = 0.03
"""How many bursts a day are found at most where nothing is out of the ordinary."""

SCANS = 24
"""Scans of a day that can be told apart: one more sees nearly the same reports."""

ROW_H, ROW_M = 5 / 60, 1000.0
"""Reports of one row, where nobody knows of whom, follow each other within so many hours and
metres."""

LONGEST_ROW = 6
"""Reports of a row whose teller is not known: many people at once tell minute after minute, too."""

LEAST_ROWS = 3
"""Rows that make a burst at least."""

_HABIT, _DOUBTED = 0.04, 10
"""The share of reports that follow in a row from which on rows are a habit of a service. One of so
many more is added: where little is known they are."""

_BETWEEN = 12
"""Reports back that are looked at for the one before in a row."""

_DAYS_DIFFER = 0.1
"""Dispersion at least: the variance of a day is mean + dispersion * mean², so that its number lies
some third above or below what is usual."""

_BELIEVED = 50.0
"""Rows that what is usual elsewhere weighs in what a service's days and weekdays tell."""

_WEEK = 7

_DEGREE_M = 111_195.0
"""Metres of a degree of latitude."""


class Reports(NamedTuple):
    """Where and how many hours ago reports came, of one service, and of whom, by numbers (0: nobody
    knows); arrays of one length."""

    lat: Floats
    lon: Floats
    hours: Floats
    teller: Index

    def take(self, places: Index) -> "Reports":
        """Those at some places in the arrays."""
        return Reports(self.lat[places], self.lon[places], self.hours[places], self.teller[places])


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
    if len(recent.hours) < LEAST:
        return None
    rows = _in_rows(past)
    told, before = recent.take(heads(recent, rows=rows)), past.take(heads(past, rows=rows))
    # Of one report each is told apart whatever lies around it: circles, radii and spans are axes.
    centres = np.arange(0, len(told.hours), len(told.hours) // MOST_CENTRES + 1)
    counts, usually = _counted(told, before, centres)
    weekday, dispersion = _days(before)
    shares = np.array([_share_of_day(before, hours) * weekday for hours in SPANS_H])
    # The report in the middle is there because the circle is drawn around it.
    chances = at_least(counts - 1, usually[:, :, np.newaxis], PAST_DAYS / shares, dispersion)
    chances = np.where(counts < LEAST_ROWS, 1.0, chances)
    circle, radius, span = np.unravel_index(int(np.argmin(chances)), chances.shape)
    chance = float(chances[circle, radius, span])
    middle = (told.lat[centres[circle]], told.lon[centres[circle]])
    near = (_away(middle, recent) <= RADII_M[radius]) & (recent.hours <= SPANS_H[span])
    members = np.flatnonzero(near)
    if len(members) < LEAST or not chance < FALSE_A_DAY / (SCANS * tests):
        return None
    return Burst(
        members=tuple(int(each) for each in members),
        lat=float(middle[0]),
        lon=float(middle[1]),
        radius_m=RADII_M[radius],
        hours=SPANS_H[span],
        usual=round(float(usually[circle, radius] / PAST_DAYS * shares[span]), 3),
        chance=chance,
    )


def circles(recent: int) -> int:
    """How many circles are drawn around so many reports."""
    return max(1, recent * len(SPANS_H) * len(RADII_M))


def heads(reports: Reports, *, rows: bool = True) -> Index:
    """The places of the first report of each row, in order.

    Whoever is known tells once a day. Of the others a row is what follows each other within `ROW_H`
    and `ROW_M`; a longer one is several. Without `rows` each of them is one by itself.
    """
    by_time = np.argsort(-reports.hours, kind="stable")
    known = by_time[reports.teller[by_time] != 0]
    days = np.floor(reports.hours[known] / DAY_H)
    _, firsts = np.unique(np.stack([reports.teller[known], days]), axis=1, return_index=True)
    others = by_time[reports.teller[by_time] == 0]
    if rows:
        others = others[_begins(reports.take(others))]
    return np.sort(np.concatenate([known[firsts], others]))


def _in_rows(past: Reports) -> bool:
    """Whether a service is told of in rows; where the eight weeks say little, it is."""
    each, rows = len(heads(past, rows=False)), len(heads(past))
    return each - rows + 1 >= _HABIT * (each + _DOUBTED)


def _begins(reports: Reports) -> Index:
    """Where rows begin in reports of which nobody knows by whom, the oldest first."""
    row = _before_each(reports)  # of each report, until that is known: the one before it
    length = np.zeros(len(row), np.int64)
    begins = []
    for number, before in enumerate(row):
        mine = number if before < 0 else row[before]
        if length[mine] % LONGEST_ROW == 0:
            begins.append(number)
        length[mine] += 1
        row[number] = mine
    return np.array(begins, np.int64)


def _before_each(reports: Reports) -> Index:
    """The place of the last report of each one's row before it; -1 where it begins one. Others may
    tell meanwhile."""
    before = np.full(len(reports.hours), -1)
    for step in range(1, min(_BETWEEN, len(before))):
        near = reports.hours[:-step] - reports.hours[step:] <= ROW_H
        if not near.any():
            break
        lat, lon = reports.lat[step:], reports.lon[step:]
        east = (reports.lon[:-step] - lon) * np.cos(np.radians(lat))
        near &= np.hypot(east, reports.lat[:-step] - lat) * _DEGREE_M <= ROW_M
        found = np.flatnonzero(near & (before[step:] < 0))
        before[step + found] = found
    return before


def _counted(recent: Reports, past: Reports, centres: Index) -> tuple[Floats, Floats]:
    """How many recent reports lie in each circle, by radius and span, and how many past ones, by
    radius. Of a span that the report in the middle does not lie in, none."""
    spans = recent.hours[:, np.newaxis] <= np.array(SPANS_H)
    counts = np.zeros((len(centres), len(RADII_M), len(SPANS_H)))
    before = np.zeros((len(centres), len(RADII_M)))
    for place, centre in enumerate(centres):
        middle = (recent.lat[centre], recent.lon[centre])
        near, far = _away(middle, recent), _away(middle, past)
        for number, radius in enumerate(RADII_M):
            counts[place, number] = spans[near <= radius].sum(axis=0) * spans[centre]
            before[place, number] = np.count_nonzero(far <= radius)
    return counts, before


def _away(middle: tuple[float, float], reports: Reports) -> Floats:
    """Metres from a point to each report, right within a city."""
    lat, lon = middle
    east = (reports.lon - lon) * np.cos(np.radians(lat))
    away: Floats = np.hypot(east, reports.lat - lat) * _DEGREE_M
    return away


def _days(past: Reports) -> tuple[float, float]:
    """How much more comes on the weekday of the last day than on a day of the week, as a factor,
    and how much days differ beside that (the dispersion): both drawn towards what is usual."""
    ago = np.clip((past.hours - DAY_H) // DAY_H, 0, PAST_DAYS - 1).astype(np.int64)
    days = np.bincount(ago, minlength=PAST_DAYS).reshape(-1, _WEEK)  # the last of each row is it
    number, weeks = len(past.hours), len(days)
    weekday = (_WEEK * days[:, -1].sum() + _BELIEVED) / (number + _BELIEVED)
    mean = days.mean(axis=0)
    beyond = ((days - mean) ** 2).sum() * weeks / (weeks - 1) - number
    dispersion = beyond / max(weeks * (mean**2).sum(), 1e-9)
    drawn = (number * dispersion + _BELIEVED * _DAYS_DIFFER) / (number + _BELIEVED)
    return float(weekday), float(max(drawn, _DAYS_DIFFER))


def _share_of_day(past: Reports, hours: float) -> float:
    """Which part of a day's reports comes in the last so many hours of the clock; where little is
    known, as if they came evenly."""
    same = int((np.mod(past.hours, DAY_H) < hours).sum())
    even = hours / DAY_H
    return (same + DAY_H * even) / (len(past.hours) + DAY_H)


def at_least(count: Floats, before: Floats, spans: Floats, dispersion: float) -> Floats:
    """How likely `count` or more reports are in a span, where there were `before` in so many such
    spans (Jeffreys' prior) and days differ by `dispersion` at least; arrays whose shapes go
    together."""
    from scipy.special import betainc

    size = np.minimum(before + 0.5, 1 / dispersion)
    mean = (before + 0.5) / spans
    likely = betainc(np.maximum(count, 1e-9), size, mean / (mean + size))
    return np.where(count <= 0, 1.0, likely)
