"""Submissions, as residents send them and as nobody should."""

import itertools
from typing import Any

from ngoma.cities.book import Book
from ngoma.intake.submission import Submission

INSIDE = {"lat": 0.15, "lon": 32.05}
"""In Kasubi, a street of the West Ward of the small town."""

_numbers = itertools.count(1)


def told(town: Book, **said: Any) -> Submission:
    """A good submission of its own, but for what is `said` otherwise."""
    good = {
        "book": town,
        "origin": "test",
        "key": f"key-{next(_numbers)}",
        "channel": "web",
        "words": "There is a deep hole in the road",
        "language": "en",
        **INSIDE,
    }
    return Submission(**(good | said))
