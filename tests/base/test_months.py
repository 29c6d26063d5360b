"""Months as numbers, as a city's clocks show them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.months import bounds, first_day, month_of, read, written

ZONES = st.sampled_from(["Africa/Kampala", "Asia/Seoul", "America/New_York", "Pacific/Apia"])


@given(month=st.integers(1900 * 12, 2100 * 12), zone=ZONES.map(ZoneInfo))
def test_every_moment_between_the_bounds_is_in_the_month(month: int, zone: ZoneInfo) -> None:
    first, after = bounds(month, zone)
    assert month_of(first, zone) == month_of(after - timedelta(microseconds=1), zone) == month
    assert month_of(after, zone) == month + 1
    assert first.tzinfo is UTC


@given(month=st.integers(12, 9998 * 12))
def test_a_month_is_read_as_it_was_written(month: int) -> None:
    assert read(written(month)) == month
    assert first_day(month).isoformat() == f"{written(month)}-01"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-6", "x026-06"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_a_month_begins_at_the_citys_midnight() -> None:
    at = datetime(2026, 5, 31, 22, 0, tzinfo=UTC)
    assert written(month_of(at, ZoneInfo("Africa/Kampala"))) == "2026-06"
