"""What is expected follows what came: level, week, holidays, year, districts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ngoma.insight.forecast.history import AHEAD, HOLIDAY, LEAST, Counts, History
from ngoma.insight.forecast.levels import expect

pytestmark = pytest.mark.once
MONDAY = 20454
"""2026-01-01 was day 20454, a Thursday; three days before it was a Monday."""
FIRST = MONDAY - 3


def history(counts: Any, **known: Any) -> History:
    rows = np.asarray(counts, dtype=float)
    alone = np.arange(len(rows))
    more: Any = {"services": alone, "places": alone * 0, "first": FIRST, "holidays": frozenset()}
    return History(counts=rows, **more | known)


def drawn(means: Any, seed: int = 0) -> Counts:
    return np.asarray(np.random.default_rng(seed).poisson(means), dtype=float)


@settings(max_examples=25, deadline=None)
@given(
    days=st.integers(LEAST, 500),
    rates=st.lists(st.sampled_from([0.0, 0.01, 0.3, 4.0, 90.0]), min_size=1, max_size=6),
    seed=st.integers(0, 99),
)
def test_whatever_came_means_are_finite_and_never_negative(
    days: int, rates: list[float], seed: int
) -> None:
    counts = drawn(np.repeat(np.array(rates)[:, None], days, axis=1), seed)
    services = np.arange(len(rates)) // 2
    services -= services.min()
    found = expect(history(counts, services=services, places=np.arange(len(rates)) % 2))
    assert found.shape == (len(rates), AHEAD)
    assert np.isfinite(found).all()
    assert (found >= 0).all()


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(6)), seed=st.integers(0, 99))
def test_the_order_of_series_changes_nothing(order: list[int], seed: int) -> None:
    counts = drawn(np.outer([9, 4, 2, 1, 0.5, 3], np.ones(120)), seed)
    services, places = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 1])
    straight = expect(history(counts, services=services, places=places))
    mixed = expect(history(counts[order], services=services[order], places=places[order]))
    assert np.allclose(mixed, straight[order])


def test_districts_of_a_service_sum_up_to_it() -> None:
    counts = drawn(np.outer([9, 4, 2], np.ones(200)))
    apart = expect(history(counts, services=np.zeros(3, int), places=np.arange(3)))
    whole = expect(history(counts.sum(axis=0)[None]))
    assert np.allclose(apart.sum(axis=0), whole[0])
    assert np.allclose(apart.sum(axis=1) / apart.sum(), [0.6, 0.267, 0.133], atol=0.03)


def test_the_days_of_the_week_are_found() -> None:
    week = np.array([30, 20, 20, 20, 20, 5, 2])
    found = expect(history(drawn(np.tile(week, 20))[None]))[0]
    assert np.allclose(found[:7], week, rtol=0.25, atol=1)
    assert np.allclose(found[7:], found[:7])


def test_holidays_are_expected_to_be_as_holidays_were() -> None:
    free = frozenset(range(FIRST + 9, FIRST + 300, 28))
    means = [4.0 if FIRST + day in free else 30.0 for day in range(280 - AHEAD // 2)]
    known = history(drawn(means)[None], holidays=free)
    kinds = known.kinds[-AHEAD:]
    found = expect(known)[0]
    assert (kinds == HOLIDAY).sum() == 0
    coming = FIRST + known.days + 4
    found = expect(history(known.counts, holidays=free | {coming}))[0]
    assert found[4] < 12
    assert found[3] > 22


def test_a_level_that_rose_is_followed_and_chance_is_not() -> None:
    steady, risen = np.full(200, 20.0), np.r_[np.full(170, 20.0), np.full(30, 60.0)]
    found = expect(history([drawn(steady), drawn(risen)])).mean(axis=1)
    assert 18 < found[0] < 22
    assert found[1] > 50


def test_a_year_is_found_where_there_are_two() -> None:
    day = np.arange(3 * 365 + AHEAD)
    season = 20 * np.exp(0.8 * np.sin(2 * np.pi * (FIRST + day) / 365.2425))
    misses = {"season": 0.0, "flat": 0.0}
    for days in range(760, 3 * 365, 40):
        truth = season[days : days + AHEAD].sum()
        known = history(drawn(season[:days], days)[None])
        misses["season"] += abs(expect(known).sum() - truth)
        misses["flat"] += abs(known.counts[0, -AHEAD:].sum() - truth)
    assert misses["season"] < misses["flat"]


def test_a_year_is_not_made_up_where_there_is_none() -> None:
    flat = drawn(np.full((3, 700), 12.0), 5)
    assert np.allclose(expect(history(flat)), 12, atol=1.5)
