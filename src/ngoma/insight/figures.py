"""The figures of a city's work over some months, as pages read them: reckoned every night."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from ngoma.records.queries import outcomes

MONTHS = 13
"""So that a month stands beside the same of the year before."""

SPANS = (6, 3, 1)
"""The months that staff may look at instead. Everybody is told of `MONTHS` alone: from two spans
together could be reckoned what each of them hides because it is small."""

BY = ("service", "district", "department", "channel", "language", "month")

AREA = "area"
"""The districts as everybody may know them: what is private is counted without its district."""

DAYS = (
    *(0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0, 17.0, 20.0),
    *(25.0, 30.0, 35.0, 40.0, 50.0, 60.0, 75.0, 90.0),
)
"""Working days after which it is told how much was done by then."""


class Share(msgspec.Struct):
    """A part of a whole, with its 95 % interval; without one where there is no whole."""

    part: int
    whole: int
    low: float | None = None
    high: float | None = None
    change: tuple[float, float, float] | None = None
    """Of a month: the difference from the month before, with its interval."""

    @property
    def share(self) -> float | None:
        """The part of the whole; None of nothing."""
        return self.part / self.whole if self.whole else None


class Work(msgspec.Struct):
    """What became of cases: `insight.expressions.measures` says what each count is."""

    cases: int
    reports: int
    solved: int
    transfers: int
    rated: int
    stars: int
    answer_kept: Share
    kept: Share
    reopened: Share
    passed_on: Share

    @property
    def rating(self) -> float | None:
        """The mean of the ratings, one to five; None where nobody rated."""
        return self.stars / self.rated if self.rated else None


class Times(msgspec.Struct):
    """How long it took, in minutes of working time, open cases counted as such. For each of `DAYS`
    the share that was done by then, with its interval; None where nobody knows yet."""

    watched: int = 0
    done: int = 0
    quarter: int | None = None
    half: int | None = None
    most: int | None = None
    done_by: list[float | None] = []
    low: list[float | None] = []
    high: list[float | None] = []

    def by(self, days: float) -> float | None:
        """The share that was done by one of `DAYS`."""
        return self.done_by[DAYS.index(days)] if self.done_by else None


class Rate(msgspec.Struct):
    """Reports in these months per 1,000 people, with the 95 % interval of their number."""

    people: int
    reports: float
    low: float
    high: float


class Slice(msgspec.Struct):
    """The cases with one key: the code of a service, a district or a department, a channel, a
    language, or a month as 2026-06. Empty where it is not known."""

    key: str
    work: Work
    answer: Times
    solution: Times
    again: Share
    """Of repairs that are old enough to tell: those after which the same was reported again."""
    rate: Rate | None = None

    @classmethod
    def nothing(cls, key: str, rate: Rate | None = None) -> "Slice":
        """Of a key without cases."""
        none = Share(0, 0)
        return cls(
            key, Work(0, 0, 0, 0, 0, 0, none, none, none, none), Times(), Times(), none, rate
        )


class Spot(msgspec.Struct):
    """Where repairs do not hold: a cell of the map, or a place by its code."""

    service: str
    lat: float | None
    lon: float | None
    place: str
    again: int
    repaired: int


class Figures(msgspec.Struct):
    """The figures of a city, or of a department with all below it, for cases opened from the month
    `first` to `last`. `day` is the working time of a usual day in minutes; `by` has
    the slices of each of `BY`, and of `AREA`."""

    first: int
    last: int
    day: int
    whole: Slice
    by: dict[str, list[Slice]]
    spots: list[Spot]


class Reckoned(NamedTuple):
    """Figures, and when they were reckoned."""

    at: datetime
    figures: Figures


def newest(city_id: int, department: int = 0, months: int | None = None) -> Reckoned | None:
    """What was reckoned last for a city, or one of its departments, of all months or of one of
    `SPANS`; None where nothing was yet."""
    made_at = outcomes.made_at(city_id, department, months)
    return None if made_at is None else _newest(city_id, department, months, made_at)


@lru_cache(maxsize=64)
def _newest(
    city_id: int, department: int, months: int | None, _made_at: datetime
) -> Reckoned | None:
    """Read once by each process, because they are large; what was made anew is another."""
    kept = outcomes.newest(city_id, department, months)
    return None if kept is None else Reckoned(kept[0], msgspec.convert(kept[1], Figures))
