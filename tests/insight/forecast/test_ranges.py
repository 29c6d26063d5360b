"""Nine of ten counts lie in their range: of days and weeks, of series and of sums."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from ngoma.insight.forecast.history import AHEAD, LEAST, Counts, History, summed
from ngoma.insight.forecast.levels import expect
from ngoma.insight.forecast.ranges import Level, band, foresee, groups, weekly

pytestmark = pytest.mark.once
DAYS = 250


def city(seed: int, days: int = DAYS, shock: float = 0.0) -> tuple[History, Counts]:
    """Six services in five districts with counts that vary more than chance; the days known and
    those to come. `shock` moves all districts of a service on a day together."""
    random = np.random.default_rng(seed)
    services, places = np.divmod(np.arange(30), 5)
    week = np.array([1.3, 1.2, 1.1, 1.0, 1.0, 0.8, 0.6])[np.arange(days + AHEAD) % 7]
    mean = random.uniform(0.5, 8, 30)[:, None] * week
    if shock:
        mean = mean * random.gamma(1 / shock, shock, (6, days + AHEAD))[services]
    size = 1 / 0.2
    counts = random.negative_binomial(size, size / (size + mean)).astype(float)
    first = 20451  # a Monday
    known = History(counts[:, :days], services, places, first, frozenset())
    return known, counts[:, days:]


def covered(seeds: range, level: Level, shock: float = 0.0) -> tuple[float, float]:
    """The share of days and of weeks in their range."""
    days: list[npt.NDArray[np.bool_]] = []
    weeks: list[npt.NDArray[np.bool_]] = []
    for seed in seeds:
        known, to_come = city(seed, shock=shock)
        came, found = summed(to_come, groups(level, known)), foresee(known)[level]
        days.append((came >= found.days.low) & (came <= found.days.high))
        summer = weekly(came)
        weeks.append((summer >= found.weeks.low) & (summer <= found.weeks.high))
    return float(np.mean(days)), float(np.mean(weeks))


def test_ranges_of_series_hold_nine_of_ten() -> None:
    days, weeks = covered(range(6), Level.SERIES)
    assert 0.87 < days < 0.93
    assert 0.87 < weeks < 0.93


def test_a_range_of_a_sum_knows_that_districts_move_together() -> None:
    days, _weeks = covered(range(6), Level.SERVICE, shock=0.3)
    assert 0.86 < days < 0.94
    known, _came = city(1, shock=0.3)
    found = foresee(known)
    rows = groups(Level.SERVICE, known)
    apart = summed(found[Level.SERIES].days.high - found[Level.SERIES].days.mean, rows)
    together = found[Level.SERVICE].days.high - found[Level.SERVICE].days.mean
    assert 0.5 * apart.mean() < together.mean() < apart.mean()


@settings(max_examples=10, deadline=None)
@given(
    days=st.integers(LEAST, 120),
    rate=st.sampled_from([0.0, 0.02, 1.0, 40.0]),
    seed=st.integers(0, 9),
)
def test_ranges_are_in_order_and_sums_are_sums(days: int, rate: float, seed: int) -> None:
    counts = np.random.default_rng(seed).poisson(rate, (4, days)).astype(float)
    pairs = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    known = History(counts, *pairs, 20000, frozenset())
    for level, found in foresee(known).items():
        assert np.allclose(found.days.mean, summed(expect(known), groups(level, known)))
        for each in (found.days, found.weeks):
            assert (each.low >= 0).all()
            assert (each.low <= each.high).all()
        assert np.allclose(found.weeks.mean, weekly(found.days.mean))
        assert found.past.shape[1] % 7 == 0
        assert found.past.shape[1] <= days


def test_less_than_eight_weeks_are_too_few() -> None:
    known, _came = city(0, days=LEAST - 1)
    with pytest.raises(ValueError, match="55 days are too few"):
        foresee(known)


@pytest.mark.parametrize(("mean", "high"), [(0.03, 0), (0.1, 0), (0.5, 1), (1.1, 2)])
def test_few_reports_have_the_range_nearest_to_nine_of_ten(mean: float, high: int) -> None:
    found = band(np.array([mean]), np.array([1e-3]))
    assert (found.low[0], found.high[0]) == (0, high)


@settings(deadline=None)
@given(mean=st.floats(20, 5000), dispersion=st.floats(1e-3, 0.1))
def test_many_reports_have_a_range_of_nine_of_ten(mean: float, dispersion: float) -> None:
    found = band(np.array([mean]), np.array([dispersion]))
    size = 1 / dispersion
    law = nbinom(size, size / (size + mean))
    assert abs(law.cdf(found.high[0]) - law.cdf(found.low[0] - 1) - 0.9) < 0.03
    assert law.cdf(found.low[0] - 1) < 0.08
    assert law.sf(found.high[0]) < 0.08
