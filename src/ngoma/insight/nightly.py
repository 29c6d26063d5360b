"""The city's night: its rows as files, its figures and its open data, in a process of its own.

It takes minutes, memory and large libraries, and a worker must ring for a danger meanwhile. Each
host that runs a worker has files of its own, and keeps beside them which day they were made for.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings

from ngoma.base.clock import now
from ngoma.cities.book import Book, books
from ngoma.records.queries import outcomes
from ngoma.work.apart import Apart, for_each

FROM, UNTIL = 1, 5
"""Hours of the city between which it is begun; at any hour where a night was missed."""

LATE = timedelta(days=2)
"""Without a night: then people are told."""

Progress = Callable[[Book, str, int, int], object]
"""Hears the city, what is made of it, months of rows or files, and how many of how many."""

_night = Apart("insight", "nightly", "--quietly")


def make_at_night() -> None:
    """Start a night for the cities that are due. Called by the clock."""
    if _night.is_free() and (due := [book.slug for book in books() if is_due(book)]):
        _night.start(due)


def is_due(book: Book) -> bool:
    """Whether this host has nothing for the city's day yet, and it is time to make it."""
    local = now().astimezone(book.zone)
    made = _made(book)
    if made is None or made < local.date() - timedelta(days=1):
        return True
    return made < local.date() and FROM <= local.hour < UNTIL


def make_each(
    cities: Iterable[Book],
    progress: Progress = lambda book, kind, done, total: None,
    *,
    by_clock: bool = False,
) -> list[Book]:
    """Make the night of each city. Returns those with which it failed, as the log tells.

    A host makes one night at a time: who comes second waits. The clock of another worker does not,
    and makes only what is still due.
    """
    from ngoma.insight import partitions

    def step(book: Book) -> None:
        if not by_clock or is_due(book):
            make(book, progress)

    within = Path(settings.NGOMA_DATA) / "insight" / ".night"
    within.mkdir(parents=True, exist_ok=True)
    try:
        with partitions.alone(within, wait=not by_clock):
            return for_each(cities, step)
    except BlockingIOError:
        return []


def make(book: Book, progress: Progress = lambda book, kind, done, total: None) -> None:
    """Make all that a night makes of a city: first what takes back words that everybody can read,
    last the figures, whose age tells of all."""
    from ngoma.insight import partitions, reckoning
    from ngoma.insight.facts import CASES
    from ngoma.insight.opendata import publishing

    day = now().astimezone(book.zone).date()
    partitions.refresh(book, [CASES], partial(progress, book))
    publishing.publish(book, partial(progress, book))
    reckoning.reckon(book)
    _mark(book).write_text(day.isoformat(), encoding="ascii")


def overdue(book: Book) -> datetime | None:
    """When some host made all of a night last, where that is too long ago; None where all is well,
    or where there was no night yet."""
    at = outcomes.made_at(book.id)
    return at if at is not None and now() - at > LATE else None


def missed(book: Book, made_at: datetime) -> int:
    """How many nights of the city have ended since the one that was made at this moment."""
    local = now().astimezone(book.zone)
    ended = local.date() if local.hour >= UNTIL else local.date() - timedelta(days=1)
    return max((ended - made_at.astimezone(book.zone).date()).days, 0)


def _mark(book: Book) -> Path:
    return Path(settings.NGOMA_DATA) / "insight" / book.slug / "night"


def _made(book: Book) -> date | None:
    """The day for which this host made it last; None: never, as far as can be read."""
    try:
        return date.fromisoformat(_mark(book).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
