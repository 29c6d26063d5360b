"""Bursts: found where something is the matter, and hardly ever where nothing is."""

from collections.abc import Callable
from typing import Any

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
    heads,
)

SIDE = 0.1
"""Degrees along the edge of the city, some 11 km."""
Draw = np.random.Generator


def reports(lat: Any, lon: Any, hours: Any, teller: int = 0) -> Reports:
    """Reports of nobody who is known, or all of one."""
    return Reports(*map(np.asarray, (lat, lon, hours)), np.full(len(hours), teller))


NOTHING = reports(*(np.empty(0) for _ in range(3)))


def day(draw: Draw, rate: float) -> Reports:
    """Reports of a day: more in the morning, half of them around a market, days that differ."""
    number = draw.poisson(rate * draw.gamma(12, 1 / 12))
    market = draw.random(number) < 0.5
    lat, lon = (
        np.where(market, SIDE / 2 + draw.normal(0, 0.002, number), draw.uniform(0, SIDE, number))
        for _ in range(2)
    )
    return reports(lat, lon, np.mod(draw.normal(9, 4, number), 24))


def usual(draw: Draw, rate: float) -> tuple[Reports, Reports]:
    """A last day like all others, and the weeks before it."""
    days = [day(draw, rate) for _ in range(PAST_DAYS)]
    hours = [each.hours + 24 * n for n, each in enumerate(days, 1)]
    past = reports(
        np.concatenate([each.lat for each in days]),
        np.concatenate([each.lon for each in days]),
        np.concatenate(hours),
    )
    return day(draw, rate), past


def with_more(
    recent: Reports, lat: float, lon: float, hours: list[float], teller: int = 0
) -> Reports:
    """As many more, within some hundred metres."""
    places = [lat + 0.0005 * (n % 3) for n in range(len(hours))]
    more = reports(places, [lon] * len(hours), hours, teller)
    return Reports(*(np.concatenate(each) for each in zip(recent, more, strict=True)))


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


def chance(count: int, before: int, spans: float) -> float:
    return float(at_least(np.array(count), np.array(before), np.array(spans), 0.1))


@given(count=st.integers(0, 200), before=st.integers(0, 5000), spans=st.floats(56, 700))
def test_more_is_less_likely(count: int, before: int, spans: float) -> None:
    assert 0 <= chance(count + 1, before, spans) <= chance(count, before, spans) <= 1
    assert chance(count, before + 1, spans) >= chance(count, before, spans) - 1e-12


def test_a_chance_is_that_of_the_negative_binomial() -> None:
    from scipy.stats import nbinom

    for count, before, spans in ((5, 0, 56.0), (7, 3, 56.0), (30, 560, 56.0), (40, 560, 224.0)):
        mean, size = (before + 0.5) / spans, min(before + 0.5, 10.0)
        wanted = nbinom.sf(count - 1, size, size / (size + mean))
        assert chance(count, before, spans) == pytest.approx(wanted)


def test_who_tells_of_several_tells_once() -> None:
    """Six within five minutes are one row, if they are near each other; six in an hour are six. Six
    of one contact are one, whenever they come."""
    minutes, hour = [n / 60 for n in range(6)], [0.1, 0.3, 0.45, 0.6, 0.75, 0.9]
    for known in (NOTHING, usual(np.random.default_rng(6), 2)[0]):
        assert found(with_more(known, 0.02, 0.02, minutes), NOTHING) is None
        assert found(with_more(known, 0.02, 0.02, hour), NOTHING) is not None
        assert found(with_more(known, 0.02, 0.02, hour, teller=9), NOTHING) is None
    far = reports(np.linspace(0, SIDE, 6), np.zeros(6), minutes)
    assert list(heads(far)) == [0, 1, 2, 3, 4, 5]
    two = with_more(with_more(NOTHING, 0.02, 0.02, hour, 1), 0.02, 0.02, [0.2, 30.0], 2)
    assert list(heads(two)) == [5, 6, 7], "the first of each, and of each day"


def test_where_nobody_tells_in_rows_each_counts() -> None:
    minutes = [n / 60 for n in range(6)]
    alone = usual(np.random.default_rng(7), 8)[1]
    assert found(with_more(NOTHING, 0.02, 0.02, minutes), alone) is not None
    told = np.repeat(np.arange(0, len(alone.hours), 4), 3)
    rows = alone.take(told)._replace(
        hours=alone.hours[told] + np.tile([0, 0.02, 0.04], len(told) // 3)
    )
    assert found(with_more(NOTHING, 0.02, 0.02, minutes), rows) is None


def test_many_at_once_are_no_row() -> None:
    crowd = with_more(NOTHING, 0.02, 0.02, [n / 60 for n in range(40)])
    burst = found(crowd, NOTHING)
    assert burst is not None
    assert len(burst.members) == 40


def test_days_that_differ_much_are_no_burst_and_mondays_are_expected() -> None:
    """Thirty on a day are no wonder where one day in four has as many, or where Mondays have."""
    draw = np.random.default_rng(8)

    def weeks(number: Callable[[int], int]) -> Reports:
        parts = [
            reports(
                draw.uniform(0, SIDE, n), draw.uniform(0, SIDE, n), draw.uniform(0, 24, n) + 24 * d
            )
            for d in range(1, PAST_DAYS + 1)
            if (n := number(d))
        ]
        return Reports(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    today = reports(draw.uniform(0, SIDE, 36), draw.uniform(0, SIDE, 36), draw.uniform(0, 24, 36))
    assert found(today, weeks(lambda d: 8)) is not None
    assert found(today, weeks(lambda d: 32 if d % 4 == 1 else 1)) is None
    assert found(today, weeks(lambda d: 32 if d % 7 == 0 else 5)) is None


def test_few_or_none_are_no_burst() -> None:
    assert found(NOTHING, NOTHING) is None
    assert (
        found(with_more(NOTHING, 0.05, 0.05, [0.2 * n for n in range(LEAST - 1)]), NOTHING) is None
    )


def test_of_very_many_only_some_have_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(count: Any, before: Any, spans: Any, dispersion: float) -> Any:
        asked.append(count.size)
        return at_least(count, before, spans, dispersion)

    monkeypatch.setattr("ngoma.triage.bursts.at_least", counted)
    draw = np.random.default_rng(5)
    recent = reports(draw.uniform(0, SIDE, 3000), draw.uniform(0, SIDE, 3000), np.full(3000, 1.0))
    assert found(recent, NOTHING) is not None
    assert 0 < sum(asked) <= circles(MOST_CENTRES)
