"""A log and its witness talk: growth is cosigned, anything else refused as the protocol says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.tlog import merkle
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner, cosigned
from ngoma.tlog.note import Note, Signature, Signer
from ngoma.tlog.refusal import BadSignature, Malformed
from ngoma.tlog.witness import (
    Answer,
    Request,
    add_cosignatures,
    decide,
    monitor_path,
    read_size,
)

log = Signer("ledger.example/kla", bytes(range(32)))
cosigner = Cosigner("witness.example/sel", bytes(32))
NOW = 1_790_000_000


class Tree:
    """A log's tree, and what it sends to witnesses."""

    def __init__(self, size: int, changed: int | None = None) -> None:
        self.hashes: list[bytes] = []
        self.frontier = merkle.Frontier()
        for index in range(size):
            entry = b"another" if index == changed else b"%d" % index
            self.hashes += self.frontier.append(merkle.leaf_hash(entry))

    def read(self, level: int, index: int) -> bytes:
        return self.hashes[merkle.stored_index(level, index)]

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(log.name, size, merkle.tree_hash(size, self.read))

    def request(self, old: int, new: int, signer: Signer = log) -> Request:
        proof = merkle.prove_consistency(old, new, self.read) if 0 < old <= new else []
        return Request(old, tuple(proof), self.checkpoint(new).sign(signer))


tree = Tree(100)
forked = Tree(100, changed=20)


def ask(body: bytes, held: Checkpoint | None = None) -> Answer:
    logs = {log.name: [log.verifier]}
    return decide(body, logs, {log.name: held}.get, cosigner, NOW)


@given(st.integers(0, 100), st.integers(0, 100))
def test_growth_is_cosigned(a: int, b: int) -> None:
    old, new = sorted((a, b))
    held = tree.checkpoint(old) if old else None
    request = tree.request(old, new)
    assert Request.parse(request.encode()) == request
    answer = ask(request.encode(), held)
    assert answer.status == 200
    assert answer.keep is not None
    assert Checkpoint.parse(answer.keep.text) == tree.checkpoint(new)
    together = add_cosignatures(request.note, answer.body, [cosigner.witness])
    assert together == answer.keep
    assert cosigned(together, [cosigner.witness]) == {cosigner.witness: NOW}


def test_the_body_has_the_lines_of_the_specification() -> None:
    lines = tree.request(3, 4).encode().decode().split("\n")
    assert lines[0] == "old 3"
    assert lines[4:7] == ["", log.name, "4"]
    assert tree.request(0, 4).encode().startswith(b"old 0\n\nledger.example/kla\n4\n")


def test_a_rewritten_log_is_refused() -> None:
    for old, new in ((21, 22), (50, 100), (100, 100)):
        answer = ask(forked.request(old, new).encode(), tree.checkpoint(old))
        assert (answer.status, answer.keep) == (422, None)
    assert ask(forked.request(20, 30).encode(), tree.checkpoint(20)).status == 200


def test_the_size_held_is_told_to_who_does_not_know_it() -> None:
    answer = ask(tree.request(0, 60).encode(), tree.checkpoint(50))
    assert (answer.status, answer.content_type, answer.body) == (409, "text/x.tlog.size", b"50\n")
    assert read_size(answer.body) == 50
    assert ask(tree.request(50, 60).encode()).body == b"0\n"
    assert ask(tree.request(40, 45).encode(), tree.checkpoint(50)).status == 409


def test_a_log_cannot_shrink() -> None:
    held = tree.checkpoint(50)
    assert ask(Request(50, (), tree.checkpoint(40).sign(log)).encode(), held).status == 400


def test_strangers_are_refused() -> None:
    unknown = Checkpoint("elsewhere.example", 1, bytes(32)).sign(log)
    assert ask(Request(0, (), unknown).encode()).status == 404
    stranger = Signer(log.name, bytes(32))
    assert ask(tree.request(0, 10, stranger).encode()).status == 403
    note = tree.checkpoint(10).sign(log)
    false = Note(note.text, (Signature(log.name, log.id, bytes(64)),))
    assert ask(Request(0, (), false).encode()).status == 403


def test_unknown_signatures_are_neither_believed_nor_kept() -> None:
    stranger = Signer("stranger.example", bytes(32))
    request = tree.request(0, 10)
    note = request.note.plus(stranger.sign(request.note.text))
    answer = ask(Request(0, (), note).encode())
    assert answer.keep is not None
    assert [one.name for one in answer.keep.signatures] == [log.name, cosigner.name]


def test_an_empty_tree_has_one_root_and_no_proof() -> None:
    assert ask(tree.request(0, 0).encode()).status == 200
    wrong = Checkpoint(log.name, 0, bytes(32)).sign(log)
    assert ask(Request(0, (), wrong).encode()).status == 422
    needless = Request(0, (bytes(32),), tree.checkpoint(10).sign(log))
    assert ask(needless.encode()).status == 422


NOTE = tree.checkpoint(10).sign(log).encode()
HASH = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\n",
        "old\n\n",
        "old 01\n\n",
        "old -1\n\n",
        "old  1\n\n",
        "new 1\n\n",
        "old 0\n",
        f"old 1\n{HASH}",
        "old 1\nAAAA\n\n",
        f"old 1\n{HASH * 64}\n",
        "old 9223372036854775808\n\n",
        "old 1\r\n\n",
        "old 1\nä\n\n",
        "old 0\n\n\n",
    ],
)
def test_what_is_no_request_is_a_bad_one(head: str) -> None:
    assert ask(head.encode() + NOTE).status == 400


def test_63_hashes_are_read() -> None:
    assert len(Request.parse(f"old 1\n{HASH * 63}\n".encode() + NOTE).proof) == 63


def test_a_thousand_flipped_bits_in_requests_are_refused() -> None:
    chance = random.Random(1000)
    for _ in range(1000):
        old, new = sorted(chance.sample(range(1, 101), 2))
        data = bytearray(tree.request(old, new).encode())
        bit = chance.randrange(len(data) * 8)
        data[bit // 8] ^= 1 << bit % 8
        answer = ask(bytes(data), tree.checkpoint(old))
        assert (answer.status in {400, 403, 404, 409, 422}, answer.keep) == (True, None)


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(body: bytes) -> None:
    assert ask(body).status == 400
    assert ask(b"old 0\n\n" + body).status == 400


def test_cosignatures_of_strangers_are_not_taken() -> None:
    request = tree.request(0, 10)
    stranger = Cosigner("stranger.example", bytes([1]) * 32)
    theirs = f"{stranger.cosign(tree.checkpoint(10), NOW)}\n".encode()
    ours = ask(request.encode()).body
    both = add_cosignatures(request.note, theirs + ours, [cosigner.witness])
    assert [one.name for one in both.signatures] == [log.name, cosigner.name]
    with pytest.raises(BadSignature):
        add_cosignatures(request.note, theirs, [cosigner.witness])


@pytest.mark.parametrize("change", [b"", b"\n", b"\n\xff\n", b"\n\n", b"\nmore\n"])
def test_an_answer_is_lines_of_signatures(change: bytes) -> None:
    request = tree.request(0, 10)
    body = ask(request.encode()).body
    wrong = body[:-1] + change if change != b"\n" else b"\n" + body
    with pytest.raises(Malformed):
        add_cosignatures(request.note, wrong, [cosigner.witness])


def test_a_cosignature_of_another_checkpoint_is_not_taken() -> None:
    body = ask(tree.request(0, 11).encode()).body
    with pytest.raises(BadSignature):
        add_cosignatures(tree.request(0, 10).note, body, [cosigner.witness])


@pytest.mark.parametrize(
    "body", [b"", b"5", b"05\n", b"5\n\n", b"five\n", b"%d\n" % 2**63, "٥\n".encode()]
)
def test_what_is_no_size(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_size(body)


def test_where_monitors_look() -> None:
    hashed = "ef7c28552036ef146adc01f961cf5ba94e8e53a50a63401cb0993c9626b984cb"
    assert monitor_path("ledger.example/kla") == f"{hashed}/checkpoint"
