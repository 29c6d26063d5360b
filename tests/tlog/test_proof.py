"""Proof files: a true one is believed, and no other."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.tlog import merkle
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.note import Note, Signer
from ngoma.tlog.policy import Group, Policy
from ngoma.tlog.proof import Proof
from ngoma.tlog.refusal import BadProof, BadSignature, Malformed, Refused
from ngoma.tlog.tiles import Reader, Writer

SIZE = 1000
log = Signer("ledger.example/kla", bytes(range(32)))
witnesses = [Cosigner(f"w{number}.example", bytes([number]) * 32) for number in range(3)]
policy = Policy(log.name, (log.verifier,), Group(3, tuple(one.witness for one in witnesses)))


def entry(index: int) -> bytes:
    return b"entry %d" % index


def publish() -> tuple[Reader, Note]:
    writer = Writer()
    for index in range(SIZE):
        writer.append(entry(index))
    checkpoint = Checkpoint(log.name, writer.size, writer.root)
    cosignatures = [one.cosign(checkpoint, 1_790_000_000) for one in witnesses]
    reader = Reader(SIZE, writer.root, writer.take().__getitem__)
    return reader, checkpoint.sign(log).plus(*cosignatures)


READER, NOTE = publish()


def proof_of(index: int, extra: bytes = b"") -> Proof:
    hashes = merkle.prove_inclusion(index, SIZE, READER.read)
    return Proof(index, tuple(hashes), NOTE, extra)


def leaf(index: int) -> bytes:
    return merkle.leaf_hash(entry(index))


@given(st.integers(0, SIZE - 1), st.binary(max_size=100))
def test_a_proof_is_read_as_it_was_written_and_believed(index: int, extra: bytes) -> None:
    proof = Proof.parse(proof_of(index, extra).encode())
    assert proof == proof_of(index, extra)
    checkpoint, seen = proof.check(leaf(index), policy)
    assert (checkpoint.size, checkpoint.root) == (SIZE, merkle.tree_hash(SIZE, READER.read))
    assert set(seen.values()) == {1_790_000_000}


def test_the_file_has_the_lines_of_the_specification() -> None:
    lines = proof_of(7, b"more").encode().decode().split("\n")
    gap = lines.index("")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 7"]
    assert gap == 3 + 10  # a tree of 1,000 is ten levels high
    assert lines[gap + 1 : gap + 3] == [log.name, "1000"]
    assert proof_of(0).encode().startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n")


def test_a_log_of_one_entry_needs_no_hashes() -> None:
    root = leaf(0)
    note = Checkpoint(log.name, 1, root).sign(log)
    alone = Policy(log.name, (log.verifier,))
    data = Proof(0, (), note).encode()
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nledger.example/kla\n1\n")
    assert Proof.parse(data).check(root, alone)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n",
        "c2sp.org/tlog-proof@v1\nindex\n",
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n",
        "c2sp.org/tlog-proof@v1\nextra bW9yZR==\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nextra bW9yZQ==\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra bW9yZQ==\n",
        "c2sp.org/tlog-proof@v1\nextra bW9yZQ==\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nbW9yZQ==\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nä\n",
    ],
)
def test_what_is_almost_a_proof_is_malformed(head: str) -> None:
    with pytest.raises(Malformed):
        Proof.parse(head.encode() + b"\n" + NOTE.encode())


def test_a_proof_without_a_checkpoint_is_malformed() -> None:
    head, _, _ = proof_of(3).encode().partition(b"\n\n")
    for tail in (b"", b"\n", b"\n\n", b"\n\n" + NOTE.text.encode()):
        with pytest.raises(Malformed):
            Proof.parse(head + tail)


def test_a_proof_of_one_entry_proves_no_other() -> None:
    with pytest.raises(BadProof):
        proof_of(3).check(leaf(4), policy)
    moved = Proof(4, proof_of(3).hashes, NOTE)
    with pytest.raises(BadProof):
        moved.check(leaf(3), policy)


def test_a_proof_against_another_log_is_refused() -> None:
    stranger = Signer("ledger.example/sel", bytes(32))
    other = Policy(stranger.name, (stranger.verifier,))
    with pytest.raises(BadSignature):
        proof_of(3).check(leaf(3), other)


def test_a_thousand_flipped_bits_in_proofs_are_refused() -> None:
    chance = random.Random(1000)
    for index in chance.sample(range(SIZE), 100):
        data = proof_of(index).encode()
        Proof.parse(data).check(leaf(index), policy)
        for bit in chance.sample(range(len(data) * 8), 10):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            with pytest.raises(Refused):
                Proof.parse(bytes(flipped)).check(leaf(index), policy)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_proof_or_refused(data: bytes) -> None:
    for file in (data, b"c2sp.org/tlog-proof@v1\n" + data, data + NOTE.encode()):
        with pytest.raises(Refused):
            Proof.parse(file)
