"""What is going on in a city: how much came on what and where, and what of it is out of the
ordinary.

What is to be expected comes from the forecasts that were made before (`insight/expected.py`): of
a day from the one made as that day began, of a part of a day by the hours at which reports usually
come. Something rises if more came than the range that nine of ten such times stay in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from ngoma.cities.book import Book
from ngoma.insight.arriving import hour_of
from ngoma.insight.forecast import expected
from ngoma.insight.forecast.expected import Band, Expected
from ngoma.records.queries import arrivals

SPANS = ("now", "today", "week")
HOURS_NOW = 3
"""Hours that are "now": the present one and those before it."""
DAYS = 14
LEAST = 5
"""Reports below which nothing is said to rise."""
_FAR = 2.0
"""How many times as far from the expected as the band's edge something is far above it."""

Key = tuple[int, int]
"""Ids of a service and a district; 0: all of them."""
ALL: Key = (0, 0)


Ahead = Mapping[int, Expected]
"""What was expected of each of the last days (of the city, counted from 1970) that has a
forecast."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A day as it went: how many came, and how many were expected."""

    day: int
    reports: int
    band: Band | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A service in a district, or in all of the city (`place` 0), within the time asked for."""

    service: int
    place: int
    reports: int
    band: Band | None

    @property
    def rises(self) -> bool:
        """Whether more came than the band of the expected reaches to."""
        return self.band is not None and self.reports >= LEAST and self.reports > self.band.high

    @property
    def far(self) -> bool:
        """Whether it is far above."""
        band = self.band
        return (
            self.rises
            and band is not None
            and self.reports - band.mean > _FAR * (band.high - band.mean)
        )

    @property
    def surprise(self) -> float:
        """How far above the expected it is, in widths of the band above it."""
        if self.band is None:
            return 0.0
        return (self.reports - self.band.mean) / max(self.band.high - self.band.mean, 1.0)


@dataclass(frozen=True, slots=True)
class Situation:
    """All of it: `rising` the most surprising first, `largest` by reports; `districts` of the
    whole, however many came there."""

    whole: Issue
    rising: list[Issue]
    largest: list[Issue]
    districts: list[Issue]
    _past: Mapping[Key, Sequence[int]]
    _asked: "_Asked"

    def days(self, issue: Issue) -> list[Lived]:
        """The last days of an issue, today last."""
        key = (issue.service, issue.place)
        return self._asked.days(key, self._past.get(key, _NONE))


_NONE = (0,) * DAYS


def situation(book: Book, at: datetime, span: str, place: int) -> Situation:
    """What is going on at a moment, in one district or (`place` 0) in all of the city."""
    hour = hour_of(book, at)
    today = hour // 24
    ahead = expected.kept(book.id, today - DAYS + 1, today)
    past = _past(book.id, today, place)
    asked = _Asked(today, hour, hour % 24 + at.astimezone(book.zone).minute / 60, span, ahead)
    recent = _recent(book.id, hour, place) if span == "now" else {}

    def reports(key: Key) -> int:
        return asked.reports(past.get(key, _NONE), recent.get(key, 0))

    def issue(key: Key) -> Issue:
        return Issue(*key, reports(key), asked.band(key))

    services = sorted({service for service, _ in past if service})
    districts = [place] if place else sorted({each for _, each in past if each})
    every = [issue((service, place)) for service in services if reports((service, place))]
    # Most services have hardly a report in a district: of these nothing needs to be expected.
    apart = [] if place else [key for key in past if all(key) and reports(key) >= LEAST]
    return Situation(
        whole=issue((0, place)),
        rising=_rising([*every, *map(issue, apart)]),
        largest=sorted(every, key=lambda each: -each.reports),
        districts=sorted((issue((0, each)) for each in districts), key=lambda each: -each.reports),
        _past=past,
        _asked=asked,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The time that is asked for. `clock`: hours since the day began."""

    today: int
    hour: int
    clock: float
    span: str
    ahead: Ahead

    def reports(self, days: Sequence[int], recent: int) -> int:
        return {"now": recent, "today": days[-1], "week": sum(days[-7:])}[self.span]

    def band(self, key: Key) -> Band | None:
        if self.span == "today":
            return self._part(key, self.today, 0, self.clock)
        if self.span == "week":
            before = [self._whole(key, self.today - back) for back in range(1, 7)]
            return _added([*before, self._part(key, self.today, 0, self.clock)])
        first = self.hour % 24 - HOURS_NOW + 1
        parts = [self._part(key, self.today, max(first, 0), self.clock)]
        if first < 0:
            parts.append(self._part(key, self.today - 1, first + 24, 24))
        return _added(parts)

    def days(self, key: Key, reports: Sequence[int]) -> list[Lived]:
        first = self.today - DAYS + 1
        lived = [Lived(day, n, self._whole(key, day)) for day, n in enumerate(reports[:-1], first)]
        so_far = self._part(key, self.today, 0, self.clock)
        return [*lived, Lived(self.today, reports[-1], so_far)]

    def _whole(self, key: Key, day: int) -> Band | None:
        known = self.ahead.get(day)
        return known.day(*_all(key)) if known else None

    def _part(self, key: Key, day: int, first: float, last: float) -> Band | None:
        known = self.ahead.get(day)
        return known.hours(*_all(key), first, last) if known else None


def _all(key: Key) -> tuple[int | None, int | None]:
    """A key as forecasts have it: None for all of something."""
    return key[0] or None, key[1] or None


def _past(city_id: int, today: int, place: int) -> Mapping[Key, list[int]]:
    """Reports of each of the last days, today last, also summed over services and districts."""
    found: dict[Key, list[int]] = defaultdict(lambda: [0] * DAYS)
    first = today - DAYS + 1
    for row in arrivals.by_day(city_id, first, today):
        for key in _keys(row.service, row.place, place):
            found[key][row.day - first] += row.reports
    return dict(found)


def _recent(city_id: int, hour: int, place: int) -> Mapping[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    for row in arrivals.by_hour(city_id, hour - HOURS_NOW + 1, hour):
        for key in _keys(row.service, row.place, place):
            found[key] += row.reports
    return dict(found)


def _keys(service: int, district: int, asked: int) -> set[Key]:
    """Under which keys a row counts, if one district or all (0) are asked for."""
    if asked and district != asked:
        return set()
    keys = {(service, district), (0, district)}
    return keys if asked else keys | {(service, 0), ALL}


def _added(bands: Sequence[Band | None]) -> Band | None:
    """The band of a sum of times: what makes each uncertain is taken to be its own."""
    known = [band for band in bands if band is not None]
    if not known or len(known) < len(bands):
        return None
    mean = sum(band.mean for band in known)
    up = sqrt(sum((band.high - band.mean) ** 2 for band in known))
    down = sqrt(sum((band.mean - band.low) ** 2 for band in known))
    return Band(mean, max(mean - down, 0.0), mean + up)


def _rising(issues: Iterable[Issue]) -> list[Issue]:
    """One issue a service: where it is most out of the ordinary, all of the city or a district."""
    most: dict[int, Issue] = {}
    for each in issues:
        known = most.get(each.service)
        if each.rises and (known is None or each.surprise > known.surprise):
            most[each.service] = each
    return sorted(most.values(), key=lambda each: -each.surprise)
