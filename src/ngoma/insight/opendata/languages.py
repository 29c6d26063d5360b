"""The languages in which a city's data is described, and what the EU's vocabulary calls them."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override, to_locale

from ngoma.cities.book import Book

AUTHORITY: Mapping[str, str] = {
    "bg": "BUL",
    "cs": "CES",
    "da": "DAN",
    "de": "DEU",
    "el": "ELL",
    "en": "ENG",
    "es": "SPA",
    "et": "EST",
    "fi": "FIN",
    "fr": "FRA",
    "ga": "GLE",
    "hr": "HRV",
    "hu": "HUN",
    "it": "ITA",
    "ko": "KOR",
    "lg": "LUG",
    "lt": "LIT",
    "lv": "LAV",
    "mt": "MLT",
    "nl": "NLD",
    "pl": "POL",
    "pt": "POR",
    "ro": "RON",
    "sk": "SLK",
    "sl": "SLV",
    "sv": "SWE",
    "sw": "SWA",
}
"""Codes of the authority table of languages. One that is not here is not named in catalogues."""


def spoken(book: Book) -> list[str]:
    """The languages of the city that the product speaks; English where it speaks none of them."""
    catalogues = Path(settings.LOCALE_PATHS[0])
    return [each for each in book.languages if (catalogues / to_locale(each)).is_dir()] or ["en"]


def said(book: Book, message: Promise | str) -> dict[str, str]:
    """A text of the product in those languages."""
    found = {}
    for language in spoken(book):
        with override(language):
            found[language] = str(message)
    return found
