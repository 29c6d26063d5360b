"""Days as a language writes them, by CLDR."""

import re
from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, match_skeleton

_WORLD = {"en": "en_GB"}
"""Where a bare language would be read as one country's custom: English days come before months."""


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """CLDR's knowledge of a language; English for one that CLDR does not know."""
    try:
        return Locale.parse(_WORLD.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def day(at: date, language: str) -> str:
    """Thursday 19 November 2026"""
    return written(at, "yMMMMEEEEd", language)


def written(at: date, skeleton: str, language: str) -> str:
    """A day with the parts that a skeleton of CLDR names."""
    return _by_skeleton(at.isoformat(), skeleton, language)


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
