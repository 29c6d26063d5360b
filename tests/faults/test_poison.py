"""An event, or a case, that a reader cannot take holds up nothing else, and is not forgotten."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, InterfaceError, OperationalError, connection
from django.test import Client
from typer.testing import CliRunner

from ngoma import __main__ as front_door
from ngoma.base.clock import frozen, now
from ngoma.casework import erasing, rebuild, reminding, talking
from ngoma.cities.book import Book
from ngoma.insight import arriving, counting, performing, searching
from ngoma.intake.submit import submit
from ngoma.ledger import sealing
from ngoma.ledger.verifying import verify
from ngoma.people.permissions import Actor
from ngoma.records.models import (
    Arrived,
    Case,
    Counted,
    Entry,
    Event,
    Job,
    NextReminder,
    Parked,
    Performed,
    Report,
    User,
)
from ngoma.records.queries.events import behind
from ngoma.records.queries.search import search
from ngoma.records.sql import counts
from ngoma.records.sql import search as index
from ngoma.work import reading
from ngoma.work.queue import Later, put
from ngoma.work.worker import ATTEMPTS, run_until_idle
from tests.casework.conftest import coordinator, employ
from tests.intake import told

__all__ = ["coordinator", "employ"]
# What is not committed has not happened yet for a reader on PostgreSQL.
pytestmark = pytest.mark.django_db(transaction=True)

TOO_LATE = "9999-12-31 23:59:59.000000"
"""A time after which there is none in a zone east of Greenwich, nor a year later."""


@pytest.fixture(autouse=True)
def _empty_tables() -> Iterator[None]:
    """The index and the sums are no models: nothing else empties them."""
    yield
    index.drop()
    index.create()
    for tables in (counts.TABLES, counts.PERFORMANCE, counts.ARRIVALS):
        counts.drop(tables)
        counts.create(tables)


def found() -> set[int]:
    city = Case.objects.values_list("city", flat=True)[0]
    return {each.id for each in search(city, "hole", public=False)}


def of_reports() -> set[int]:
    counted = Report.objects.filter(pk__in=Arrived.objects.values("pk"))
    return set(counted.values_list("case_id", flat=True))


def keys(model: Any) -> Callable[[], set[int]]:
    return lambda: set(model.objects.values_list("pk", flat=True))


SAY = "UPDATE records_event SET data = %s WHERE case_id = %s"
OPENED = "UPDATE records_case SET opened_at = %s WHERE id = %s"
RECEIVED = "UPDATE records_report SET received_at = %s WHERE case_id = %s"
READERS: dict[str, tuple[Any, Callable[[], set[int]], str, str]] = {
    "search": (searching, found, SAY, '{"text": 7}'),
    "counts": (counting, keys(Counted), OPENED, TOO_LATE),
    "performance": (performing, keys(Performed), OPENED, TOO_LATE),
    "arrivals": (arriving, of_reports, RECEIVED, TOO_LATE),
    "reminders": (reminding, keys(NextReminder), SAY, '{"due": "soon"}'),
}
"""The reader, what it keeps, and what is poison to it."""


def tell(town: Book, count: int = 1) -> list[Case]:
    return [submit(told(town, service="pothole")).case for _ in range(count)]


def run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


class Poison:
    """Something in the database that is nonsense, until it is taken out again."""

    def __init__(self, sql: str, value: Any, case: Case) -> None:
        table = sql.split()[1]
        column = sql.split()[3]
        where = sql.partition("WHERE ")[2]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {column} FROM {table} WHERE {where}", [case.pk])
            self._before = cursor.fetchall()
        self._undo = f"UPDATE {table} SET {column} = %s WHERE id = %s"
        run(sql, value, case.pk)

    def take_out(self) -> None:
        for pk, value in self._before:
            run(self._undo, value, pk)


def test_a_reader_parks_what_it_cannot_take_and_goes_on(
    town: Book, caplog: pytest.LogCaptureFixture
) -> None:
    cases = tell(town, 3)
    for name, (module, kept, sql, value) in READERS.items():
        caplog.clear()
        bad = cases[1]
        poison = Poison(sql, value, bad)
        module.follow()
        assert not behind(module.READER), name
        assert kept() == {each.pk for each in cases} - {bad.pk}, name
        parked = Parked.objects.get()
        assert (parked.reader, parked.case_id, parked.tries) == (module.READER, bad.pk, 1)
        assert caplog.text.count("case parked") == 1

        cases += tell(town)
        module.follow()
        assert kept() == {each.pk for each in cases} - {bad.pk}, name

        with frozen(now() + timedelta(minutes=10)):
            reading.try_again()
        assert (Parked.objects.get().tries, caplog.text.count("case parked")) == (2, 1)

        poison.take_out()
        with frozen(now() + timedelta(minutes=20)):
            reading.try_again()
        assert kept() == {each.pk for each in cases}, name
        assert not Parked.objects.exists()


def test_what_a_later_event_mends_is_parked_no_longer(town: Book, coordinator: Actor) -> None:
    (case,) = tell(town)
    poison = Poison(*READERS["search"][2:], case)
    searching.follow()
    assert Parked.objects.exists()
    poison.take_out()
    talking.note(actor=coordinator, case_id=case.pk, text="a hole indeed")
    searching.follow()
    assert found() == {case.pk}
    assert not Parked.objects.exists()


def test_what_becomes_poison_while_it_waits_is_parked_too(town: Book) -> None:
    bad, good = tell(town, 2)
    counting.follow()
    Poison(*READERS["counts"][2:], bad)
    Counted.objects.update(moves_at=now() - timedelta(seconds=1))
    for _ in range(2):
        counting.follow()
    assert list(Counted.objects.filter(moves_at__lt=now())) == []
    assert Counted.objects.get(pk=good.pk).moves_at is not None
    assert list(Parked.objects.values_list("reader", "case", "tries")) == [("counts", bad.pk, 1)]


def test_what_is_no_fault_of_a_case_parks_nothing(town: Book) -> None:
    tell(town)
    for failure in (OperationalError, InterfaceError, OSError, MemoryError):

        def write(cases: Sequence[Case], failure: type[Exception] = failure) -> None:
            raise failure("the disk is full")

        with pytest.raises(failure):
            reading.read_batch("tests", write)
    # The tables of another version, which has not been migrated yet.
    with pytest.raises(Error):
        reading.read_batch("tests", lambda cases: run("SELECT no_such_column FROM records_case"))
    assert not Parked.objects.exists()
    assert behind("tests")


def test_an_old_copy_of_erased_words_is_not_called_gone(town: Book, coordinator: Actor) -> None:
    """The index holds what it held before: the job that forgets it waits until that is mended."""
    (case,) = tell(town)
    talking.note(actor=coordinator, case_id=case.pk, text="a hole indeed")
    searching.follow()
    poison = Poison(f"{SAY} AND seq = 2", '{"text": 7}', case)
    erasing.erase(actor=coordinator, report_id=case.reports.get().pk)
    searching.follow()
    erased = Event.objects.get(kind="erased")
    with pytest.raises(Later):
        searching.forget(event=erased.pk, case=case.pk)
    poison.take_out()
    reading.try_all_again()
    assert found() == {case.pk}, "by the note"
    searching.forget(event=erased.pk, case=case.pk)


def test_rows_are_made_anew_but_for_the_one_that_cannot(town: Book) -> None:
    bad, good = tell(town, 2)
    poison = Poison(SAY, "[]", bad)
    Case.objects.update(transfers=7)
    assert rebuild.rebuild(lambda done: None) == 1
    assert set(Case.objects.values_list("pk", "transfers")) == {(bad.pk, 7), (good.pk, 0)}
    assert list(Parked.objects.values_list("reader", "case")) == [("rows", bad.pk)]
    poison.take_out()
    assert reading.try_all_again() == (1, 0)
    assert Case.objects.get(pk=bad.pk).transfers == 0


def test_the_command_and_the_page_of_administrators(town: Book) -> None:
    (case,) = tell(town)
    poison = Poison(SAY, '{"text": 7}', case)
    event = case.events.get().pk
    Job.objects.all().delete()
    put("notices.plan", {"event": event, "case": case.pk})
    Job.objects.update(attempts=ATTEMPTS - 1)
    run_until_idle()
    assert Job.objects.get().parked_at is not None
    searching.follow()

    admin = Client(SERVER_NAME="localhost")
    admin.force_login(User.objects.create_superuser("root"))
    page = admin.get("/admin/records/parked/").content.decode()
    assert "TypeError" in page
    assert case.reference in page

    tried = CliRunner().invoke(front_door.app, ["retry"])
    assert (tried.exit_code, tried.output.splitlines()[:2]) == (
        1,
        ["1 parked jobs will run again", "0 of 1 parked cases are done"],
    )
    poison.take_out()
    tried = CliRunner().invoke(front_door.app, ["retry"])
    assert (tried.exit_code, tried.output.splitlines()[1]) == (0, "1 of 1 parked cases are done")
    run_until_idle()
    assert not Job.objects.filter(kind="notices.plan").exists()


NONSENSE = (
    *("[]", "{}", "7", '{"reference": {"a": 1}}'),
    '{"reference": "SML-AAAAAA", "service": 987654321}',
    '{"reference": "SML-AAAAAA", "into": 987654321}',
    '{"reference": "SML-AAAAAA", "into": [1]}',
    '{"reference": 123456789012345678901234567890}',
    '{"reference": ["\\ud800"]}',
)
"""Data of an event that brought a report. Half a character is taken by SQLite alone."""


def test_the_ledger_steps_over_nothing(
    town: Book, coordinator: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    before, *bad, after = tell(town, len(NONSENSE) + 2)
    for case, nonsense in zip(bad, NONSENSE, strict=True):
        taken = connection.vendor == "sqlite" or "ud800" not in nonsense
        run(SAY, nonsense if taken else "[]", case.pk)
    sealing.follow()
    sealed = Entry.objects.order_by("index")
    assert [each.event.case_id for each in sealed if each.event] == [
        each.pk for each in (before, *bad, after)
    ]
    assert [set(each.salts) for each in sealed[1 : len(bad) + 1]] == [{"by", "raw"}] * len(bad)
    parked = Parked.objects.order_by("case")
    assert [each.reader for each in parked] == [sealing.AS_IT_STANDS] * len(bad)
    assert [each.event for each in parked] == [each.events.get().pk for each in bad]
    assert caplog.text.count("case parked") == len(bad)

    for case in bad:
        talking.note(actor=coordinator, case_id=case.pk, text="it goes on")
    sealing.follow()
    assert Entry.objects.count() == 2 + 2 * len(bad)
    assert verify(processes=1).problems == []

    run(f"{SAY} AND seq = 1", '{"a": "lie"}', bad[3].pk)
    assert [each.index for each in verify(processes=1).problems] == [4]


def test_the_ledger_stops_before_what_it_cannot_seal_and_says_so(
    town: Book, caplog: pytest.LogCaptureFixture
) -> None:
    before, bad, _ = tell(town, 3)
    event = bad.events.get()
    never = "infinity" if connection.vendor == "postgresql" else "never"
    run("UPDATE records_event SET at = %s WHERE id = %s", never, event.pk)
    for _ in range(3):
        with suppress(Exception):
            sealing.follow()
    assert list(Entry.objects.values_list("event__case", flat=True)) == [before.pk]
    parked = Parked.objects.get()
    assert (parked.reader, parked.case_id, parked.event) == ("ledger", bad.pk, event.pk)
    assert caplog.text.count("case parked") == 1
    run("UPDATE records_event SET at = %s WHERE id = %s", str(event.at), event.pk)
    sealing.follow()
    assert Entry.objects.count() == 3
    assert not Parked.objects.exists()
    assert verify(processes=1).problems == []
