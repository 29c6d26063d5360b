"""Bursts: found where something is the matter, and hardly ever where nothing is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.triage.bursts import (
    LEAST,
    MOST_CENTRES,
    PAST_DAYS,
    Burst,
    Reports,
    at_least,
    circles,
    find,
)

SIDE = 0.1
"""Degrees along the edge of the city, some 11 km."""
Draw = np.random.Generator


def day(draw: Draw, rate: float) -> Reports:
    """Reports of a day: more in the morning, half of them around a market, days that differ."""
    number = draw.poisson(rate * draw.gamma(12, 1 / 12))
    market = draw.random(number) < 0.5
    lat, lon = (
        np.where(market, SIDE / 2 + draw.normal(0, 0.002, number), draw.uniform(0, SIDE, number))
        for _ in range(2)
    )
    return Reports(lat, lon, np.mod(draw.normal(9, 4, number), 24))


def usual(draw: Draw, rate: float) -> tuple[Reports, Reports]:
    """A last day like all others, and the weeks before it."""
    days = [day(draw, rate) for _ in range(PAST_DAYS)]
    hours = [each.hours + 24 * n for n, each in enumerate(days, 1)]
    past = Reports(
        np.concatenate([each.lat for each in days]),
        np.concatenate([each.lon for each in days]),
        np.concatenate(hours),
    )
    return day(draw, rate), past


def with_more(recent: Reports, lat: float, lon: float, hours: list[float]) -> Reports:
    """As many more, within some hundred metres."""
    places = [lat + 0.0005 * (n % 3) for n in range(len(hours))]
    return Reports(
        np.concatenate([recent.lat, places]),
        np.concatenate([recent.lon, [lon] * len(hours)]),
        np.concatenate([recent.hours, hours]),
    )


def found(recent: Reports, past: Reports) -> Burst | None:
    return find(recent, past, tests=circles(len(recent.hours)))


def test_a_few_reports_of_one_thing_are_found_where_there_are_few() -> None:
    recent, past = usual(np.random.default_rng(1), 20)
    burst = found(with_more(recent, 0.02, 0.02, [0.1, 0.4, 0.5, 0.9, 1.2, 1.3, 1.5]), past)
    assert burst is not None
    assert len(burst.members) >= 7
    assert burst.radius_m <= 600
    assert abs(burst.lat - 0.02) < 0.005
    assert burst.usual < 0.5


def test_as_many_at_the_market_are_nothing_new() -> None:
    recent, past = usual(np.random.default_rng(2), 200)
    assert (
        found(with_more(recent, SIDE / 2, SIDE / 2, [3.0, 5.0, 7.0, 9.0, 11.0, 13.0]), past) is None
    )


def test_what_rises_everywhere_is_found_too() -> None:
    draw = np.random.default_rng(3)
    recent, past = usual(draw, 6)
    spread = day(draw, 90)
    both = Reports(*(np.concatenate(each) for each in zip(recent, spread, strict=True)))
    burst = found(both, past)
    assert burst is not None
    assert not np.isfinite(burst.radius_m)


def test_nothing_out_of_the_ordinary_is_hardly_ever_a_burst() -> None:
    """Of 150 days of four services none, where at most one and a half are said."""
    draw = np.random.default_rng(4)
    alarms = 0
    for _ in range(150):
        services = [usual(draw, rate) for rate in (2, 10, 40, 90)]
        tests = circles(sum(len(recent.hours) for recent, _ in services))
        alarms += any(find(*each, tests=tests) for each in services)
    assert alarms <= 2


@given(count=st.integers(0, 200), before=st.integers(0, 5000), spans=st.floats(56, 700))
def test_more_is_less_likely(count: int, before: int, spans: float) -> None:
    assert 0 <= at_least(count + 1, before, spans) <= at_least(count, before, spans) <= 1
    assert at_least(count, before + 1, spans) >= at_least(count, before, spans) - 1e-12


def test_a_chance_is_that_of_the_negative_binomial() -> None:
    from scipy.stats import nbinom

    for count, before, spans in ((5, 0, 56.0), (7, 3, 56.0), (30, 560, 56.0), (40, 560, 224.0)):
        mean, size = (before + 0.5) / spans, min(before + 0.5, 10.0)
        wanted = nbinom.sf(count - 1, size, size / (size + mean))
        assert at_least(count, before, spans) == pytest.approx(wanted)


def test_few_or_none_are_no_burst() -> None:
    nothing = Reports(*(np.empty(0) for _ in range(3)))
    assert found(nothing, nothing) is None
    same = Reports(*(np.full(LEAST - 1, 0.05) for _ in range(3)))
    assert found(same, nothing) is None
    many = Reports(*(np.full(50, 0.05) for _ in range(3)))
    burst = found(many, nothing)
    assert burst is not None
    assert len(burst.members) == 50


def test_of_very_many_only_some_have_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def chance(count: int, before: int, spans: float) -> float:
        asked.append(count)
        return at_least(count, before, spans)

    monkeypatch.setattr("ngoma.triage.bursts.at_least", chance)
    draw = np.random.default_rng(5)
    recent = Reports(draw.uniform(0, SIDE, 3000), draw.uniform(0, SIDE, 3000), np.full(3000, 1.0))
    assert found(recent, Reports(*(np.empty(0) for _ in range(3)))) is not None
    assert len(asked) <= circles(MOST_CENTRES)
