"""Filters as plain words in an address: the codes of services, places and departments."""

from collections.abc import Mapping, Sequence
from typing import Any

from ngoma.cities.book import Book
from ngoma.records.queries.departments import subtree

UNKNOWN = "-"
"""In place of a code: what has no service or place. No pack has such a code."""


def read(book: Book, kind: str, text: str) -> int | None:
    """The id behind a code of a kind (service, place, department); 0 for what is not known, None
    for no code of the city."""
    if text == UNKNOWN:
        return 0
    entry = _by_code(book)[kind].get(text)
    return entry.id if entry else None


def written(book: Book, kind: str, number: int | None) -> str:
    """The code of an id; empty for None."""
    if number is None:
        return ""
    entry = _by_id(book)[kind].get(number)
    return entry.code if entry else UNKNOWN


def within(departments: Sequence[int] | None, department: int) -> tuple[int, ...]:
    """A department with all below it, as far as they are among those that somebody may look at."""
    below = subtree(department)
    return tuple(each for each in below if departments is None or each in departments)


def _by_code(book: Book) -> Mapping[str, Mapping[str, Any]]:
    return {
        "service": book.service_by_code,
        "place": book.place_by_code,
        "department": book.department_by_code,
    }


def _by_id(book: Book) -> Mapping[str, Mapping[int, Any]]:
    return {"service": book.services, "place": book.places, "department": book.departments}
