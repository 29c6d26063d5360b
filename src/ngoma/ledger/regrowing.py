"""The tree grown anew from the entries, against what was kept of it and what was signed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ngoma.records.models import Checkpoint, LedgerKey, Subtree
from ngoma.records.queries.ledger import contents
from ngoma.tlog.checkpoint import open_checkpoint
from ngoma.tlog.merkle import Frontier, leaf_hash, root_of
from ngoma.tlog.note import Note, Verifier
from ngoma.tlog.refusal import Refused
from ngoma.tlog.text import HASH_SIZE
from ngoma.tlog.tiles import HEIGHT, WIDTH

BATCH = 1000

Roots = dict[int, set[bytes]]
"""The roots that were signed, by size: more than one only where somebody was shown another log."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that is not as it was published: the first entry that shows it, and what it is."""

    index: int
    what: str


def signed_roots(kept: Sequence[Note]) -> tuple[Roots, list[Problem]]:
    """The roots of our checkpoints and of those that somebody kept, and which are not signed."""
    keys = [Verifier.parse(key.vkey) for key in LedgerKey.objects.order_by("pk")]
    origin = keys[0].name if keys else ""
    roots: Roots = {}
    bad = []
    own = Checkpoint.objects.order_by("size", "pk").values_list("size", "note")
    notes = [(size, Note.parse(text.encode())) for size, text in own]
    for size, note in [*notes, *((None, note) for note in kept)]:
        try:
            read = open_checkpoint(note, origin, keys)
            if size not in (None, read.size):
                raise Refused(f"it tells of {read.size} entries")
            roots.setdefault(read.size, set()).add(read.root)
        except Refused as wrong:
            bad.append(Problem(size or 0, f"the checkpoint of {size or '?'} entries: {wrong}"))
    return roots, bad


def regrow(total: int, signed: Roots) -> Iterator[Problem]:
    """What is wrong with the first `total` entries, in their order, and with their tree."""
    tree = _Tree(signed)
    for batch in contents(0, total, BATCH):
        for index, content, leaf in batch:
            while tree.size < index:
                yield Problem(tree.size, "the entry is gone")
                yield from tree.add(b"", leaf_hash(b""))
            yield from tree.add(content, leaf)
    yield from tree.rest()


class _Tree:
    """The tree while it grows."""

    def __init__(self, signed: Roots) -> None:
        self._frontier = Frontier()
        rows = Subtree.objects.values_list("level", "index", "hash", "tile")
        self._kept = {
            (level, index): _whole(bytes(kept), bytes(tile))
            for level, index, kept, tile in rows.iterator()
        }
        self._signed = signed
        self._sizes = sorted(signed, reverse=True)

    @property
    def size(self) -> int:
        return self._frontier.size

    def add(self, content: bytes, leaf: bytes) -> Iterator[Problem]:
        index = self.size
        made = self._frontier.append(leaf_hash(content))
        if made[0] != leaf:
            yield Problem(index, "the entry has not the hash that was kept of it")
        for level, each in enumerate(made[HEIGHT::HEIGHT], 1):
            if self._kept.pop((level, (self.size >> HEIGHT * level) - 1), None) != each:
                yield Problem(index, "the hashes that were kept are not those of the entries")
        while self._sizes and self._sizes[-1] <= self.size:
            size = self._sizes.pop()
            if size and self._signed[size] != {self._frontier.root}:
                yield Problem(size - 1, "up to here the entries are not those that were signed")

    def rest(self) -> Iterator[Problem]:
        """What was signed or kept of entries that are not there."""
        for size in self._sizes:
            yield Problem(self.size, f"{size} entries were signed, and the rest is gone")
        for level, index in self._kept:
            yield Problem(index << HEIGHT * level, "a hash was kept of entries that are gone")


def _whole(kept: bytes, tile: bytes) -> bytes:
    """The hash that was kept of a tile, nothing if the tile that was kept has another."""
    hashes = [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
    return kept if len(hashes) == WIDTH and root_of(hashes) == kept else b""
