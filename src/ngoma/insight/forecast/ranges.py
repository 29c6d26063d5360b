"""The range in which nine of ten counts will lie: of a day, of a week, of one series or of sums.

Counts vary more than chance alone, and what moves one district often moves its neighbours, so the
range of a sum is no sum of ranges. How much each level varies is learned by asking the model what
it would have said in each of the past weeks. A count is taken to be negative binomial: its
variance is `mean + dispersion * mean**2`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ngoma.insight.forecast.history import (
    AHEAD,
    LEAST,
    WEEK,
    Counts,
    History,
    Index,
    summed,
)
from ngoma.insight.forecast.levels import expect

COVERED = 0.9
"""The share of counts that a range is to hold."""
WORTH = 0.02
"""Reports a day below which a series tells nothing of how counts vary."""

_PAST_WEEKS = 52
_GRID = np.geomspace(1e-3, 5.0, 30)
"""The dispersions that are tried."""
_ALIKE = 1.0
"""How far, in its logarithm, a dispersion is expected to lie from that of all of its level."""


class Level(StrEnum):
    """What is summed up: nothing, a service in all districts, a district, the whole city."""

    SERIES = "series"
    SERVICE = "service"
    PLACE = "place"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Band:
    """What is expected, and from where to where, both within, nine of ten counts will lie."""

    mean: Counts
    low: Counts
    high: Counts


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of one level, a row a sum: of each day, and of each of the two weeks.

    `past` is what would have been expected of the days of the past weeks when each week began; its
    last column is the last day that is known.
    """

    days: Band
    weeks: Band
    past: Counts


def foresee(history: History) -> dict[Level, Outlook]:
    """What is expected of each level, with ranges.

    Raises ValueError for a history of less than `LEAST` days.
    """
    if history.days < LEAST:
        raise ValueError(f"{history.days} days are too few to learn from: {LEAST} are needed")
    past = list(_past(history))
    ahead = expect(history)
    return {level: _outlook(level, history, ahead, past) for level in Level}


def band(mean: Counts, dispersion: Counts) -> Band:
    """The range whose probability is nearest to `COVERED`: counts are whole, so few ranges have it.

    Of the ranges between the two quantiles, and those one narrower at either end; none is left out
    of a range that reaches down to it.
    """
    from scipy.stats import nbinom

    size = 1 / dispersion
    law = nbinom(size, size / (size + np.maximum(mean, 1e-9)))
    lowest, highest = law.ppf((1 - COVERED) / 2), law.ppf((1 + COVERED) / 2)
    low, high = lowest, highest
    off = np.full(mean.shape, np.inf)
    for from_low, from_high in ((0, 0), (0, 1), (1, 0), (1, 1)):
        a, b = lowest + from_low, highest - from_high
        this = np.abs(law.cdf(b) - law.cdf(a - 1) - COVERED)
        nearer = (this < off) & (a <= b) & (lowest >= from_low)
        low, high, off = (np.where(nearer, *each) for each in ((a, low), (b, high), (this, off)))
    return Band(mean, low, high)


def groups(level: Level, history: History) -> Index:
    """The row that each series adds to."""
    if level is Level.SERVICE:
        return history.services
    if level is Level.PLACE:
        return history.places
    number = np.arange(len(history.counts))
    return number if level is Level.SERIES else np.zeros_like(number)


def weekly(days: Counts) -> Counts:
    """The sums of whole weeks."""
    return np.asarray(days.reshape(len(days), -1, WEEK).sum(axis=2), dtype=np.float64)


Past = list[tuple[Counts, Counts]]


def _past(history: History) -> Iterator[tuple[Counts, Counts]]:
    """What would have been expected in each of the past weeks, and what came, of each series."""
    starts = range(history.days - WEEK, LEAST // 2 - 1, -WEEK)
    for start in starts[:_PAST_WEEKS]:
        came = history.counts[:, start : start + AHEAD]
        yield expect(history.until(start))[:, : came.shape[1]], came


def _outlook(level: Level, history: History, ahead: Counts, past: Past) -> Outlook:
    rows = groups(level, history)
    alike = _alike(level, history)
    mean = summed(ahead, rows)
    sums = [(summed(expected, rows), summed(came, rows)) for expected, came in past]
    by_day = _dispersion(sums, alike, WORTH)
    weeks = [(weekly(expected), weekly(came)) for expected, came in sums]
    by_week = _dispersion(weeks, alike, WORTH * WEEK)
    in_weeks = weekly(mean)
    return Outlook(
        days=band(mean, np.broadcast_to(by_day[:, None], mean.shape)),
        weeks=band(in_weeks, np.broadcast_to(by_week[:, None], in_weeks.shape)),
        past=np.concatenate([expected[:, :WEEK] for expected, _came in sums[::-1]], axis=1),
    )


def _alike(level: Level, history: History) -> Index:
    """For each row, the number under which it learns how it varies: districts of a service
    together, all else by itself."""
    if level is Level.SERIES:
        return history.services
    return np.arange(int(groups(level, history).max(initial=-1)) + 1)


def _dispersion(past: Past, alike: Index, worth: float) -> Counts:
    """The likeliest dispersion of each row, drawn towards the likeliest of all together."""
    expected, came, numbers = [], [], []
    for mean, count in past:
        kept = mean.mean(axis=1) >= worth
        expected.append(mean[kept].ravel())
        came.append(count[kept].ravel())
        numbers.append(np.repeat(alike[kept], mean.shape[1]))
    means, counts, of = (np.concatenate(each) for each in (expected, came, numbers))
    return likeliest(means, counts, of, int(alike.max(initial=-1)) + 1)[alike]


def likeliest(means: Counts, counts: Counts, numbers: Index, size: int) -> Counts:
    """The likeliest dispersion of the counts of each number below `size`, drawn towards the
    likeliest of all together."""
    likely = np.stack(
        [np.bincount(numbers, each, size) for each in _likelihoods(np.maximum(means, 1e-9), counts)]
    )
    usual = _GRID[likely.sum(axis=1).argmax()]
    drawn = -((np.log(_GRID / usual) / _ALIKE) ** 2) / 2
    return np.asarray(_GRID[(likely + drawn[:, None]).argmax(axis=0)], dtype=np.float64)


def _likelihoods(means: Counts, counts: Counts) -> Iterator[Counts]:
    """The logarithm of the negative binomial probability of each count under each dispersion that
    is tried, but for what does not depend on the dispersion."""
    from scipy.special import gammaln

    values, which = np.unique(counts, return_inverse=True)
    for dispersion in _GRID:
        size = 1 / dispersion
        of_value = gammaln(values + size) - gammaln(size) + values * np.log(dispersion)
        yield of_value[which] - (counts + size) * np.log1p(dispersion * means)
