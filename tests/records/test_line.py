"""SQLite has one writer at a time: who waits for it is let in at the next gap."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, transaction

from ngoma.records.models import Job
from ngoma.records.sql.sqlite import base
from ngoma.records.sql.transactions import make_way
from ngoma.work.queue import put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[Thread]:
    """Something that is done meanwhile, on a connection of its own."""

    def done() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=done)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def test_who_waits_gets_in_at_the_next_gap() -> None:
    begun, enough = Event(), Event()
    rounds = 0

    def write_on_and_on() -> None:
        nonlocal rounds
        while not enough.is_set() and rounds < 60:
            with transaction.atomic():
                rounds += 1
                begun.set()
                time.sleep(0.02)
            make_way()

    with beside(write_on_and_on):
        begun.wait()
        waited = []
        for _ in range(5):
            before = rounds
            put("a job", {})
            waited.append(rounds - before)
        enough.set()
    assert max(waited) <= 20, waited
    assert Job.objects.count() == 5


def test_processes_wait_for_each_other_at_a_file() -> None:
    written = Event()

    def write() -> None:
        put("a job", {})
        written.set()

    with Path(f"{connection.settings_dict['NAME']}-line").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with beside(write):
            assert not written.wait(0.2)
            fcntl.flock(other, fcntl.LOCK_UN)
            assert written.wait(60)


def test_who_waits_too_long_is_told_and_whoever_comes_next_is_not_held_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(base, "PATIENCE_S", 0.05)
    refused: list[str] = []

    def write() -> None:
        try:
            put("a job", {})
        except OperationalError as error:
            refused.append(str(error))

    with transaction.atomic(), beside(write) as other:
        other.join()
    assert "locked" in refused[0]
    put("another", {})
    assert Job.objects.count() == 1


def test_a_connection_that_is_closed_or_fails_gives_up_its_turn() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    connection.set_autocommit(False)
    connection.close()
    put("a job", {})
    assert Job.objects.count() == 1
