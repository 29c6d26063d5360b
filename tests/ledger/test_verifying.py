"""Whoever changes what happened past the program is found, and so is what they changed."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from ngoma.ledger import verifying
from ngoma.ledger.sealing import READER
from ngoma.ledger.verifying import verify
from ngoma.records.models import Bookmark, Case, Entry, Event, Report, Subtree
from tests.processes import begin

Tamper = Callable[[Random, Event], int]
"""Changes something of an event by SQL alone; returns the index at which that must show first."""


def _index(event: Event) -> int:
    return Entry.objects.get(event=event).index


def _sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def kind(draw: Random, event: Event) -> int:
    _sql("UPDATE records_event SET kind = %s WHERE id = %s", "closed2", event.pk)
    return _index(event)


def backdate(draw: Random, event: Event) -> int:
    earlier = event.at - timedelta(microseconds=draw.randrange(1, 10**12))
    _sql("UPDATE records_event SET at = %s WHERE id = %s", earlier, event.pk)
    return _index(event)


def who(draw: Random, event: Event) -> int:
    other = "system" if event.actor != "system" else "resident"
    _sql("UPDATE records_event SET actor = %s WHERE id = %s", other, event.pk)
    return _index(event)


def data(draw: Random, event: Event) -> int:
    event.data["text"] = f"{event.data.get('text', '')}."
    event.save(update_fields=["data"])
    return _index(event)


def added(draw: Random, event: Event) -> int:
    event.data["more"] = draw.random()
    event.save(update_fields=["data"])
    return _index(event)


def words(draw: Random, event: Event) -> int:
    """What a reporter said, in the entry that brought the report."""
    report = draw.choice(list(Report.objects.all()))
    _sql("UPDATE records_report SET words = words || ' ' WHERE id = %s", report.pk)
    return Entry.objects.filter(report=report).order_by("index")[0].index


def delete(draw: Random, event: Event) -> int:
    """Gone, with the entry left behind, as somebody does who switches the constraints off."""
    index = _index(event)
    Entry.objects.filter(event=event).update(event=None)
    _sql("DELETE FROM records_event WHERE id = %s", event.pk)
    return index


def delete_all(draw: Random, event: Event) -> int:
    index = _index(event)
    _sql("DELETE FROM records_entry WHERE event_id = %s", event.pk)
    _sql("DELETE FROM records_event WHERE id = %s", event.pk)
    return index


def reorder(draw: Random, event: Event) -> int:
    """Two events of one case change places."""
    others = Event.objects.filter(case=event.case_id).exclude(pk=event.pk).order_by("pk")
    if not others:
        return kind(draw, event)
    other = draw.choice(list(others))
    for number, seq in ((event.pk, 10_000), (other.pk, event.seq), (event.pk, other.seq)):
        _sql("UPDATE records_event SET seq = %s WHERE id = %s", seq, number)
    return min(_index(event), _index(other))


def insert(draw: Random, event: Event) -> int:
    """An event among those that are sealed already, and the case's row says so."""
    case = Case.objects.get(pk=event.case_id)
    last = Event.objects.get(case=case, seq=case.version)
    new = Event(
        pk=-draw.randrange(1, 10**6), case=case, seq=case.version + 1, kind="noted",
        at=last.at, actor="system", data={}, transaction=last.transaction,
    )  # fmt: skip
    new.save(force_insert=True)
    _sql("UPDATE records_case SET version = version + 1 WHERE id = %s", case.pk)
    return 0


def entry(draw: Random, event: Event) -> int:
    """The entry itself is written anew, its hash too."""
    from ngoma.tlog.merkle import leaf_hash

    row = Entry.objects.get(event=event)
    content = bytes(row.content).replace(b'"seq":', b'"seq": ')
    Entry.objects.filter(pk=row.pk).update(content=content, leaf=leaf_hash(content))
    return row.index


TAMPERS: tuple[Tamper, ...] = (
    kind, backdate, who, data, added, words, delete, delete_all, reorder, insert, entry,
)  # fmt: skip


def test_a_thousand_tamperings_are_found_where_they_are(live: Callable[..., None]) -> None:
    live(60)
    assert verify(processes=1).problems == []
    events, draw = list(Event.objects.order_by("pk")), Random(5)
    rounds = 1000 if connection.vendor == "sqlite" else 110
    for number in range(rounds):
        tamper = TAMPERS[number % len(TAMPERS)]
        with transaction.atomic():
            event = Event.objects.get(pk=draw.choice(events).pk)
            expected = tamper(draw, event)
            problems = verify(processes=1).problems
            assert problems, (number, tamper.__name__)
            assert problems[0].index == expected, (number, tamper.__name__, problems)
            transaction.set_rollback(True)
    assert verify(processes=1).problems == []


def test_a_tile_that_is_not_of_its_entries_is_found(live: Callable[..., None]) -> None:
    """What proofs are made of is kept beside the entries."""
    live(270)
    kept = Subtree.objects.get(level=1, index=0)
    for wrong in (bytes(32) + bytes(kept.tile)[32:], bytes(kept.tile)[32:], b""):
        Subtree.objects.filter(pk=kept.pk).update(tile=wrong)
        (problem,) = verify(processes=1).problems
        assert (problem.index, "hashes that were kept" in problem.what) == (255, True)


def test_an_event_that_was_never_sealed_is_named(live: Callable[..., None]) -> None:
    live(30)
    last = Event.objects.order_by("pk").last()
    assert last
    Entry.objects.filter(event=last).delete()
    Bookmark.objects.filter(reader=READER).update(event=last.pk)
    found = [problem.what for problem in verify(processes=1).problems]
    assert any("is not in the log" in what for what in found), found


def verify_with_two() -> None:
    """In a process of its own, as the command does it: one that has threads is not to be forked."""
    verifying.SPAN = 40
    done: list[tuple[int, int]] = []
    found = verify(lambda *each: done.append(each), processes=2)
    sys.stdout.write(json.dumps([found.entries, done[-1], [each.index for each in found.problems]]))


def test_several_processes_find_the_same(live: Callable[..., None]) -> None:
    def found() -> Any:
        said, _ = begin(__name__, "verify_with_two").communicate(timeout=60)
        return json.loads(said)

    live(150)
    count = Entry.objects.count()
    assert found() == [count, [count, count], []]
    expected = backdate(Random(1), Event.objects.order_by("pk")[77])
    assert found() == [count, [count, count], [expected]]
