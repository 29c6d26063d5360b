"""Numbers, dates and spans as people read them: in the active language and the active time zone."""

from datetime import datetime, timedelta
from functools import lru_cache

from babel.numbers import format_decimal, format_percent
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from ngoma.base import clock
from ngoma.base.days import locale, written


def autonym(language: str) -> str:
    """The language's name in itself: 한국어, Luganda, Kiswahili."""
    name: str = locale(language).language_name or language
    return name[:1].upper() + name[1:]


def direction(language: str) -> str:
    """How the language's lines run: `ltr` or `rtl`."""
    return str(locale(language).text_direction)


def number(value: float) -> str:
    """48,213"""
    return _decimal(value, _language())


@lru_cache(maxsize=1024)
def _decimal(value: float, language: str) -> str:
    return str(format_decimal(value, locale=locale(language)))


def percent(value: float) -> str:
    """0.42 as 42%"""
    return str(format_percent(value, locale=locale(_language())))


def share(part: int, of: int) -> str:
    """A part in percent; a dash of nothing."""
    return percent(part / of) if of else "–"


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


def worked(minutes: float, day: float) -> str:
    """A length of working time, of days with so many minutes: 3 working days, 5 working hours."""
    hours = max(round(minutes / 60), 1)
    if minutes < 0.9 * day:
        return ngettext("%(n)s working hour", "%(n)s working hours", hours) % {"n": number(hours)}
    count = max(round(minutes / day), 1)
    return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": number(count)}


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
    return written(local.date(), skeleton, _language())
