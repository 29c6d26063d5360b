"""Policies as files: who is trusted, and how many of them must have looked."""

import pytest

from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.note import Signer
from ngoma.tlog.policy import Policy
from ngoma.tlog.refusal import BadSignature, Malformed

log = Signer("ledger.example/kla", bytes(range(32)))
newer = Signer("ledger.example/kla", bytes(range(1, 33)))
six = [Cosigner(f"w{number}.example", bytes([number]) * 32) for number in range(6)]
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
WITNESSES = "".join(
    f"witness {name} {each.witness} https://{each.name}/\n"
    for name, each in zip(NAMES, six, strict=True)
)
SAME = f"witness a {six[0].witness}\nwitness b {six[0].witness}\n"
NESTED = f"""# The example of the specification.
log {log.verifier} https://ledger.example/kla

{WITNESSES}
group X-witnesses 2 X1 X2 X3
group\tY-witnesses   any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


@pytest.mark.parametrize(
    ("seen", "enough"),
    [
        ((), False), ((0, 1), False), ((0, 3), False), ((3, 4, 5), False),
        ((0, 1, 3), True), ((1, 2, 5), True), ((0, 1, 2, 3, 4, 5), True),
    ],
)  # fmt: skip
def test_groups_of_groups(seen: tuple[int, ...], enough: bool) -> None:
    policy = Policy.parse(NESTED)
    checkpoint = Checkpoint(log.name, 7, bytes(32))
    note = checkpoint.sign(log).plus(*(six[each].cosign(checkpoint, 5) for each in seen))
    if enough:
        assert policy.check(note)[1] == {six[each].witness: 5 for each in seen}
    else:
        with pytest.raises(BadSignature, match=f"{len(seen)} of 6"):
            policy.check(note)


def test_what_a_policy_says() -> None:
    policy = Policy.parse(NESTED)
    assert policy.origin == log.name
    assert policy.log_keys == (log.verifier,)
    assert policy.witnesses == tuple(each.witness for each in six)
    assert policy.addresses[six[0].witness] == "https://w0.example/"
    alone = Policy.parse(f"log {log.verifier}\nwitness a {six[0].witness}\nquorum a")
    assert (alone.quorum.least, alone.addresses) == (1, {})
    none = Policy.parse(f"log {log.verifier}\nlog {newer.verifier}\nquorum none\n")
    assert none.log_keys == (log.verifier, newer.verifier)
    assert none.quorum.met(())


@pytest.mark.parametrize(
    "wrong",
    [
        "", "quorum none", f"log {log.verifier}", f"log {log.verifier}\nquorum a",
        f"log {log.verifier}\nquorum none\nquorum none",
        f"log {log.verifier}\nlog {log.verifier}\nquorum none",
        f"log {log.verifier}\nlog {Signer('other', bytes(32)).verifier}\nquorum none",
        f"log {six[0].witness}\nquorum none",
        f"log {log.verifier}\nwitness a {log.verifier}\nquorum a",
        f"log {log.verifier}\nwitness none {six[0].witness}\nquorum none",
        f"log {log.verifier}\nwitness a {six[0].witness}\nwitness a {six[1].witness}\nquorum a",
        f"log {log.verifier}\n{WITNESSES}group g 4 X1 X2 X3\nquorum g",
        f"log {log.verifier}\n{WITNESSES}group g 0 X1\nquorum g",
        f"log {log.verifier}\n{WITNESSES}group g 02 X1 X2 X3\nquorum g",
        f"log {log.verifier}\n{WITNESSES}group g 2 X1 X1\nquorum g",
        f"log {log.verifier}\n{WITNESSES}group g 1 X1\ngroup h 2 g X1\nquorum h",
        f"log {log.verifier}\n{SAME}group g 2 a b\nquorum g",
        f"log {log.verifier}\n{WITNESSES}group g any\nquorum g",
        f"log {log.verifier}\n{WITNESSES}group g any none\nquorum g",
        f"log {log.verifier}\ngroup g any h\nquorum g",
        f"log {log.verifier} a b\nquorum none", f"logs {log.verifier}\nquorum none",
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        Policy.parse(wrong)
