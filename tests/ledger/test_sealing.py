"""Events become entries: each once, in order, with nothing private in them."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from ngoma.base.clock import now
from ngoma.casework.recording import History, record
from ngoma.cities.book import Book
from ngoma.ledger import publishing, sealing, tree
from ngoma.ledger.verifying import verify
from ngoma.records.models import Checkpoint, Entry, Event
from ngoma.tlog.tiles import Reader, decode_bundle


def test_every_event_is_sealed_once_and_the_whole_verifies(live: Callable[..., None]) -> None:
    live(150)
    assert Entry.objects.count() == Event.objects.count() >= 150
    found = verify(processes=1)
    assert found.problems == []
    assert (found.entries, found.events) == (Entry.objects.count(),) * 2
    assert found.checkpoints == Checkpoint.objects.count() > 10
    assert (found.waiting, found.late, found.erased) == (0, found.late, 0)


def test_files_lead_to_the_root_that_was_signed(live: Callable[..., None]) -> None:
    live(300)
    published = publishing.newest()
    policy = publishing.policy()
    assert published
    assert policy
    checkpoint, _ = policy.check(published.note)
    reader = Reader(checkpoint.size, checkpoint.root, lambda path: tree.file(path, checkpoint.size))
    found = [entry for index in range(2) for entry in reader.entries(index)]
    assert len(found) == checkpoint.size
    assert found == [bytes(each.content) for each in Entry.objects.order_by("index")]
    assert msgspec.json.decode(found[0])["kind"] == "opened"
    assert decode_bundle(tree.file("tile/entries/000", checkpoint.size), 256) == found[:256]


def test_what_an_older_system_recorded_is_sealed_whatever_it_holds(town: Book) -> None:
    """Numbers that JSON cannot say to everybody stop nothing."""
    source = {"id": 2**63 - 1, "share": 1e-9, "nested": [{"\U0001f600": 1.0}], "text": "x" * 70_000}
    history = History(
        key="1", opened_at=now() - timedelta(days=900), words="An old hole", source=source
    )
    record(town, [history], origin="boston")
    assert sealing.seal() == 2
    assert verify(processes=1).problems == []
    assert list(Entry.objects.values_list("late", flat=True)) == [True, True]
