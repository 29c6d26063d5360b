"""What should have come by an hour follows how days of a kind went before."""

import numpy as np
import pytest

from ngoma.insight.forecast import hours
from ngoma.insight.forecast.history import HOLIDAY, Counts, Index
from ngoma.insight.forecast.hours import HOURS

pytestmark = pytest.mark.once
OFFICE = np.zeros(HOURS)
OFFICE[8:18] = 0.1
EVENING = np.zeros(HOURS)
EVENING[18:22] = 0.25


def drawn(days: int, seed: int = 0) -> tuple[Counts, Index, Counts]:
    """Weekdays by office hours, Sundays and holidays in the evening; 60 reports a day in the mean,
    which vary by a quarter."""
    random = np.random.default_rng(seed)
    kinds = np.arange(days) % 7
    kinds[::30] = HOLIDAY
    shares = np.where((kinds < 5)[:, None], OFFICE, EVENING)
    means = np.full(days, 60.0)
    level = random.gamma(16, 1 / 16, days)
    counts = random.poisson(shares * (means * level)[:, None]).astype(float)
    return counts, kinds, means


def test_each_kind_of_day_has_its_hours() -> None:
    learned = hours.learn(*drawn(200))
    assert learned.shares.shape == (3, HOURS)
    assert np.allclose(learned.shares.sum(axis=1), 1)
    by, within = learned.day(2, 100.0)
    assert 35 < by.mean[12] < 55
    assert np.allclose(np.diff(by.mean), within.mean[1:])
    assert by.mean[-1] == pytest.approx(100)
    sunday, _within = learned.day(HOLIDAY, 100.0)
    assert sunday.mean[17] < 10
    assert (by.low <= by.mean).all()
    assert (by.mean <= by.high + 1).all()


def test_nine_of_ten_days_are_within_by_any_busy_hour() -> None:
    counts, kinds, means = drawn(1400, seed=3)
    learned = hours.learn(counts[:700], kinds[:700], means[:700])
    inside = []
    for n in range(700, 1400):
        if kinds[n] < 5:
            by, within = learned.day(int(kinds[n]), means[n])
            came = counts[n].cumsum()
            inside.append(
                [(by.low <= came) & (came <= by.high),
                 (within.low <= counts[n]) & (counts[n] <= within.high)]
            )  # fmt: skip
    of_day, of_hour = np.mean(inside, axis=0)
    assert 0.85 < of_day[10:18].mean() < 0.95
    assert 0.85 < of_hour[10:18].mean() < 0.96


def test_little_history_keeps_near_all_days() -> None:
    counts = np.zeros((10, HOURS))
    counts[:, 9] = 1
    learned = hours.learn(counts, np.array([0, 1, 2, 3, 4, 5, 6, 0, 1, 2]), np.ones(10))
    assert (learned.shares > 0).all()
    assert learned.shares[0, 9] < 0.5
