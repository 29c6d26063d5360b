"""What was expected of a day as it began, and of any part of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import msgspec

from ngoma.insight.forecast.kept import EPOCH, Key, Range, Today
from ngoma.records.queries import forecasts

_TENTH = 1.645
"""Standard deviations from the mean to either end of a range that holds nine of ten."""


class Band(NamedTuple):
    """The reports that are expected, and from where to where nine of ten such counts lie."""

    mean: float
    low: float
    high: float


class Expected:
    """A forecast's own first day. None for a service or district means all of them."""

    def __init__(self, today: Today) -> None:
        self._days: Mapping[Key, Band] = {
            (service, place): _band(expected) for service, place, expected in today.lines
        }
        self._shares = {service: [0.0, *shares] for service, shares in today.shares}

    def day(self, service: int | None, place: int | None) -> Band | None:
        """The reports of the whole day; None where hardly any are expected."""
        return self._days.get((service, place))

    def hours(
        self, service: int | None, place: int | None, first: float, last: float
    ) -> Band | None:
        """The reports between two hours of the day (0 to 24).

        They come as those of the service do, or of all where it has too few; and they vary as the
        day does: with the dispersion that its range says, a negative binomial's.
        """
        day = self.day(service, place)
        shares = self._shares.get(service) or self._shares.get(None)
        if day is None or shares is None:
            return None
        if not day.mean:  # rounded: less than one in two hundred such days has a report
            return Band(0.0, 0.0, day.high)
        mean = day.mean * (_by(shares, last) - _by(shares, first))
        deviation = (day.high - day.mean) / _TENTH
        dispersion = max(deviation**2 - day.mean, 0.0) / day.mean**2
        reach = _TENTH * sqrt(mean + dispersion * mean**2)
        return Band(mean, max(mean - reach, 0.0), mean + reach)


def kept(city_id: int, first: int, last: int) -> Mapping[int, Expected]:
    """What was expected of each day from one to another (of the city, counted from 1970), as far as
    a forecast was made as it began."""
    days = (EPOCH + timedelta(days=first), EPOCH + timedelta(days=last))
    return {
        (day - EPOCH).days: _expected(city_id, day, made_at)
        for day, made_at in forecasts.made(city_id, *days)
    }


@lru_cache(maxsize=256)
def _expected(city_id: int, day: date, _made_at: datetime) -> Expected:
    """Read once by each process; one that was made anew is another."""
    return Expected(msgspec.convert(forecasts.first_day(city_id, day), Today))


def _band(expected: Range) -> Band:
    return Band(expected.mean, expected.low, expected.high)


def _by(shares: Sequence[float], hour: float) -> float:
    """The share that has come by a moment of the day; between two hours it grows evenly."""
    before = min(int(hour), len(shares) - 2)
    return shares[before] + (hour - before) * (shares[before + 1] - shares[before])
