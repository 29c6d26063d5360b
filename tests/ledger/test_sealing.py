"""Events become entries: each once, in order, with nothing private in them."""

from collections.abc import Callable

import msgspec

from ngoma.ledger import publishing, tree
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
