"""Worker processes, started by the tests."""

import os
import time

from django.db import connection
from django.db.models import F

from ngoma.records.models import Bookmark
from ngoma.work import registry, worker
from ngoma.work.registry import Handler


def say(number: int) -> None:
    """The job of a handler outside transactions: tell the test that it ran."""
    os.write(1, f"{number}\n".encode())


def count(number: int) -> None:
    """The job of an atomic handler: leave a row, and one more in the sum."""
    Bookmark.objects.create(reader=f"ran {number}")
    Bookmark.objects.filter(reader="sum").update(event=F("event") + 1)


def hang(number: int) -> None:
    """A job that has its effect and then never ends."""
    count(number)
    os.write(1, b"in the middle\n")
    time.sleep(60)


HANDLERS = {"say": Handler(say, atomic=False), "count": Handler(count), "hang": Handler(hang)}


def hire() -> None:
    """Know these jobs alone."""
    registry.install(handlers=HANDLERS, followers={})


def work(workers: str) -> None:
    """So many processes work until nothing is left."""
    hire()
    connection.close()
    for _ in range(int(workers)):
        if not os.fork():
            worker.run_until_idle()
            os._exit(0)
    for _ in range(int(workers)):
        assert os.wait()[1] == 0


def die() -> None:
    """Begin to work, to be killed in the middle."""
    hire()
    worker.run_once()
