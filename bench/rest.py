"""A made-up city at rest: all that follows from its events is there, as after a night."""

import time
from collections.abc import Callable

from django.db import connection

from ngoma.insight import arriving, performing, searching
from ngoma.records.models import Bookmark
from ngoma.records.queries import watch
from ngoma.work import timers
from ngoma.work.worker import run_until_idle

PAUSE_S = 0.2


def derive(say: Callable[[str], object]) -> None:
    """The index of words and all sums, unless that was done."""
    for reader in (searching, performing, arriving):
        if not Bookmark.objects.filter(reader=reader.READER, event__gt=0).exists():
            say(f"Reading all events for {reader.READER}")
            reader.rebuild(lambda done: None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def come_to_rest(say: Callable[[str], object]) -> None:
    """Work as a worker does until no reader is behind and no job is due."""
    derive(say)
    timers.tick()
    while behind := sum(each.behind for each in watch.readers()):
        say(f"{behind:,} events to read")
        timers.tick()
        run_until_idle()
        time.sleep(PAUSE_S)
