"""A process that goes on taking reports while a backup is made; started by the tests."""

import itertools
import sys

from ngoma.cities.book import book
from tests.backup.pictures import photo
from tests.ledger.conftest import tell


def write() -> None:
    """Take one report after the other, and tell each that was answered, until nobody listens."""
    town = book("small")
    for number in itertools.count():
        photos = (photo(number),) if number % 3 == 0 else ()
        report = tell(
            town, key=f"written-{number}", words=f"Quaggaville hole {number}",
            email=f"zebulonia{number}@example.org", photos=photos,
        )  # fmt: skip
        try:
            sys.stdout.write(f"{report.reference}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            return
