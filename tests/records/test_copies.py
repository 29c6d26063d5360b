"""A copy of the database in another server: its readers go on where they were."""

from random import Random

import pytest
from django.db import connection, transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.intake.submit import submit
from ngoma.records.models import Bookmark, Event
from ngoma.records.queries.events import advance, read_on
from ngoma.records.sql.transactions import begin_anew
from tests.intake import told

pytestmark = pytest.mark.django_db(transaction=True)

OF_ANOTHER_SERVER = 1 << 40
READERS = ("arrivals", "counts", "ledger", "search")


def read_all(reader: str) -> list[int]:
    found: list[int] = []
    with transaction.atomic():
        while events := read_on(reader, 7):
            found += [event.pk for event in events]
            advance(reader, events[-1])
    return found


@pytest.mark.parametrize("seed", range(12))
def test_each_reader_reads_what_it_had_before_it(town: Book, seed: int) -> None:
    """Also where numbers of events were given in another order than their transactions."""
    draw = Random(seed)
    case_id = submit(told(town)).report.case_id
    Event.objects.bulk_create(
        Event(
            case_id=case_id, seq=seq, kind="noted", at=now(), actor="staff",
            transaction=_transaction(draw, seq),
        )
        for seq in range(2, 40)
    )  # fmt: skip
    ordered = list(Event.objects.order_by("transaction", "pk"))
    unread = {}
    for reader in READERS:
        read = draw.randrange(len(ordered) + 1)
        unread[reader] = [event.pk for event in ordered[read:]]
        if read:
            last = ordered[read - 1]
            Bookmark.objects.create(reader=reader, transaction=last.transaction, event=last.pk)
        else:
            Bookmark.objects.create(reader=reader)
    begin_anew("ledger")
    new = submit(told(town, key="after")).report
    came = list(Event.objects.filter(case=new.case_id).values_list("pk", flat=True))
    assert sorted(read_all("ledger")) == sorted(unread["ledger"] + came), "each exactly once"
    for reader in READERS:
        assert set(unread[reader] + came) <= set(read_all(reader)) | set(unread["ledger"] + came)
    assert len(read_all("a reader that is new")) == len(ordered) + len(came)


def _transaction(draw: Random, seq: int) -> int:
    """About in order, as writers that overlap have it; SQLite has one writer, and none."""
    if connection.vendor == "sqlite":
        return 0
    return OF_ANOTHER_SERVER + seq + draw.randrange(8)
