"""The cities that a command is told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ngoma.commands.saying import refuse

if TYPE_CHECKING:
    from ngoma.cities.book import Book


def book_of(city: str) -> "Book":
    """The city with this slug; where there is none, the command ends."""
    from ngoma.cities.book import UnknownCity, book

    try:
        return book(city)
    except UnknownCity:
        refuse(ValueError(f"there is no city {city}; add one by: ngoma city add PACK"))


def ended(failed: Sequence["Book"]) -> None:
    """End with 1 where a command failed with some of its cities; the log has told why."""
    if failed:
        refuse(RuntimeError(f"failed: {', '.join(book.slug for book in failed)}"))
