"""Floods of one sender: above a limit nothing more is taken for the moment, but for a danger."""

from ngoma.base.clock import now
from ngoma.base.floods import Flood
from ngoma.cities.book import Book
from ngoma.proposals.reading import dangerous

MOST = 30
"""Messages or calls of one sender in ten minutes."""

_senders = Flood(0)


def too_many(book: Book, sender: str, words: str) -> bool:
    """Count one more; whether it is to wait. `sender` is the keyed hash of an address."""
    if _senders.add((book.id, sender), now()) <= MOST:
        return False
    return not (book.stopper(None, words) or dangerous(book, words, None))


def forget() -> None:
    """Count from nothing: the tests need it."""
    _senders.clear()
