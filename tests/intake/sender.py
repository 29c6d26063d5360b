"""Processes that hand in reports, started by the tests."""

import os
import random
import signal
import sys
import time

from django.db import connection

from ngoma.cities.book import book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from tests.intake import told
from tests.intake.pictures import as_taken


def submission(key: str) -> Submission:
    photo = as_taken("JPEG", 6)
    return told(book("small"), key=key, photos=(photo,), email="ann@example.org")


def same(key: str, times: str) -> None:
    """Hand in the same submission in so many processes at once; print each one's answer."""
    ready = submission(key)
    connection.close()  # a process of its own has a connection of its own
    gate, opener = os.pipe()
    for _ in range(int(times)):
        if not os.fork():
            os.close(opener)
            os.read(gate, 1)  # returns when the opener is closed everywhere
            receipt = submit(ready)
            answer = f"{receipt.report.reference} {receipt.report.secret} {receipt.repeated}\n"
            os.write(1, answer.encode())
            os._exit(0)
    time.sleep(0.1)
    os.close(opener)
    for _ in range(int(times)):
        assert os.wait()[1] == 0


def die(times: str) -> None:
    """Hand in reports in so many processes one after the other, each killed at a random moment.

    Every reference is printed for which `submit` has returned.
    """
    connection.close()
    chance = random.Random(7)
    for number in range(int(times)):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            _hand_in(f"life-{number}", writer)
        os.close(writer)
        said = os.read(reader, 100)  # from its first report on it can be killed at any moment
        time.sleep(chance.uniform(0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as rest:
            said += rest.read()
        # What was cut off in the middle of a line was not told to anybody.
        sys.stdout.write(said.decode().rpartition("\n")[0] + "\n")


def _hand_in(life: str, told: int) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2
    for number in range(10_000):
        receipt = submit(submission(f"{life}-{number}"))
        os.write(told, f"{receipt.report.reference}\n".encode())
