"""The report of a city's month: its numbers, the words for them, the pages."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ngoma.cities.book import Book
from ngoma.insight import monthly
from ngoma.insight.monthly import Month
from ngoma.report import ahead, came, cover, held, method, pace, where
from ngoma.report.document import Document
from ngoma.report.printing import fonts, printed
from ngoma.report.telling import Telling


def make(book: Book, number: int, language: str) -> bytes:
    """The report of a month (`base.months`) as a PDF. For a process of its own.

    Raises `monthly.Nothing` where there is nothing to tell, `printing.NoFont` where the language
    cannot be printed here, and OSError where figures cannot be written.
    """
    return printed(document(book, monthly.month(book, number), language))


def document(book: Book, month: Month, language: str) -> Document:
    """What the report says of a month."""
    with translation.override(language), timezone.override(book.zone):
        return _document(Telling(book, language, month))


def _document(telling: Telling) -> Document:
    city, name = telling.name, telling.month_name()
    made = telling.day(telling.month.at.astimezone(telling.book.zone).date())
    chapters = (came, where, pace, held, ahead, method)
    return Document(
        language=telling.language,
        fonts=fonts(),
        title=_("%(city)s: monthly report, %(month)s") % {"city": city, "month": name},
        city=city,
        kind=_("Monthly report on what residents told the city"),
        month=name,
        running=city,
        standing=_("As it stood on %(day)s") % {"day": made},
        spans=cover.spans(telling),
        summary=cover.summary(telling),
        emblem=_("Two drums, the emblem of Ngoma"),
        contents=_("In this report"),
        cover=[cover.figures(telling)],
        chapters=[each.chapter(telling) for each in chapters],
    )
