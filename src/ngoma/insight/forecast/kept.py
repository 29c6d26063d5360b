"""What a city has to expect, as it is kept and read: nothing is computed here."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from ngoma.records.models import Forecast
from ngoma.records.queries import forecasts

EPOCH = date(1970, 1, 1)
"""The day 0 of counted days."""

Key = tuple[int | None, int | None]
"""The id of a service and that of a district; None: all; 0: not known."""


class Range(msgspec.Struct, array_like=True):
    """The reports that are expected, and from where to where nine of ten counts will lie."""

    mean: float
    low: int
    high: int


class Score(msgspec.Struct):
    """How the forecasts of the last eight weeks met what came.

    Of each, the sum of its first seven days: how far it missed in the mean (`ours`), and how far
    the seven days before would have (`naive`). `within` is the share of these days that lay in
    their range.
    """

    forecasts: int
    ours: float
    naive: float
    within: float


class Line(msgspec.Struct):
    """What is expected of one key: on each day, in each of the two weeks."""

    service: int | None
    place: int | None
    days: list[Range]
    weeks: list[Range]
    score: Score | None = None

    @property
    def key(self) -> Key:
        """Service and district."""
        return self.service, self.place


class Hourly(msgspec.Struct):
    """The first day of a service (None: of all): what should have come by the end of each
    hour."""

    service: int | None
    by: list[Range]


class Figures(msgspec.Struct):
    """What was foretold on a day."""

    lines: list[Line]
    hours: list[Hourly]


class Today(msgspec.Struct, array_like=True):
    """The first day of a forecast alone, as the situation board asks for it: its lines, and the
    share of each service's day (None: of all) that has come by the end of each hour."""

    lines: list[tuple[int | None, int | None, Range]]
    shares: list[tuple[int | None, list[float]]]


class Made(NamedTuple):
    """What was foretold last, and when; its days begin with `day`. Lines are read as they are asked
    for: all together are large."""

    id: int
    day: date
    at: datetime

    def keys(self) -> list[Key]:
        """The services in all districts, and the districts for all services, that have a line."""
        return forecasts.keys(self.id)

    def line(self, service: int | None, place: int | None) -> Line | None:
        """What is expected of a key; None where hardly anything is."""
        return msgspec.convert(forecasts.line(self.id, service, place), Line | None)

    def by_service(self, place: int | None) -> list[Line]:
        """What is expected of each service in a district (None: in all)."""
        return msgspec.convert(forecasts.by_service(self.id, place), list[Line])

    def by_place(self, service: int | None) -> list[Line]:
        """What is expected in each district of a service (None: of all)."""
        return msgspec.convert(forecasts.by_place(self.id, service), list[Line])

    def every_line(self) -> Iterator[Line]:
        """All lines."""
        return (msgspec.convert(each, Line) for each in forecasts.every_line(self.id))


def newest(city_id: int) -> Made | None:
    """What was foretold last; None where nothing was yet."""
    found = forecasts.newest(city_id)
    return None if found is None else Made(*found)


def figures(row: Forecast) -> Figures:
    """What was foretold, as it is kept, whole."""
    return msgspec.convert(row.figures, Figures)


def first_day(figures: Figures) -> Today:
    """The first day of a forecast."""
    return Today(
        [(line.service, line.place, line.days[0]) for line in figures.lines],
        [
            (each.service, [round(part.mean / (each.by[-1].mean or 1.0), 4) for part in each.by])
            for each in figures.hours
        ],
    )
