"""The tree of RFC 6962: against its definitions, known roots and published test vectors."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.tlog import merkle as m
from ngoma.tlog.refusal import BadProof

VECTORS = Path(__file__).parent / "vectors"
# The entries and roots that Certificate Transparency's implementations have tested each other with.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
sizes = st.integers(1, 300)


def leaves(size: int) -> list[bytes]:
    return [m.leaf_hash(b"%d" % number) for number in range(size)]


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(row: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, over hashes of leaves."""
    if len(row) < 2:
        return row[0] if row else sha256(b"").digest()
    k = split(len(row))
    return sha256(b"\x01" + mth(row[:k]) + mth(row[k:])).digest()


def path(index: int, row: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1."""
    if len(row) == 1:
        return []
    k = split(len(row))
    if index < k:
        return [*path(index, row[:k]), mth(row[k:])]
    return [*path(index - k, row[k:]), mth(row[:k])]


def subproof(old: int, row: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if old == len(row):
        return [] if whole else [mth(row)]
    k = split(len(row))
    if old <= k:
        return [*subproof(old, row[:k], whole), mth(row[k:])]
    return [*subproof(old - k, row[k:], False), mth(row[:k])]


def store(row: list[bytes]) -> m.Read:
    """A store of hashes in one growing file, filled by appending."""
    frontier, kept = m.Frontier(), []
    for leaf in row:
        kept += frontier.append(leaf)
        assert len(kept) == m.stored_count(frontier.size)
    return lambda level, index: kept[m.stored_index(level, index)]


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaves(2)
    assert m.leaf_hash(left + right) != m.node_hash(left, right)
    assert m.leaf_hash(b"") == sha256(b"\x00").digest()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_known_roots(size: int) -> None:
    row = [m.leaf_hash(entry) for entry in ENTRIES[:size]]
    frontier = m.Frontier()
    for leaf in row:
        frontier.append(leaf)
    roots = {m.root_of(row), frontier.root, m.tree_hash(size, store(row))}
    assert [root.hex() for root in roots] == [ROOTS[size]]


def cases(kind: str) -> list[dict[str, object]]:
    return json.loads((VECTORS / f"{kind}.json").read_text())


def hashes(case: dict[str, object], *names: str) -> list[bytes]:
    return [b64decode(case[name]) for name in names]


def refused(check: object, *given: object) -> bool:
    try:
        check(*given)
    except BadProof:
        return True
    return False


def test_published_inclusion_proofs() -> None:
    wrong = []
    for case in cases("inclusion"):
        root, leaf = hashes(case, "root", "leafHash")
        proof = [b64decode(one) for one in case["proof"] or []]
        given = (case["leafIdx"], case["treeSize"], root, leaf, proof)
        if refused(m.check_inclusion, *given) != case["wantErr"]:
            wrong.append(case["name"])
    assert wrong == []


def test_published_consistency_proofs() -> None:
    wrong = []
    for case in cases("consistency"):
        old, new = hashes(case, "root1", "root2")
        proof = [b64decode(one) for one in case["proof"] or []]
        given = (case["size1"], case["size2"], old, new, proof)
        if refused(m.check_consistency, *given) != case["wantErr"]:
            wrong.append(case["name"])
    assert wrong == []


def test_all_published_cases_are_here() -> None:
    published = cases("inclusion") + cases("consistency")
    assert len({case["name"] for case in published}) == 196
    assert sum(case["wantErr"] for case in published) == 184


@given(sizes, st.data())
def test_inclusion_proofs_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    row = leaves(size)
    proof = m.prove_inclusion(index, size, store(row))
    assert proof == path(index, row)
    m.check_inclusion(index, size, mth(row), row[index], proof)
    for other in (index - 1, index + 1):
        with pytest.raises(BadProof):
            m.check_inclusion(other, size, mth(row), row[index], proof)
    with pytest.raises(BadProof):
        m.check_inclusion(index, size, mth(row), row[index], [*proof, row[0]])


@given(sizes, st.data())
def test_consistency_proofs_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    row = leaves(size)
    proof = m.prove_consistency(old, size, store(row))
    assert proof == subproof(old, row, True)
    m.check_consistency(old, size, mth(row[:old]), mth(row), proof)
    with pytest.raises(BadProof):
        m.check_consistency(old, size, mth(row[:old]), mth(row), [*proof, row[0]])


@given(sizes, st.data())
def test_a_rewritten_log_is_not_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    row = leaves(size)
    before = mth(row[:old])
    row[changed] = m.leaf_hash(b"something else")
    proof = m.prove_consistency(old, size, store(row))
    with pytest.raises(BadProof):
        m.check_consistency(old, size, before, mth(row), proof)


def test_a_root_of_another_length_is_consistent_with_nothing() -> None:
    short, (leaf,) = b"short", leaves(1)
    with pytest.raises(BadProof):
        m.check_consistency(1, 2, short, m.node_hash(short, leaf), [leaf])


@given(sizes, st.integers(0, 40))
def test_a_frontier_goes_on_where_a_store_ends(size: int, more: int) -> None:
    row = leaves(size + more)
    frontier = m.Frontier.at(size, store(row[:size]))
    assert len(frontier.peaks) == size.bit_count()
    for leaf in row[size:]:
        frontier.append(leaf)
    assert (frontier.size, frontier.root) == (size + more, mth(row))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_what_is_not_in_the_tree_has_no_inclusion_proof(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        m.prove_inclusion(index, size, store(leaves(3)))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 3), (3, 2), (-1, 3)])
def test_sizes_between_which_nothing_can_be_proved(old: int, new: int) -> None:
    with pytest.raises(IndexError):
        m.prove_consistency(old, new, store(leaves(3)))
