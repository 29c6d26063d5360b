"""What is expected of a part of a day follows from the day and from the hours of its reports."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ngoma.insight.forecast.expected import Expected
from ngoma.insight.forecast.kept import Range, Today

pytestmark = pytest.mark.once

HOURS = st.floats(0, 24)


def _expected(mean: float = 24.0, high: int = 34) -> Expected:
    """A day on which nothing comes before eight, half until noon, and all by four."""
    day = Range(mean, 14, high)
    lines: list[tuple[int | None, int | None, Range]] = [(None, None, day), (7, 3, day)]
    return Expected(Today(lines, [(None, [0.0] * 8 + _rise())]))


def _rise() -> list[float]:
    return [min(hour / 8, 1.0) for hour in range(1, 9)] + [1.0] * 8


def test_a_part_of_a_day_has_its_part_of_the_reports() -> None:
    day = _expected()
    for key in ((None, None), (7, 3)):
        assert day.hours(*key, 0, 8).mean == 0  # type: ignore[union-attr]
        assert day.hours(*key, 0, 12).mean == pytest.approx(12)  # type: ignore[union-attr]
        assert day.hours(*key, 11, 12.5).mean == pytest.approx(4.5)  # type: ignore[union-attr]
        assert day.hours(*key, 0, 24).mean == pytest.approx(24)  # type: ignore[union-attr]


def test_of_the_whole_day_the_band_is_that_of_the_day() -> None:
    band = _expected().hours(None, None, 0, 24)
    assert band is not None
    assert band.high == pytest.approx(34, abs=0.1)


@settings(deadline=None)
@given(first=HOURS, middle=HOURS, last=HOURS)
def test_parts_add_up_and_a_longer_time_has_a_wider_band(
    first: float, middle: float, last: float
) -> None:
    first, middle, last = sorted((first, middle, last))
    day = _expected()
    one, two, both = (
        day.hours(7, 3, *times) for times in ((first, middle), (middle, last), (first, last))
    )
    assert one
    assert two
    assert both
    assert one.mean + two.mean == pytest.approx(both.mean, abs=1e-9)
    assert both.high - both.mean >= one.high - one.mean - 1e-9
    assert 0 <= both.low <= both.mean <= both.high


def test_of_what_hardly_comes_nothing_is_expected() -> None:
    assert _expected().day(7, 4) is None
    assert _expected().hours(7, None, 0, 24) is None
    assert Expected(Today([], [])).hours(None, None, 0, 24) is None
    sunday = _expected(0.0, 0).hours(7, 3, 0, 12)
    assert sunday == (0.0, 0.0, 0.0)
