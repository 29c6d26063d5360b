"""Checkpoints, their cosignatures and whom a reader trusts, on published and our own logs."""

import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ngoma.tlog.checkpoint import Checkpoint, open_checkpoint
from ngoma.tlog.cosignature import Cosigner, Witness, cosigned
from ngoma.tlog.note import Note, Signature, Signer, Verifier
from ngoma.tlog.policy import Group, Policy
from ngoma.tlog.refusal import BadSignature, Malformed, Refused

# A checkpoint of a Certificate Transparency log that four public witnesses cosigned in May 2026.
PUBLISHED = (Path(__file__).parent / "vectors" / "cosigned.txt").read_bytes()
PUBLISHED_POLICY = Policy(
    "arche2025h1.staging.ct.transparency.dev",
    (
        Verifier.parse(
            "arche2025h1.staging.ct.transparency.dev+ba2f06c0"
            "+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
        ),
    ),
    Group(
        4,
        (
            Witness.parse(
                "transparency.dev/DEV:witness-little-garden+d8042a87"
                "+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
            ),
            Witness.parse(
                "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO"
            ),
            Witness.parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"),
            Witness.parse(
                "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv"
            ),
        ),
    ),
)
# A checkpoint of Go's checksum database, whose key is not called as its origin is.
GO_SUM = """go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
"""  # noqa: E501
GO_KEY = Verifier.parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")

log = Signer("ledger.example/kla", bytes(range(32)))
witnesses = [Cosigner(f"w{number}.example", bytes([number]) * 32) for number in range(3)]
checkpoint = Checkpoint(log.name, 18_204, bytes(range(32)))
policy = Policy(log.name, (log.verifier,), Group(2, tuple(one.witness for one in witnesses)))

checkpoints = st.builds(
    Checkpoint,
    st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32), min_size=1), max_size=3
    ).map(tuple),
)


def seen_by(count: int) -> Note:
    return checkpoint.sign(log).plus(*(one.cosign(checkpoint, 1000) for one in witnesses[:count]))


def test_a_published_checkpoint_with_four_cosignatures() -> None:
    found, seen = PUBLISHED_POLICY.check(Note.parse(PUBLISHED))
    assert found.size == 1_432_088_532
    assert seen == dict.fromkeys(PUBLISHED_POLICY.witnesses, 1_779_573_024)
    assert Note.parse(PUBLISHED).encode() == PUBLISHED


def test_a_published_checkpoint_whose_key_has_another_name() -> None:
    note = Note.parse(GO_SUM.encode())
    found = open_checkpoint(note, "go.sum database tree", [GO_KEY])
    assert (found.size, found.text) == (35_225_469, note.text)
    with pytest.raises(BadSignature):
        open_checkpoint(note, "sum.golang.org", [GO_KEY])


def test_the_example_of_the_specification_is_dated() -> None:
    line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="  # noqa: E501
    signature = Signature.parse(line)
    assert (signature.key_id.hex(), int.from_bytes(signature.value[:8])) == (
        "8d66cf3f",
        1_679_315_147,
    )


@given(checkpoints)
def test_a_checkpoint_is_read_as_it_was_written(one: Checkpoint) -> None:
    assert Checkpoint.parse(one.text) == one
    assert open_checkpoint(Note.parse(one.sign(log).encode()), one.origin, [log.verifier]) == one


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"o\n1\n{ROOT}",
        "o\n1\n",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n1 \n{ROOT}\n",
        f"o\n1_0\n{ROOT}\n",
        f"o\n١\n{ROOT}\n",
        f"o\n9223372036854775808\n{ROOT}\n",
        f"o\n{'9' * 5000}\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n",
        f"o\n1\n{ROOT.replace('2I=', '2J=')}\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqomw==\n",
        f"o\n1\n{ROOT}\n\n",
        f"o\n1\n{ROOT}\n\nmore\n",
        f"o\n1\r\n{ROOT}\n",
    ],
)
def test_what_is_almost_a_checkpoint_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


def test_a_quorum_of_witnesses_is_asked_for() -> None:
    with pytest.raises(BadSignature, match="1 of 3"):
        policy.check(seen_by(1))
    assert policy.check(seen_by(2)) == (
        checkpoint,
        {one.witness: 1000 for one in witnesses[:2]},
    )


def test_witnesses_cannot_stand_in_for_the_log() -> None:
    note = Note(checkpoint.text, tuple(one.cosign(checkpoint, 1000) for one in witnesses))
    assert len(cosigned(note, policy.witnesses)) == 3
    with pytest.raises(BadSignature):
        policy.check(note)


@pytest.mark.parametrize("times", [(2000, 1000), (1000, 2000)])
def test_a_witness_that_signs_twice_counts_once(times: tuple[int, int]) -> None:
    (witness, *_) = witnesses
    note = checkpoint.sign(log)
    twice = Note(note.text, (*note.signatures, *(witness.cosign(checkpoint, at) for at in times)))
    assert cosigned(twice, policy.witnesses) == {witness.witness: 1000}
    with pytest.raises(BadSignature):
        policy.check(twice)


def test_a_cosignature_is_bound_to_its_time_and_checkpoint() -> None:
    (witness, *_) = witnesses
    true = witness.cosign(checkpoint, 1000)
    later = Signature(true.name, true.key_id, (1001).to_bytes(8, "big") + true.value[8:])
    undated = Signature(true.name, true.key_id, true.value[8:])
    for wrong in (later, undated):
        with pytest.raises(BadSignature):
            cosigned(checkpoint.sign(log).plus(wrong), policy.witnesses)
    other = Checkpoint(log.name, 18_205, checkpoint.root)
    with pytest.raises(BadSignature):
        cosigned(other.sign(log).plus(true), policy.witnesses)


@pytest.mark.parametrize("at", [1_679_315_147, 2**63 - 1, 2**63])
def test_a_cosignature_made_by_hand(at: int) -> None:
    """Over the message of the specification, with a time that it allows or just not."""
    key = Ed25519PrivateKey.from_private_bytes(witnesses[0].seed)
    message = f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()
    value = at.to_bytes(8, "big") + key.sign(message)
    note = checkpoint.sign(log).plus(Signature(witnesses[0].name, witnesses[0].id, value))
    if at < 2**63:
        assert cosigned(note, policy.witnesses) == {witnesses[0].witness: at}
    else:
        with pytest.raises(BadSignature):
            cosigned(note, policy.witnesses)


@pytest.mark.parametrize("at", [0, -1, 2**63])
def test_a_cosignature_has_a_time(at: int) -> None:
    with pytest.raises(ValueError, match="time"):
        witnesses[0].cosign(checkpoint, at)


def test_policies_that_would_count_one_key_twice_or_cannot_be_met() -> None:
    again = Witness("other-name.example", witnesses[0].public)
    own = Witness(log.name, log.public)
    for keys, seen, quorum in (
        ((log.verifier,), (witnesses[0].witness, again), 2),
        ((log.verifier,), (own,), 1),
        ((log.verifier,), (), 1),
        ((log.verifier,), (), -1),
        ((), (), 0),
    ):
        with pytest.raises(ValueError, match="policy"):
            Policy(log.name, keys, Group(quorum, seen))


@pytest.mark.parametrize("ours", [True, False])
def test_a_thousand_flipped_bits_in_checkpoints_are_refused(ours: bool) -> None:
    strict = Policy(log.name, policy.log_keys, Group(3, policy.witnesses))
    rule = strict if ours else PUBLISHED_POLICY
    data = seen_by(3).encode() if ours else PUBLISHED
    if not ours:  # the log's other signature, of a type we do not know, vouches for nothing
        lines = data.split(b"\n")
        data = b"\n".join(lines[:4] + lines[5:])
    rule.check(Note.parse(data))
    chance = random.Random(1000)
    for bit in chance.sample(range(len(data) * 8), 1000):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Refused):
            rule.check(Note.parse(bytes(flipped)))
