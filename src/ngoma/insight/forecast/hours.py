"""How the reports of a day come by the hour, and what should have come by now."""

from dataclasses import dataclass

import numpy as np

from ngoma.insight.forecast.history import HOLIDAY, SATURDAY, SUNDAY, Counts, Index
from ngoma.insight.forecast.ranges import Band, band, likeliest

HOURS = 24
_KINDS = 3
_PRIOR = 200.0
"""Reports that the hours of all days weigh in those of one kind of day."""
_SMOOTH = np.array([0.25, 0.5, 0.25])


@dataclass(frozen=True, slots=True)
class Hours:
    """What is expected of a day of each kind (weekdays, Saturdays, Sundays with holidays).

    `shares` has the share of a day's reports in each of its 24 hours. Dispersions are those of
    what has come by the end of each hour (`by`), and of the hours alone (`within`).
    """

    shares: Counts
    by: Counts
    within: Counts

    def day(self, kind: int, mean: float) -> tuple[Band, Band]:
        """For a day of a kind of `seasons.History.kinds` on which `mean` reports are expected:
        what should have come by the end of each hour, and what comes in each hour, with ranges."""
        share = self.shares[_row(np.array([kind]))[0]]
        return band(mean * share.cumsum(), self.by), band(mean * share, self.within)


def learn(counts: Counts, kinds: Index, means: Counts) -> Hours:
    """Learn from past days: a row of 24 counts for each, its kind, and the mean that had been
    expected of it."""
    rows = _row(kinds)
    shares = _shares(counts, rows)
    expected = means[:, None] * shares[rows]
    return Hours(
        shares=shares,
        by=_dispersions(expected.cumsum(axis=1), counts.cumsum(axis=1)),
        within=_dispersions(expected, counts),
    )


def _row(kinds: Index) -> Index:
    """The row of kinds of days: 0 weekdays, 1 Saturdays, 2 Sundays and holidays."""
    return np.where(kinds == SATURDAY, 1, np.where(np.isin(kinds, (SUNDAY, HOLIDAY)), 2, 0))


def _shares(counts: Counts, rows: Index) -> Counts:
    """The share of each hour by kind of day, drawn towards that of all days, and that towards its
    neighbours."""
    total = counts.sum(axis=0)
    around = np.convolve(np.concatenate([total[-1:], total, total[:1]]), _SMOOTH, "valid")
    all_days = total + _PRIOR * (around + 1) / (around + 1).sum()
    came = np.eye(_KINDS)[rows].T @ counts + _PRIOR * all_days / all_days.sum()
    return np.asarray(came / came.sum(axis=1, keepdims=True), dtype=np.float64)


def _dispersions(expected: Counts, came: Counts) -> Counts:
    """The dispersion of each column."""
    hours = np.broadcast_to(np.arange(HOURS), came.shape)
    return likeliest(expected.ravel(), came.ravel(), hours.ravel(), HOURS)
