"""Reading events in order: each exactly once, and none is stepped over."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import psycopg
import pytest
from django.db import connection, transaction

from ngoma.casework import talking
from ngoma.cities.book import Book
from ngoma.intake.submit import submit
from ngoma.people.permissions import Actor, resident
from ngoma.records.models import Bookmark, Event, Report
from ngoma.records.queries.events import _NEXT, advance, read_on
from ngoma.records.queries.live import _SINCE
from ngoma.records.sql.statements import fetch
from ngoma.records.sql.transactions import after, settled
from tests.intake import told

pytestmark = pytest.mark.django_db(transaction=True)


def read_once(reader: str, limit: int = 500) -> list[int]:
    """What a reader finds in one batch."""
    with transaction.atomic():
        events = read_on(reader, limit)
        if events:
            advance(reader, events[-1])
    return [event.pk for event in events]


def read_all(reader: str, limit: int = 500) -> list[int]:
    """What a reader finds until there is nothing more."""
    found: list[int] = []
    while batch := read_once(reader, limit):
        found += batch
    return found


def say(report: Report, text: str = "More") -> None:
    who: Actor = resident(report)
    talking.inform(actor=who, case_id=report.case_id, text=text)


def test_every_reader_goes_through_all_events_once_and_in_order(town: Book) -> None:
    report = submit(told(town)).report
    for _ in range(6):
        say(report)
    everything = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert read_all("ledger", limit=3) == everything
    assert read_all("ledger") == []
    say(report)
    assert read_all("ledger") == [Event.objects.latest("pk").pk]
    assert read_all("search") == [*everything, Event.objects.latest("pk").pk]


def test_what_is_read_and_not_taken_note_of_comes_again(town: Book) -> None:
    submit(told(town))
    read_all("ledger")
    with transaction.atomic():
        advance("counts", read_on("counts")[-1])
        transaction.set_rollback(True)
    assert len(read_all("counts")) == 1


def test_an_open_transaction_with_an_earlier_number_is_never_stepped_over(town: Book) -> None:
    """On PostgreSQL the later event is visible first; on SQLite the second writer has to wait."""
    slow, quick = (submit(told(town)).report for _ in range(2))
    read_all("ledger")
    written, seen = Signal(), Signal()

    def write_slowly() -> None:
        with transaction.atomic():
            say(slow, "first")
            written.set()
            assert seen.wait(20)
        connection.close()

    def of(report: Report) -> int:
        return report.case.events.latest("pk").pk

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write_slowly)
        assert written.wait(20)
        if connection.vendor == "postgresql":
            say(quick, "second")
            assert Event.objects.filter(pk=of(quick), data__text="second").exists()
            assert read_once("ledger") == [], "what is open may still come before it"
        seen.set()
        writing.result(20)
    if connection.vendor == "sqlite":
        say(quick, "second")
    assert of(slow) < of(quick)
    assert read_all("ledger") == [of(slow), of(quick)]


def test_what_was_undone_holds_nobody_up(town: Book) -> None:
    report = submit(told(town)).report
    read_all("ledger")
    with transaction.atomic():
        say(report, "undone")
        transaction.set_rollback(True)
    say(report, "done")
    assert read_all("ledger") == [report.case.events.latest("pk").pk]


def test_another_databases_transaction_holds_nobody_up(town: Book) -> None:
    """Its number comes before ours all the same: PostgreSQL counts for the whole server."""
    if connection.vendor != "postgresql":
        return
    report = submit(told(town)).report
    read_all("ledger")
    with psycopg.connect(**(connection.get_connection_params() | {"dbname": "postgres"})) as other:
        other.execute("SELECT pg_current_xact_id()")
        say(report)
        assert read_all("ledger") == [report.case.events.latest("pk").pk]


def test_nor_does_one_that_is_not_known_at_the_first_look(town: Book) -> None:
    """Who has what open is remembered in a transaction, and looked up anew where it is unclear."""
    if connection.vendor != "postgresql":
        return
    number = "SELECT pg_current_xact_id()::text::bigint"
    elsewhere = connection.get_connection_params() | {"dbname": "postgres"}
    with (
        transaction.atomic(),
        psycopg.connect(**elsewhere) as opened,
        psycopg.connect(**elsewhere, autocommit=True) as done,
    ):
        fetch("SELECT backend_xid FROM pg_stat_activity")
        [earlier], [later] = (each.execute(number).fetchone() or () for each in (opened, done))
        assert earlier < later < settled()


def test_two_processes_of_one_reader_read_nothing_twice(town: Book) -> None:
    for _ in range(12):
        submit(told(town))
    found: list[int] = []

    def read() -> None:
        found.extend(read_all("ledger", limit=1))
        connection.close()

    with ThreadPoolExecutor(3) as threads:
        for each in [threads.submit(read) for _ in range(3)]:
            each.result(60)
    assert sorted(found) == sorted(Event.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("sql", [_NEXT, _SINCE], ids=["reader", "page"])
def test_reading_on_uses_the_index_alone(town: Book, sql: str) -> None:
    """Searched by both of its columns: one of them is the same in all events of SQLite."""
    submit(told(town))
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        asked = sql.format(columns="*", after=after())
        cursor.execute(f"{explain} {asked}", [0, 5, settled(), 10])
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "event_in_order" in plan
    if connection.vendor == "sqlite":
        assert "(transaction=? AND id>?)" in plan or "(transaction=? AND rowid>?)" in plan
    else:
        assert re.search(r"Index Cond: \(+ROW\(", plan)
    if sql == _NEXT:
        assert "SORT" not in plan.upper().replace("SORTED", "")
        assert "B-TREE" not in plan.upper()


def test_a_bookmark_says_how_far_its_reader_came(town: Book) -> None:
    report = submit(told(town)).report
    read_all("ledger")
    mark, last = Bookmark.objects.get(), report.case.events.get()
    assert (mark.reader, mark.event, mark.transaction) == ("ledger", last.pk, last.transaction)
