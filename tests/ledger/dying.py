"""A process that reports and seals, and is killed while it does; started by the tests."""

import os
import random
import signal
import sys
import time
from base64 import b64encode

from django.db import connection

from ngoma.cities.book import Book, book
from ngoma.ledger import publishing, receipts, sealing
from tests.ledger.conftest import tell


def die(times: str) -> None:
    """Live so many lives one after the other, each killed at a random moment.

    For every receipt that was in somebody's hand, a line: reference, receipt in base64.
    """
    town = book("small")
    tell(town, key="first")  # what is imported and remembered now, no life has to begin with
    sealing.seal()
    connection.close()
    chance = random.Random(3)
    for number in range(int(times)):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            _live(town, f"life-{number}", writer)  # never returns
        os.close(writer)
        said = os.read(reader, 100)  # from its first receipt on it is killed at any moment
        time.sleep(chance.uniform(0, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as rest:
            said += rest.read()
        # What was cut off in the middle of a line was not told to anybody.
        sys.stdout.write(said.decode().rpartition("\n")[0] + "\n")


def _live(town: Book, life: str, told: int) -> None:
    for number in range(1000):
        report = tell(town, key=f"{life}-{number}")
        sealing.seal()
        entry = receipts.of_report(report.pk)
        receipt = receipts.receipt(entry) if entry else None
        assert receipt, publishing.newest()
        os.write(told, f"{report.reference} {b64encode(receipt).decode()}\n".encode())
