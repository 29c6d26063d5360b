"""A city's working time: when it is open, and when a deadline counted in that time falls."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import holidays

Hours = Sequence[tuple[time, time]]

_NONE = timedelta()
_MIDNIGHT = time()
_HORIZON_YEARS = 100


def public_holidays(country: str, subdivision: str | None = None) -> Container[date]:
    """The public holidays of a country (ISO 3166-1) or a part of it, of any year asked for.

    Raises ValueError for a country or part that is not known.
    """
    try:
        return holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        raise ValueError(str(error)) from error


@dataclass(frozen=True)
class Span:
    """A length of time as a pack writes it: '3d', '4h' or '90m'."""

    amount: int
    unit: str

    def time(self, calendar: "Calendar") -> timedelta:
        """The working time it stands for; a 'd' is one usual working day of the calendar.

        So where all days are alike, '3d' from Monday 10:00 is Thursday 10:00; a short day on the
        way counts for what it has.
        """
        return self.amount * calendar.day_length() if self.unit == "d" else self.by_clock()

    def by_clock(self) -> timedelta:
        """What passes on the clock, day and night: '3d' is 72 hours."""
        return timedelta(**{{"d": "days", "h": "hours", "m": "minutes"}[self.unit]: self.amount})

    def __str__(self) -> str:
        """As the pack writes it."""
        return f"{self.amount}{self.unit}"


def parse_span(text: str) -> Span:
    """Read '3d', '4h' or '90m'. Raises ValueError for anything else, and for nothing at all."""
    match = re.fullmatch(r"0*([1-9][0-9]{0,3})\s*([dhm])", text.strip())
    if not match:
        raise ValueError(f"not a length of time such as 3d, 4h or 90m: {text!r}")
    return Span(int(match[1]), match[2])


@dataclass(frozen=True)
class _Year:
    """The open stretches of one year in order, in UTC."""

    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    """Working time from the start of the year to the start of each stretch."""
    total: timedelta

    def worked(self, at: datetime) -> timedelta:
        """Working time from the start of the year until `at`."""
        i = bisect_right(self.starts, at) - 1
        return self.before[i] + min(at, self.ends[i]) - self.starts[i] if i >= 0 else _NONE

    def moment(self, worked: timedelta) -> datetime:
        """The first moment at which `worked` (more than none, at most `total`) has passed."""
        i = bisect_left(self.before, worked) - 1
        return self.starts[i] + (worked - self.before[i])


class Calendar:
    """The working calendar of one city. Moments go in and come out aware, and come out in UTC.

    Working time is time that passes: on the night clocks change, an office open all night has
    an hour less or more.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        week: Mapping[int, Hours],
        closed: Container[date] = frozenset(),
        opened: Container[date] = frozenset(),
    ) -> None:
        """`week` has the hours of each weekday (0 is Monday) in order; an end at 00:00 is midnight.

        `closed` has the days without work, such as `public_holidays`; `opened` the days worked
        nevertheless, with the hours of their weekday or, if it has none, of a usual day.
        Raises ValueError for hours that overlap or run backwards, or if there are none.
        """
        self.zone, self.closed, self.opened = zone, closed, opened
        self.week = {weekday: tuple(hours) for weekday, hours in week.items() if hours}
        for weekday, hours in self.week.items():
            _check(weekday, hours)
        if not self.week:
            raise ValueError("a calendar needs working hours on some day of the week")
        self._years: dict[int, _Year] = {}

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The first moment, from `start`, by which that much working time has passed.

        Raises ValueError if `working` is negative or more than the next hundred years have.
        """
        if working < _NONE:
            raise ValueError(f"working time cannot run backwards: {working}")
        start = _utc(start)
        if not working:
            return start
        first = year = self._year_of(start)
        wanted = self._year(year).worked(start) + working
        while wanted > self._year(year).total:
            wanted -= self._year(year).total
            year += 1
            if year > first + _HORIZON_YEARS:
                raise ValueError(f"not {working} of working time in {_HORIZON_YEARS} years")
        return self._year(year).moment(wanted)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from `a` to `b`, negative when `b` is the earlier."""
        a, b = _utc(a), _utc(b)
        if a > b:
            return -self.between(b, a)
        first, last = self._year_of(a), self._year_of(b)
        passed = sum((self._year(year).total for year in range(first, last)), _NONE)
        return passed + self._year(last).worked(b) - self._year(first).worked(a)

    def is_open(self, at: datetime) -> bool:
        """Whether work is done at this moment; at closing time it no longer is."""
        at = _utc(at)
        year = self._year(self._year_of(at))
        i = bisect_right(year.starts, at) - 1
        return i >= 0 and at < year.ends[i]

    def works(self, day: date) -> bool:
        """Whether any hours are worked on a day."""
        return bool(self._hours(day))

    def day_length(self) -> timedelta:
        """The working time of a usual day: what most weekdays have, the longer of two as many."""
        return self._usual[0]

    @cached_property
    def _usual(self) -> tuple[timedelta, Hours]:
        lengths = {weekday: _length(hours) for weekday, hours in self.week.items()}
        often = Counter(lengths.values())
        usual = max(often, key=lambda length: (often[length], length))
        return usual, next(self.week[day] for day in sorted(self.week) if lengths[day] == usual)

    def _hours(self, day: date) -> Hours:
        hours = self.week.get(day.weekday(), ())
        if day in self.opened:
            return hours or self._usual[1]
        return () if not hours or day in self.closed else hours

    def _year_of(self, at: datetime) -> int:
        return at.astimezone(self.zone).year

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._made(year)
        return known

    def _made(self, year: int) -> _Year:
        starts, ends, before, total = [], [], [], _NONE
        last = datetime.min.replace(tzinfo=UTC)
        day = date(year, 1, 1)
        while day.year == year:
            for opens, closes in self._hours(day):
                until = day if closes != _MIDNIGHT else day + timedelta(days=1)
                # An hour that clocks skip would start before the last stretch has ended.
                start = max(last, self._moment(day, opens))
                last = max(start, self._moment(until, closes))
                if start < last:
                    starts.append(start)
                    ends.append(last)
                    before.append(total)
                    total += last - start
            day += timedelta(days=1)
        return _Year(starts, ends, before, total)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def _check(weekday: int, hours: Hours) -> None:
    if weekday not in range(7):
        raise ValueError(f"a weekday is 0 (Monday) to 6 (Sunday), not {weekday}")
    previous = _MIDNIGHT
    for i, (opens, closes) in enumerate(hours):
        ends_day = closes == _MIDNIGHT
        if opens < previous or (closes <= opens and not ends_day) or (i and previous == _MIDNIGHT):
            raise ValueError(f"weekday {weekday}: {opens:%H:%M}-{closes:%H:%M} is out of order")
        previous = closes


def _length(hours: Hours) -> timedelta:
    whole_day = timedelta(days=1)
    return sum(((_of_day(end) or whole_day) - _of_day(start) for start, end in hours), _NONE)


def _of_day(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"a moment without a zone: {at.isoformat()}")
    return at.astimezone(UTC)
