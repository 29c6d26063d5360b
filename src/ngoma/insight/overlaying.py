"""What is laid over the reports of a city: read from CSV, fetched every hour or given by hand."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isfinite
from typing import NamedTuple

import httpcore
import structlog

from ngoma.base import fetching
from ngoma.base.characters import clean
from ngoma.base.outside import Unfetchable
from ngoma.cities.book import Book, book_of, books
from ngoma.cities.overlays import Overlay, overlays
from ngoma.records.models import OverlayDay
from ngoma.work.queue import put

FETCH = "insight.overlay"
MOST_BYTES = 2_000_000
MOST_DAYS = 5000
LONGEST = 120
SECONDS = 30.0
"""All of one fetch: meanwhile the worker does nothing else."""
_LATER = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)
_DAY, _VALUE, _TEXT = "date", "value", "text"

log = structlog.get_logger(__name__)


class OverlayError(ValueError):
    """A file that is no overlay; the text says what is wrong, and in which line."""


class Row(NamedTuple):
    """What is laid over a day: a number, words, or both."""

    day: date
    value: float | None
    text: str


def watch() -> None:
    """Have each overlay with an address fetched. Called by the clock."""
    for book in books():
        for each in overlays(book.settings):
            if each.url:
                key = f"overlay {book.id} {each.code}"
                put(FETCH, {"city": book.id, "code": each.code}, key=key)


def fetch(city: int, code: str, *, seconds: float = SECONDS) -> None:
    """Fetch an overlay and keep it. Job `insight.overlay`; what cannot be had or read, or takes
    longer, is left as it was, and said in the log: the next hour it is tried again."""
    book = book_of(city)
    overlay = find(book, code)
    if overlay is None or not overlay.url:
        return
    try:
        keep(book, code, read(_text(overlay.url, seconds)))
    except (OverlayError, Unfetchable, *_LATER) as error:
        log.warning("overlay not fetched", city=book.slug, overlay=code, reason=str(error))


def find(book: Book, code: str) -> Overlay | None:
    """An overlay of a city; None where its pack has none of this code."""
    return next((each for each in overlays(book.settings) if each.code == code), None)


def read(text: str) -> list[Row]:
    """The rows of a CSV with the columns `date` (2026-11-27), `value` and, if there is one, `text`.

    Raises OverlayError for anything else.
    """
    table = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=None))
    try:
        columns = table.fieldnames or ()
        if _DAY not in columns or not {_VALUE, _TEXT} & set(columns):
            raise OverlayError("line 1: the columns must be date and value, text or both")
        rows = list(_rows(table))
    except csv.Error as error:
        raise OverlayError(f"line {table.line_num}: {error}") from None
    if len(rows) > MOST_DAYS:
        raise OverlayError(f"{len(rows):,} days: at most {MOST_DAYS:,} are kept")
    return rows


def keep(book: Book, code: str, rows: Iterable[Row]) -> int:
    """Keep rows of an overlay, instead of what there was of their days. Returns how many."""
    last = {row.day: row for row in rows}
    OverlayDay.objects.bulk_create(
        [OverlayDay(city_id=book.id, code=code, **row._asdict()) for row in last.values()],
        update_conflicts=True,
        unique_fields=["city", "code", "day"],
        update_fields=["value", "text"],
    )
    return len(last)


def days(book: Book, code: str, first: date, last: date) -> Mapping[date, Row]:
    """What is laid over the days from one to another."""
    found = OverlayDay.objects.filter(city=book.id, code=code, day__range=(first, last))
    return {each.day: Row(each.day, each.value, each.text) for each in found}


def _rows(table: "csv.DictReader[str]") -> Iterator[Row]:
    for given in table:
        line = f"line {table.line_num}"
        try:
            day = date.fromisoformat((given[_DAY] or "").strip())
        except ValueError:
            raise OverlayError(f"{line}: {given[_DAY]!r} is no day such as 2026-11-27") from None
        value = (given.get(_VALUE) or "").strip()
        text = " ".join(clean(given.get(_TEXT) or "").split())
        try:
            number = float(value) if value else None
        except ValueError:
            raise OverlayError(f"{line}: {value!r} is no number") from None
        if number is not None and not isfinite(number):
            raise OverlayError(f"{line}: {value!r} is no number")
        yield Row(day, number, text[:LONGEST])


def _text(url: str, seconds: float) -> str:
    """What lies at an address of the pack, inside the city's own network as well."""
    found = fetching.fetch(
        url, most=MOST_BYTES, seconds=seconds, accept="text/csv, */*", allowed=lambda _: True
    )
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        raise OverlayError("it is not written in UTF-8") from None
