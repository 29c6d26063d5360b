"""Waiting for the reader of the search."""

from time import sleep

from ngoma.insight import searching
from ngoma.records.models import Bookmark, Event


def catch_up() -> None:
    """Let the reader come to the last event.

    It may have to wait for transactions of other databases of the same server.
    """
    last = Event.objects.order_by("transaction", "pk").last()
    for _ in range(600):
        searching.follow()
        if last is None or Bookmark.objects.filter(reader="search", event=last.pk).exists():
            return
        sleep(0.05)
    raise TimeoutError(last)
