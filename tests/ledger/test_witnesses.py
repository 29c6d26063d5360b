"""Whom the city cannot talk into anything: witnesses, kept checkpoints, old receipts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.cities.book import Book
from ngoma.ledger import asking, keys, publishing, receipts, sealing, witnessing
from ngoma.ledger.verifying import verify
from ngoma.records.models import Asked, Bookmark, Chain, Checkpoint, Day, Entry, Subtree
from ngoma.tlog import witness as protocol
from ngoma.tlog.checkpoint import Checkpoint as Said
from ngoma.tlog.cosignature import Witness
from ngoma.tlog.merkle import leaf_hash
from ngoma.tlog.note import Note
from ngoma.tlog.proof import Proof
from ngoma.work.worker import run_until_idle
from tests.ledger.conftest import tell
from tests.ledger.witnesses import Elsewhere, running

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST_RECEIPT = 3000


@pytest.fixture
def three(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[list[Elsewhere]]:
    """Three witnesses of our log, of which two have to cosign."""
    found = [Elsewhere(f"w{number}.example/witness") for number in range(3)]
    with running(*found):
        key = keys.signers()[0].verifier
        lines = [f"witness w{i} {w.cosigner.witness} {w.url}" for i, w in enumerate(found)]
        policy = tmp_path / "policy"
        policy.write_text("\n".join([*lines, "group g 2 w0 w1 w2", "quorum g", ""]))
        settings.NGOMA_LEDGER_POLICY = str(policy)
        for each in found:
            each.logs[key.name] = [key]
        yield found


def step() -> None:
    """What the worker does once a second."""
    sealing.follow()
    asking.watch()
    run_until_idle()


def test_what_two_of_three_cosigned_is_published(town: Book, three: list[Elsewhere]) -> None:
    report = tell(town, key="1")
    sealing.follow()
    assert publishing.newest() is None
    assert receipts.recorded(receipts.of_report(report.pk)) is None
    three[1].down = True
    step()
    published = publishing.newest()
    assert published
    assert published.witnesses == 2
    three[1].down = False
    with frozen(now() + timedelta(seconds=30)):
        step()
    published, policy = publishing.newest(), publishing.policy()
    assert published
    assert policy
    assert published.witnesses == 3
    entry = receipts.of_report(report.pk)
    receipt = receipts.receipt(entry) if entry else None
    assert entry
    assert receipt
    proof = Proof.parse(receipt.partition(b"\n\n")[2])
    checkpoint, seen = proof.check(leaf_hash(bytes(entry.content)), policy)
    assert checkpoint.size == published.size
    assert len(seen) == 3
    # A log of a million has twenty hashes in a proof, of 45 bytes each.
    longer = 45 * (20 - len(proof.hashes))
    assert len(receipt) + longer <= LONGEST_RECEIPT


def test_intake_goes_on_without_witnesses(
    town: Book, three: list[Elsewhere], caplog: Any, monkeypatch: Any
) -> None:
    for each in three:
        each.down = True
    told = [tell(town, key=str(number)) for number in range(3)]
    with frozen(now()):
        step()
        asked = three[0].asked
        step()
        assert three[0].asked == asked, "it is not asked again at once"
    assert publishing.newest() is None
    assert all(receipts.recorded(receipts.of_report(each.pk)) is None for each in told)
    failed = Asked.objects.get(name=three[0].cosigner.name)
    assert failed.failed_at
    assert "503" in failed.failure
    alarms: list[str] = []
    monkeypatch.setattr(
        asking.log, "error", lambda text, **more: alarms.append(text), raising=False
    )
    with frozen(now() + timedelta(minutes=11)):
        told.append(tell(town, key="late"))
        step()
        assert alarms == ["the ledger waits for its witnesses"]
        for each in three:
            each.down = False
    with frozen(now() + timedelta(minutes=30)):
        step()
        assert publishing.waiting_since() is None
        assert all(receipts.recorded(receipts.of_report(each.pk)) for each in told)
    assert not Asked.objects.exclude(failed_at=None).exists()


def test_a_witness_that_lost_its_memory_is_told_everything(
    town: Book, three: list[Elsewhere]
) -> None:
    tell(town, key="1")
    step()
    for each in three:
        each.seen.clear()
    tell(town, key="2")
    step()
    published = publishing.newest()
    assert published
    assert (published.size, published.witnesses) == (Entry.objects.count(), 3)


def test_times_stay_close_while_nothing_happens(town: Book, three: list[Elsewhere]) -> None:
    tell(town, key="1")
    step()
    with frozen(now() + timedelta(hours=1)):
        step()
        published = publishing.newest()
        assert published
        assert published.made_at == now()
    assert Checkpoint.objects.count() == 2
    assert verify(processes=1).problems == []


def test_a_rewriting_by_the_key_holder_convinces_nobody(
    live: Callable[..., None], three: list[Elsewhere], town: Book
) -> None:
    """All tables are made anew from changed events and signed with the right key."""
    live(40)
    report = tell(town, key="mine")
    step()
    kept = publishing.newest()
    entry = receipts.of_report(report.pk)
    assert kept
    assert entry
    receipt = receipts.receipt(entry)
    assert receipt
    for table in (Day, Entry, Chain, Subtree, Checkpoint):
        table.objects.all().delete()
    Bookmark.objects.filter(reader=sealing.READER).delete()
    event = report.case.events.order_by("seq")[0]
    event.at -= timedelta(days=1)
    event.save()
    with frozen(now() + timedelta(seconds=60)):
        tell(town, key="more")
        step()
    # Its own tables agree with each other; only what others hold does not.
    assert verify(processes=1).problems == []
    assert publishing.newest() is None
    assert {row.failure.partition(":")[0] for row in Asked.objects.all()} == {"NoCosignature"}
    old = Proof.parse(receipt.partition(b"\n\n")[2]).note
    for note in (kept.note, old):
        (problem,) = verify(processes=1, kept=[note]).problems
        assert "not those that were signed" in problem.what


def test_who_witnesses_nobody_has_no_such_door(client: Client, transactional_db: None) -> None:
    for answer in (
        client.post("/witness/add-checkpoint", b"old 0\n", content_type="text/plain"),
        client.get("/witness/vkey"),
    ):
        assert answer.status_code == 404


@pytest.fixture
def other(settings: Any, tmp_path: Path, transactional_db: None) -> Any:
    """Another city's log, which we witness."""
    from ngoma.tlog.note import Signer

    signer = Signer("seoul.example/ledger", bytes(range(32)))
    logs = tmp_path / "logs"
    logs.write_text(f"# logs that we witness\n{signer.verifier}\n")
    settings.NGOMA_WITNESS_LOGS = str(logs)
    settings.NGOMA_DATA = tmp_path
    return signer


def test_cities_witness_each_other(client: Client, other: Any) -> None:
    from ngoma.tlog.merkle import Frontier, prove_consistency, root_of

    leaves = [leaf_hash(b"%d" % number) for number in range(8)]

    def ask(old: int, row: list[bytes], size: int) -> Any:
        def read(level: int, index: int) -> bytes:
            return root_of(row[index << level : (index + 1) << level])

        frontier = Frontier.at(size, read)
        note = Said(other.name, size, frontier.root).sign(other)
        proof = prove_consistency(old, size, read) if 0 < old <= size else []
        body = protocol.Request(old, tuple(proof), note).encode()
        return note, client.post("/witness/add-checkpoint", body, content_type="text/plain")

    witness = Witness.parse(client.get("/witness/vkey").content.decode().strip())
    note, answer = ask(0, leaves, 3)
    assert answer.status_code == 200
    assert protocol.add_cosignatures(note, answer.content, [witness])
    _, answer = ask(0, leaves, 8)
    assert (answer.status_code, answer.content) == (409, b"3\n")
    assert answer["Content-Type"] == protocol.SIZE
    forged = [leaf_hash(b"forged"), *leaves[1:]]
    assert ask(3, forged, 8)[1].status_code == 422
    assert ask(3, leaves, 8)[1].status_code == 200
    assert ask(8, forged, 8)[1].status_code == 422
    kept = client.get(f"/witness/{protocol.monitor_path(other.name)}")
    assert Said.parse(Note.parse(kept.content).text).size == 8
    assert (
        client.post("/witness/add-checkpoint", b"x", content_type="text/plain").status_code == 400
    )
    assert client.get("/witness/add-checkpoint").status_code == 405
    assert witnessing.latest("0" * 64) is None


def test_a_policy_that_cannot_be_read_publishes_nothing_and_stops_nothing(
    town: Book, settings: Any, tmp_path: Path
) -> None:
    tell(town, key="1")
    sealing.follow()
    published = publishing.newest()
    (tmp_path / "policy").write_text("witness w nonsense\nquorum w")
    settings.NGOMA_LEDGER_POLICY = str(tmp_path / "policy")
    tell(town, key="2")
    sealing.follow()
    assert Entry.objects.count() == 2
    assert publishing.newest() == published
    settings.NGOMA_LEDGER_POLICY = ""
    tell(town, key="3")
    sealing.follow()
    newest = publishing.newest()
    assert newest
    assert newest.size == 3


def test_old_checkpoints_are_thinned_out(town: Book) -> None:
    """Of many in an hour one stays for every five minutes, and the log still verifies."""
    began = now() - timedelta(days=2)
    for minute in range(60):
        with frozen(began + timedelta(minutes=minute)):
            tell(town, key=str(minute))
            sealing.seal()
    count, newest = Checkpoint.objects.count(), publishing.newest()
    assert count == 60
    publishing.thin_out()
    assert Checkpoint.objects.count() == 60 // 5 + 1
    publishing.thin_out()
    assert Checkpoint.objects.count() == 60 // 5 + 1
    assert publishing.newest() == newest
    assert verify(processes=1).problems == []
