"""The Merkle tree of RFC 6962: hashes, roots, inclusion and consistency proofs.

https://www.rfc-editor.org/rfc/rfc6962#section-2.1; proofs are checked as RFC 9162 sections
2.1.3.2 and 2.1.4.2 say. SHA-256; a leaf is hashed after the byte 0x00 and a node after 0x01, so
that neither can be passed off as the other.

A *complete* subtree has 2**level leaves and begins at a multiple of that: it is named by its
level and its index among the complete subtrees of that level. Once complete it never changes,
however the log grows, so these hashes are all that is ever stored. Functions that need stored
hashes take a `Read`, whichever store it reads from.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from ngoma.tlog.refusal import BadProof
from ngoma.tlog.text import HASH_SIZE

Read = Callable[[int, int], bytes]
"""The hash of the complete subtree at (level, index); it is only asked for ones that exist."""

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf of the tree."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two nodes."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of the tree that has these hashes, all of one level, as its lowest nodes.

    The last may also stand for fewer leaves than the others do, as the last subtree of a log does.
    """
    row = list(hashes)
    if not row:
        return EMPTY
    while len(row) > 1:
        paired = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = paired + row[len(paired) * 2 :]
    return row[0]


@dataclass
class Frontier:
    """What a growing tree has to remember: its size and its largest complete subtrees.

    `peaks` has one hash for each bit set in `size`, largest subtree first: at most 63.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def at(cls, size: int, read: Read) -> Self:
        """The frontier of the first `size` leaves of a stored tree."""
        return cls(size, [read(level, index) for level, index in _complete(0, size)])

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf's hash; returns the hashes of the subtrees it completes, level 0 first."""
        made = [leaf]
        rest = self.size
        while rest & 1:
            made.append(node_hash(self.peaks.pop(), made[-1]))
            rest >>= 1
        self.peaks.append(made[-1])
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return _join(self.peaks)


def tree_hash(size: int, read: Read) -> bytes:
    """The root of the first `size` leaves of a stored tree."""
    return Frontier.at(size, read).root


def prove_inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves, the leaf's sibling first.

    PATH of RFC 6962 section 2.1.1. IndexError if the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise IndexError(f"a tree of {size} leaves has no leaf {index}")
    low, high, proof = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(_range_hash(middle, high, read))
            high = middle
        else:
            proof.append(_range_hash(low, middle, read))
            low = middle
    return proof[::-1]


def prove_consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` leaves.

    PROOF of RFC 6962 section 2.1.2, which is empty between equal sizes. Nothing has to be proved
    of an empty tree, and RFC 6962 has no proof for one. IndexError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise IndexError(f"no proof leads from {old} leaves to {new}")
    low, high, proof = 0, new, []
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(_range_hash(middle, high, read))
            high = middle
        else:
            proof.append(_range_hash(low, middle, read))
            low = middle
    if low > 0:
        proof.append(_range_hash(low, high, read))
    return proof[::-1]


def check_inclusion(
    index: int, size: int, root: bytes, leaf: bytes, proof: Sequence[bytes]
) -> None:
    """Raise `BadProof` unless the proof leads from the leaf's hash at `index` to the root."""
    _check_hashes(leaf, *proof)
    if not 0 <= index < size:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the inclusion proof is too long")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise BadProof("the inclusion proof is too short")
    if found != root:
        raise BadProof("the inclusion proof leads to another root")


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise `BadProof` unless the proof shows the new tree to begin with the old one.

    The old tree must have a leaf: to be consistent with an empty one says nothing.
    """
    if not 0 < old <= new:
        raise BadProof(f"no consistency proof leads from {old} leaves to {new}")
    if old == new:
        if proof or old_root != new_root:
            raise BadProof("trees of one size are consistent if they are the same")
        return
    _check_hashes(old_root, *proof)
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise BadProof("the consistency proof is empty")
    if _grow(old, new, hashes) != (old_root, new_root):
        raise BadProof("the consistency proof leads to another root")


def _grow(old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots that a consistency proof between unequal sizes leads to."""
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise BadProof("the consistency proof is too long")
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise BadProof("the consistency proof is too short")
    return before, after


def stored_index(level: int, index: int) -> int:
    """Where the hash of a complete subtree stands in a file of hashes that only grows.

    The layout of golang.org/x/mod/sumdb/tlog: every append adds what `Frontier.append` returns.
    """
    completed_by = ((index + 1) << level) - 1
    return stored_count(completed_by) + level


def stored_count(size: int) -> int:
    """How many hashes a tree of `size` leaves has stored: all its complete subtrees."""
    return 2 * size - size.bit_count()


def _complete(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The fewest complete subtrees that cover leaves low to high, from left to right.

    `low` is a multiple of the largest of them, as where RFC 6962 splits a tree.
    """
    while low < high:
        level = (high - low).bit_length() - 1
        yield level, low >> level
        low += 1 << level


def _range_hash(low: int, high: int, read: Read) -> bytes:
    return _join([read(level, index) for level, index in _complete(low, high)])


def _join(peaks: Sequence[bytes]) -> bytes:
    """The hash above complete subtrees that stand side by side, each smaller than the last."""
    if not peaks:
        return EMPTY
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def _split(count: int) -> int:
    """The largest power of two smaller than count: so many leaves are left of the root."""
    return 1 << ((count - 1).bit_length() - 1)


def _check_hashes(*hashes: bytes) -> None:
    if any(len(one) != HASH_SIZE for one in hashes):
        raise BadProof(f"a hash in a proof has {HASH_SIZE} bytes")
