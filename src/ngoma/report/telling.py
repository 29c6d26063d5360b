"""A month with the words for it: names of the city, numbers and days in the language of the report,
and the rule which counts everybody may know."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from ngoma.base.days import written
from ngoma.base.months import first_day
from ngoma.cities.book import Book
from ngoma.insight.monthly import Month
from ngoma.look import formats, slices
from ngoma.look.speaking import Speaking
from ngoma.people.publicity import LEAST, shown
from ngoma.report.document import Range, Text

UNKNOWN = "–"

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Telling(Speaking):
    """What is told, and to whom."""

    book: Book
    language: str
    month: Month

    def called(self, by: str, code: str) -> str:
        """The name of a service, district, department, channel or language by its code."""
        return slices.called(self, by, code)

    def month_name(self, back: int = 0) -> str:
        """October 2011, or so many months earlier."""
        return written(first_day(self.month.month - back), "yMMMM", self.language)

    def day(self, at: date) -> str:
        """3 October 2011"""
        return written(at, "yMMMMd", self.language)

    def worked(self, minutes: float | None) -> str:
        """A length of working time; a dash where it is not known."""
        return UNKNOWN if minutes is None else formats.worked(minutes, self.month.figures.day)

    def brief(self, minutes: float | None) -> str:
        """The same for a table whose head says that working time is meant: 4 hours, 3 days."""
        if minutes is None:
            return UNKNOWN
        day = self.month.figures.day
        if minutes < 0.9 * day:
            return formats.span(timedelta(minutes=minutes))
        return formats.days(max(round(minutes / day), 1))


@dataclass(frozen=True, slots=True)
class Public:
    """The counts that may be told beside their total, the largest first, and the sum of others."""

    told: dict[str, int]
    kinds: int
    rest: int | None
    """The sum of so many `kinds` that are left; None where it would tell of few."""


def public(counts: Mapping[str, int], most: int) -> Public:
    """At most so many of the counts."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    may = shown([count for _key, count in ordered])
    told = dict([each for each, ok in zip(ordered, may, strict=True) if ok and each[1]][:most])
    rest = sum(count for key, count in ordered if key not in told)
    kinds = sum(count > 0 for key, count in ordered if key not in told)
    return Public(told, kinds, rest if rest >= LEAST or not rest else None)


def tellable(counts: Mapping[K, int]) -> dict[K, int]:
    """The counts that may be told beside their total."""
    may = shown(list(counts.values()))
    return {key: count for (key, count), ok in zip(counts.items(), may, strict=True) if ok}


def number(value: float | None) -> Text:
    """A cell with a number; a dash for none."""
    return Text(UNKNOWN if value is None else formats.number(value))


def rate(value: float) -> str:
    """A number by head: with one decimal, below one with two."""
    return formats.number(round(value, 2 if value < 1 else 1))


def percent(share: float | None) -> str:
    """A share in percent; a dash for none."""
    return UNKNOWN if share is None else formats.percent(share)


def between(low: float, high: float) -> str:
    """71% to 74%"""
    return _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def signed(share: float) -> str:
    """+12%, −3%"""
    rounded = round(share, 2)
    return ("+" if rounded > 0 else "−" if rounded < 0 else "") + percent(abs(rounded))


def ranged(part: int, whole: int, low: float | None, high: float | None) -> Range | Text:
    """A cell with a share and its interval; a dash where there are too few."""
    if whole < LEAST or low is None or high is None:
        return Text(UNKNOWN)
    return Range(part / whole, low, high)
