"""Recorded requests brought up to date for a demonstration: the newest is made yesterday."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from ngoma.base.clock import now
from ngoma.casework.recording import History
from ngoma.casework.workflow import ENDED
from ngoma.cities.book import Book
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.history.names import Names
from ngoma.intake.history.reading import Reader
from ngoma.intake.history.sources import Source
from ngoma.records.models import State


def to_yesterday(path: Path, book: Book, mapping: Mapping) -> Callable[[History], History]:
    """A change for `importing.run` that moves all times by the same whole days, as local clocks
    show them. What would then end in the future has not ended yet."""
    reader = Reader(book, mapping, Names(book, mapping))
    with Source(path, mapping) as source:
        newest = max(reader.opened_at(row.values) for row in source.rows())
    until = now()
    yesterday = until.astimezone(book.zone).date() - timedelta(days=1)
    days = (yesterday - newest.astimezone(book.zone).date()).days

    def moved(at: datetime | None) -> datetime | None:
        # Arithmetic on a local time moves the hands of the clock, not the time that passes.
        return at and (at.astimezone(book.zone) + timedelta(days=days)).astimezone(until.tzinfo)

    def move(history: History) -> History:
        opened_at, changed_at = moved(history.opened_at), moved(history.changed_at)
        assert opened_at is not None
        history = replace(history, opened_at=opened_at, due=moved(history.due))
        if changed_at is not None and changed_at > until:
            state = State.ACCEPTED if history.state in ENDED else history.state
            return replace(history, changed_at=None, ended=False, state=state, text="")
        return replace(history, changed_at=changed_at)

    return move
