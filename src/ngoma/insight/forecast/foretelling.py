"""Foretelling: a city's forecast made from its history, and kept."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import msgspec
import numpy as np
from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.insight.forecast import hours, ranges, scoring
from ngoma.insight.forecast.history import AHEAD, LEAST, Counts, History, summed
from ngoma.insight.forecast.kept import EPOCH, Figures, Hourly, Key, Line, Range, first_day
from ngoma.insight.forecast.ranges import Band, Level, Outlook
from ngoma.records.models import Forecast
from ngoma.records.queries import arrivals, forecasts

_PAST = 3 * 365 + 1
"""Days that are learned from at most."""
_WORTH = 0.02
"""Reports a day below which a line is left out."""
_BY_HOUR = 1.0
"""Reports on the first day from which a service is foretold by the hour."""


def make(book: Book, day: date) -> Forecast | None:
    """Foretell a day of the city and those that follow from what came before it, and keep it.

    None where there are less than `LEAST` days to learn from. Drops forecasts that are too old.
    """
    today = (day - EPOCH).days
    first = arrivals.first_day(book.id)
    if first is None or today - first < LEAST:
        return None
    figures = _figures(book, max(first, today - _PAST), today)
    with transaction.atomic():
        return _keep(book, day, figures)


def _keep(book: Book, day: date, figures: Figures) -> Forecast:
    row, _new = Forecast.objects.update_or_create(
        city_id=book.id,
        day=day,
        defaults={
            "made_at": now(),
            "figures": msgspec.to_builtins(figures),
            "first": msgspec.to_builtins(first_day(figures)),
        },
    )
    forecasts.replace_lines(row, ((each.key, msgspec.to_builtins(each)) for each in figures.lines))
    Forecast.objects.filter(city=book.id, day__lt=day - scoring.KEPT).delete()
    return row


def in_hindsight(book: Book, day: date) -> list[Range]:
    """What would have been foretold of all reports on a day and the 13 that follow, from what had
    come before it; nothing where there are less than `LEAST` days to learn from.

    By service alone, so that it takes a second and not a minute.
    """
    today = (day - EPOCH).days
    first = arrivals.first_day(book.id)
    known = _known(book, max(first, today - _PAST), today) if first is not None else None
    if known is None or known.history.days < LEAST:
        return []
    by_service = replace(
        known.history,
        counts=summed(known.history.counts, known.history.services),
        services=np.arange(len(known.services)),
        places=np.zeros(len(known.services), dtype=np.intp),
    )
    return _ranges(ranges.foresee(by_service)[Level.CITY].days)[0]


class _Known(NamedTuple):
    """The history of a city, with the ids that its numbers stand for."""

    history: History
    services: list[int]
    places: list[int]

    def keys(self, level: Level) -> list[Key]:
        """The key of each row of a level."""
        if level is Level.SERVICE:
            return [(service, None) for service in self.services]
        if level is Level.PLACE:
            return [(None, place) for place in self.places]
        if level is Level.CITY:
            return [(None, None)]
        pairs = zip(self.history.services, self.history.places, strict=True)
        return [(self.services[service], self.places[place]) for service, place in pairs]

    def came(self) -> dict[Key, Counts]:
        """What came under each key, day by day."""
        return {
            key: counts
            for level in Level
            for key, counts in zip(
                self.keys(level),
                summed(self.history.counts, ranges.groups(level, self.history)),
                strict=True,
            )
        }


def _figures(book: Book, first: int, today: int) -> Figures:
    known = _known(book, first, today)
    if known is None:
        return Figures([], [])
    outlooks = ranges.foresee(known.history)
    scores = scoring.scores(book.id, known.came(), first, today)
    lines = [
        Line(*key, days, weeks, scores.get(key))
        for level in Level
        for key, days, weeks in _rows(known.keys(level), outlooks[level])
        if sum(each.mean for each in weeks) >= _WORTH * AHEAD
    ]
    return Figures(lines, list(_hours(book, known, outlooks, today)))


def _known(book: Book, first: int, today: int) -> _Known | None:
    """What came from the first day on and before today; None where nothing did."""
    rows = arrivals.by_day(book.id, first, today - 1)
    if not rows:
        return None
    pairs = sorted({(row.service, row.place) for row in rows})
    services = sorted({service for service, _place in pairs})
    places = sorted({place for _service, place in pairs})
    counts = np.zeros((len(pairs), today - first))
    number = {pair: n for n, pair in enumerate(pairs)}
    for row in rows:
        counts[number[row.service, row.place], row.day - first] = row.reports
    history = History(
        counts=counts,
        services=np.array([services.index(service) for service, _place in pairs]),
        places=np.array([places.index(place) for _service, place in pairs]),
        first=first,
        holidays=frozenset(day for day in range(first, today + AHEAD) if _holiday(book, day)),
    )
    return _Known(history, services, places)


def _holiday(book: Book, number: int) -> bool:
    day = EPOCH + timedelta(days=number)
    return day in book.calendar.closed and day not in book.calendar.opened


def _rows(keys: list[Key], outlook: Outlook) -> Iterator[tuple[Key, list[Range], list[Range]]]:
    return zip(keys, _ranges(outlook.days), _ranges(outlook.weeks), strict=True)


def _ranges(band: Band) -> list[list[Range]]:
    """Each row of a band."""
    rows = zip(band.mean, band.low, band.high, strict=True)
    return [_range(Band(*row)) for row in rows]


def _range(row: Band) -> list[Range]:
    return [
        Range(round(float(mean), 2), int(low), int(high))
        for mean, low, high in zip(row.mean, row.low, row.high, strict=True)
    ]


def _hours(
    book: Book, known: _Known, outlooks: Mapping[Level, Outlook], today: int
) -> Iterator[Hourly]:
    """The hours of today: of all reports, and of each service that has enough."""
    days = outlooks[Level.CITY].past.shape[1]
    kinds = known.history.kinds[-days - AHEAD :]
    came = _by_hour(book, known.services, today - days, today)
    for level, counts in ((Level.CITY, came.sum(axis=0)[None]), (Level.SERVICE, came)):
        outlook = outlooks[level]
        for row, (service, _place) in enumerate(known.keys(level)):
            mean = outlook.days.mean[row, 0]
            if mean >= _BY_HOUR:
                learned = hours.learn(counts[row], kinds[:days], outlook.past[row])
                by, _within = learned.day(int(kinds[days]), mean)
                yield Hourly(service, _range(by))


def _by_hour(book: Book, services: list[int], first: int, today: int) -> Counts:
    """What came of each service on each day in each hour."""
    counts = np.zeros((len(services), (today - first) * hours.HOURS))
    number = {service: n for n, service in enumerate(services)}
    for row in arrivals.by_hour(book.id, first * hours.HOURS, today * hours.HOURS - 1):
        if row.service in number:  # what comes this moment may be of another
            counts[number[row.service], row.hour - first * hours.HOURS] += row.reports
    return counts.reshape(len(services), -1, hours.HOURS)
