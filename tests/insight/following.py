"""Waiting for the readers of events."""

from collections.abc import Callable

from ngoma.insight import arriving, counting, searching
from ngoma.records.models import Bookmark, Event


def catch_up() -> None:
    """Let the reader of the search come to the last event."""
    _catch_up(searching.READER, searching.follow)


def count_up() -> None:
    """Let the reader of the counts come to the last event, and to the present."""
    _catch_up(counting.READER, counting.follow)


def arrive() -> None:
    """Let the reader of arrivals come to the last event."""
    _catch_up(arriving.READER, arriving.follow)


def _catch_up(reader: str, follow: Callable[[], None]) -> None:
    last = Event.objects.order_by("transaction", "pk").last()
    for _ in range(600):
        follow()
        if last is None or Bookmark.objects.filter(reader=reader, event=last.pk).exists():
            return
    raise TimeoutError(last)
