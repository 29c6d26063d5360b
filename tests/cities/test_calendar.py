"""Working time: real weeks and holidays, clocks that change, and the rules that always hold."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.cities.calendar import Calendar, Hours, parse_span, public_holidays

HOUR = timedelta(hours=1)
OFFICE: Hours = [(time(8), time(12)), (time(13), time(17))]
SEOUL = Calendar(
    ZoneInfo("Asia/Seoul"), dict.fromkeys(range(5), ((time(9), time(18)),)), public_holidays("KR")
)
KAMPALA = Calendar(
    ZoneInfo("Africa/Kampala"), dict.fromkeys(range(5), OFFICE), public_holidays("UG")
)
ZURICH = Calendar(
    ZoneInfo("Europe/Zurich"),
    dict.fromkeys(range(5), OFFICE) | {5: [(time(9), time(12))]},
    public_holidays("CH", "ZH"),
)
LOS_ANGELES = Calendar(
    ZoneInfo("America/Los_Angeles"), dict.fromkeys(range(7), ((time(0), time(0)),))
)
ALL = [SEOUL, KAMPALA, ZURICH, LOS_ANGELES]

calendars = st.sampled_from(ALL)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(), timedelta(hours=900))


def local(calendar: Calendar, *at: int) -> datetime:
    year, month, day, hour, minute = (*at, 0, 0)[:5]
    return datetime(year, month, day, hour, minute, tzinfo=calendar.zone)


def due(calendar: Calendar, start: datetime, text: str) -> datetime:
    return calendar.add(start, parse_span(text).time(calendar))


@given(calendars, moments, spans)
def test_between_undoes_add(calendar: Calendar, start: datetime, working: timedelta) -> None:
    end = calendar.add(start, working)
    assert end >= start
    assert end.tzinfo is UTC
    assert calendar.between(start, end) == working
    assert calendar.between(end, start) == -working
    if working:
        assert calendar.is_open(end - timedelta(microseconds=1))


@given(calendars, moments, moments)
def test_add_undoes_between_down_to_idle_time(calendar: Calendar, a: datetime, b: datetime) -> None:
    a, b = min(a, b), max(a, b)
    reached = calendar.add(a, calendar.between(a, b))
    assert reached <= b
    assert calendar.between(reached, b) == timedelta()
    if calendar.is_open(b):
        assert reached == b


@given(calendars, moments, moments, spans, spans)
def test_later_or_longer_is_never_due_earlier(
    calendar: Calendar, a: datetime, b: datetime, short: timedelta, more: timedelta
) -> None:
    a, b = min(a, b), max(a, b)
    assert calendar.add(a, short) <= calendar.add(b, short)
    assert calendar.add(a, short) <= calendar.add(a, short + more)
    assert calendar.add(calendar.add(a, short), more) == calendar.add(a, short + more)


@given(calendars, moments, moments, moments)
def test_working_time_adds_up_and_never_exceeds_time(
    calendar: Calendar, a: datetime, b: datetime, c: datetime
) -> None:
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert timedelta() <= calendar.between(min(a, b), max(a, b)) <= abs(a - b)


@pytest.mark.parametrize("calendar", [SEOUL, KAMPALA, ZURICH])
def test_days_and_hours_in_a_plain_week(calendar: Calendar) -> None:
    monday = local(calendar, 2026, 11, 9, 10)
    assert due(calendar, monday, "3d") == local(calendar, 2026, 11, 12, 10)
    assert due(calendar, monday, "90m") == local(calendar, 2026, 11, 9, 11, 30)
    assert due(calendar, local(calendar, 2026, 11, 9, 6), "1d") == calendar.add(
        local(calendar, 2026, 11, 9, 9),
        calendar.day_length()
        - calendar.between(local(calendar, 2026, 11, 9, 6), local(calendar, 2026, 11, 9, 9)),
    )


def test_lunch_night_weekend_and_short_days_do_not_count() -> None:
    friday = local(ZURICH, 2026, 11, 13, 11)
    assert ZURICH.add(friday, HOUR) == local(ZURICH, 2026, 11, 13, 12)
    assert ZURICH.add(friday, 2 * HOUR) == local(ZURICH, 2026, 11, 13, 14)
    assert ZURICH.add(friday, 6 * HOUR) == local(ZURICH, 2026, 11, 14, 10)
    assert ZURICH.add(friday, 9 * HOUR) == local(ZURICH, 2026, 11, 16, 9)
    assert ZURICH.day_length() == 8 * HOUR
    saturday = local(ZURICH, 2026, 11, 14, 20)
    assert ZURICH.add(saturday, timedelta()) == saturday
    assert not ZURICH.is_open(saturday)
    assert ZURICH.is_open(local(ZURICH, 2026, 11, 13, 8))
    assert not ZURICH.is_open(local(ZURICH, 2026, 11, 13, 12))


def test_seoul_rests_at_seollal_and_on_the_days_given_for_sundays() -> None:
    """Seollal 2026 is 16-18 February; 1 March is a Sunday, so 2 March is given instead."""
    before = local(SEOUL, 2026, 2, 13, 17)
    assert due(SEOUL, before, "2h") == local(SEOUL, 2026, 2, 19, 10)
    assert due(SEOUL, local(SEOUL, 2026, 2, 27, 15), "1d") == local(SEOUL, 2026, 3, 3, 15)
    # Seollal 2027 falls on 6-8 February, a Sunday among them: the 9th is given.
    assert due(SEOUL, local(SEOUL, 2027, 2, 5, 17), "2h") == local(SEOUL, 2027, 2, 10, 10)


def test_kampala_rests_on_martyrs_and_heroes_days() -> None:
    assert due(KAMPALA, local(KAMPALA, 2026, 6, 2, 10), "1d") == local(KAMPALA, 2026, 6, 4, 10)
    assert due(KAMPALA, local(KAMPALA, 2026, 6, 8, 10), "1d") == local(KAMPALA, 2026, 6, 10, 10)
    assert due(KAMPALA, local(KAMPALA, 2026, 10, 8, 16), "2h") == local(KAMPALA, 2026, 10, 12, 9)
    assert due(KAMPALA, local(KAMPALA, 2026, 12, 31, 16), "2h") == local(KAMPALA, 2027, 1, 4, 9)
    assert due(KAMPALA, local(KAMPALA, 2027, 1, 25, 16), "2h") == local(KAMPALA, 2027, 1, 27, 9)


def test_office_hours_stay_on_the_wall_when_clocks_change() -> None:
    """Zürich's clocks change on 29 March and 25 October 2026."""
    friday = local(ZURICH, 2026, 3, 27, 10)  # 6 hours left, Saturday 3, Monday 7
    assert due(ZURICH, friday, "2d") == local(ZURICH, 2026, 3, 30, 16)
    for day in (date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26)):
        opens = local(ZURICH, day.year, day.month, day.day, 8)
        assert ZURICH.is_open(opens)
        assert not ZURICH.is_open(opens - timedelta(seconds=1))


def test_open_day_and_night_the_hours_are_those_that_pass() -> None:
    """In Los Angeles 8 March 2026 has 23 hours and 1 November 25."""
    for day, hours in [((2026, 3, 8), 23), ((2026, 11, 1), 25), ((2026, 7, 1), 24)]:
        start = local(LOS_ANGELES, *day)
        end = (start + timedelta(days=1)).astimezone(UTC)
        assert LOS_ANGELES.between(start, end) == hours * HOUR
        assert LOS_ANGELES.add(start, hours * HOUR) == end
    assert LOS_ANGELES.day_length() == 24 * HOUR


def test_hours_inside_the_skipped_hour_do_not_count_twice() -> None:
    week = {6: [(time(1), time(2, 30)), (time(3), time(4))]}
    night = Calendar(ZoneInfo("America/Los_Angeles"), week)
    start = local(night, 2026, 3, 8)
    assert night.between(start, start + timedelta(days=1)) == 2 * HOUR


def test_a_city_closes_and_opens_days_of_its_own() -> None:
    zone, week = ZoneInfo("Africa/Kampala"), dict.fromkeys(range(5), OFFICE)
    own = Calendar(zone, week, closed={date(2026, 11, 10)}, opened={date(2026, 11, 14)})
    assert due(own, local(own, 2026, 11, 9, 16), "2h") == local(own, 2026, 11, 11, 9)
    assert own.is_open(local(own, 2026, 11, 14, 9))
    martyrs = date(2026, 6, 3)
    worked = Calendar(zone, week, public_holidays("UG"), opened={martyrs})
    assert worked.is_open(local(worked, 2026, 6, 3, 9))
    assert not KAMPALA.is_open(local(KAMPALA, 2026, 6, 3, 9))


def test_a_usual_day_is_what_most_days_have() -> None:
    zone = ZoneInfo("Africa/Kampala")
    short, long = [(time(8), time(12))], [(time(8), time(17))]
    assert Calendar(zone, {0: long, 1: short, 2: short}).day_length() == 4 * HOUR
    assert Calendar(zone, {0: long, 1: short}).day_length() == 9 * HOUR


@pytest.mark.parametrize(
    "week",
    [
        {},
        {0: []},
        {7: OFFICE},
        {0: [(time(12), time(8))]},
        {0: [(time(8), time(12)), (time(11), time(13))]},
        {0: [(time(8), time(0)), (time(9), time(10))]},
    ],
)
def test_impossible_weeks_are_refused(week: dict[int, Hours]) -> None:
    with pytest.raises(ValueError):
        Calendar(ZoneInfo("Africa/Kampala"), week)


def test_what_cannot_be_answered_is_refused() -> None:
    class Always:
        def __contains__(self, day: object) -> bool:
            return True

    shut = Calendar(ZoneInfo("Africa/Kampala"), {0: OFFICE}, closed=Always())
    with pytest.raises(ValueError, match="100 years"):
        shut.add(datetime(2026, 1, 1, tzinfo=UTC), HOUR)
    with pytest.raises(ValueError, match="backwards"):
        SEOUL.add(datetime(2026, 1, 1, tzinfo=UTC), -HOUR)
    with pytest.raises(ValueError, match="zone"):
        SEOUL.add(datetime(2026, 1, 1), HOUR)
    with pytest.raises(ValueError):
        public_holidays("XX")


def test_spans_are_read_as_packs_write_them() -> None:
    assert parse_span(" 4h ").time(SEOUL) == 4 * HOUR
    assert parse_span("90m").time(SEOUL) == timedelta(minutes=90)
    assert parse_span("3d").time(SEOUL) == 27 * HOUR
    assert parse_span("3d").by_clock() == timedelta(hours=72)
    assert str(parse_span("07d")) == "7d"
    for text in ("", "d", "3", "0d", "-1d", "3 days", "1.5h", "3w", "10000d", "٣d"):
        with pytest.raises(ValueError, match="length of time"):
            parse_span(text)
