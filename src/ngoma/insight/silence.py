"""Districts from which nothing came: they stand in tables beside the people who live there."""

from collections.abc import Sequence
from math import log

from ngoma.cities.book import Book
from ngoma.insight.figures import Rate, Slice

_NONE = -log(0.025)
"""How many there may be of what was counted as none: the exact limit of a Poisson count."""


def with_silent(book: Book, districts: Sequence[Slice]) -> list[Slice]:
    """The districts, and after them those of the city that are not among them."""
    silent = {book.places[each].code for each in book.districts} - {each.key for each in districts}
    return [*districts, *(_silent(book, code) for code in sorted(silent))]


def _silent(book: Book, code: str) -> Slice:
    people = book.population(book.place_by_code[code].id)
    rate = None if people is None else Rate(people, 0.0, 0.0, round(_NONE * 1000 / people, 3))
    return Slice.nothing(code, rate)
