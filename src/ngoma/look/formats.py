"""Numbers, dates and spans as people read them: in the active language and the active time zone."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, match_skeleton
from babel.numbers import format_decimal, format_percent
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from ngoma.base import clock

_WORLD = {"en": "en_GB"}
"""Where a bare language would be read as one country's custom: English days come before months."""


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """CLDR's knowledge of a language; English for one that CLDR does not know."""
    try:
        return Locale.parse(_WORLD.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def autonym(language: str) -> str:
    """The language's name in itself: 한국어, Luganda, Kiswahili."""
    name: str = locale(language).language_name or language
    return name[:1].upper() + name[1:]


def direction(language: str) -> str:
    """How the language's lines run: `ltr` or `rtl`."""
    return str(locale(language).text_direction)


def number(value: float) -> str:
    """48,213"""
    return str(format_decimal(value, locale=locale(_language())))


def percent(value: float) -> str:
    """0.42 as 42%"""
    return str(format_percent(value, locale=locale(_language())))


def day(at: datetime) -> str:
    """Thursday 19 November; with its year when that is not the present one."""
    return _written(at, "MMMMEEEEd", "yMMMMEEEEd")


def date(at: datetime) -> str:
    """19 November; with its year when that is not the present one."""
    return _written(at, "MMMMd", "yMMMMd")


def short(at: datetime) -> str:
    """19 Nov; with its year when that is not the present one."""
    return _written(at, "MMMd", "yMMMd")


def month(at: datetime) -> str:
    """Nov 2026"""
    return _written(at, "yMMM", "yMMM")


def hour(at: datetime) -> str:
    """11:20"""
    local = timezone.localtime(at)
    return f"{local:%H:%M}"


def moment(at: datetime) -> str:
    """Thursday 19 November, 11:20"""
    return gettext("%(day)s, %(time)s") % {"day": day(at), "time": hour(at)}


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit: 3 days, 5 hours, 20 minutes."""
    minutes = max(round(length.total_seconds() / 60), 1)
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes)}
    hours = round(minutes / 60)
    if hours < 36:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number(hours)}
    return days(round(hours / 24))


def days(count: int) -> str:
    """1 day, 3 days"""
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": number(count)}


def metres(length: float) -> str:
    """A distance, as exact as is meant: 20 metres, 1.4 kilometres."""
    if length < 950:
        count = max(round(length / 10) * 10, 10)
        return ngettext("%(n)s metre", "%(n)s metres", count) % {"n": number(count)}
    return gettext("%(n)s kilometres") % {"n": number(round(length / 1000, 1))}


def _language() -> str:
    return translation.get_language() or "en"


def _written(at: datetime, this_year: str, other_year: str) -> str:
    local = timezone.localtime(at)
    present = timezone.localtime(clock.now())
    skeleton = this_year if local.year == present.year else other_year
    return _by_skeleton(local.date().isoformat(), skeleton, _language())


@lru_cache(maxsize=4096)
def _by_skeleton(iso: str, skeleton: str, language: str) -> str:
    return format_datetime(
        datetime.fromisoformat(iso), _pattern(skeleton, language), locale=locale(language)
    )


@lru_cache(maxsize=256)
def _pattern(skeleton: str, language: str) -> str:
    """CLDR's order of day, month and year, with the lengths of names the skeleton asks for.

    CLDR answers the long skeletons of many languages with short names, which nobody reads aloud.
    """
    known = locale(language).datetime_skeletons
    nearest = skeleton if skeleton in known else match_skeleton(skeleton, known)
    if nearest is None:
        return "y-MM-dd"
    pattern: str = known[nearest].pattern
    if "EEEE" in skeleton:
        pattern = re.sub(r"E+", "EEEE", pattern)
    if "MMMM" in skeleton:
        pattern = re.sub(r"MMM+", "MMMM", pattern)
    return pattern
