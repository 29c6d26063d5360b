"""A log as static files: tiles of 256 hashes and bundles of 256 entries.

https://c2sp.org/tlog-tiles: the hashes of the tree stand in tiles of height 8, `tile/<L>/<N>`, the
entries in bundles, `tile/entries/<N>`. The last of each is *partial* until it is full, and its
name says how wide it is: `tile/0/x001/234.p/17`. A hash of a tile at level L + 1 is the root of a
full tile at level L, so whoever knows the root of the log can check every file against it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from ngoma.tlog.merkle import EMPTY, Frontier, Read, leaf_hash, root_of
from ngoma.tlog.refusal import BadProof, Malformed
from ngoma.tlog.text import HASH_SIZE, LARGEST

HEIGHT = 8
"""Levels of the tree in one tile."""
WIDTH = 1 << HEIGHT
"""Hashes in a full tile and entries in a full bundle."""
LONGEST_ENTRY = 0xFFFF
"""Bytes an entry may have: its length is written in 16 bits."""
DEEPEST = 63
"""The highest level a tile's path may name."""
KEPT = 1024
"""Full tiles a reader keeps, 8 KiB of hashes each."""

Fetch = Callable[[str], bytes]
"""The content of a file of the log by its path; LookupError or FileNotFoundError if it has none."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Tile:
    """The name of a file: a tile of hashes, or the bundle of entries at `level` None."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path under the log's prefix, without a slash in front."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
        level = "entries" if self.level is None else self.level
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number}{partial}"

    @classmethod
    def parse(cls, path: str) -> Self:
        """The tile a path names; `Malformed` for anything but the one path of a tile."""
        found = _PATH.fullmatch(path)
        if not found:
            raise Malformed("not the path of a tile")
        level = None if found["level"] == "entries" else int(found["level"])
        index = int(found["index"].replace("x", "").replace("/", ""))
        tile = cls(level, index, int(found["width"] or WIDTH))
        sizes = (level or 0) <= DEEPEST and index <= LARGEST and tile.width <= WIDTH
        if not sizes or tile.path != path:
            raise Malformed("not the path of a tile")
        return tile

    def build(self, read: Read) -> bytes:
        """The content of a tile of hashes, from a store of hashes."""
        assert self.level is not None, "a bundle is made of entries"
        start = self.index * WIDTH
        return b"".join(read(self.level * HEIGHT, start + i) for i in range(self.width))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The content of a bundle: each entry after its length, 16 bits, high byte first.

    ValueError if an entry is longer than `LONGEST_ENTRY`.
    """
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise ValueError(f"an entry has at most {LONGEST_ENTRY} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle; `Malformed` unless there are `width` of them and nothing after."""
    entries, at = [], 0
    for _ in range(width):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data):
        raise Malformed(f"a bundle that does not hold {width} entries")
    return entries


class Writer:
    """A growing log: entries go in, the files to publish come out.

    It remembers the hashes of the last tile of each level and the entries of the last bundle. To
    publish, write what `take` returns so that it lasts, and only then sign a checkpoint of `size`
    and `root`. A file, once out, never changes; a partial one gives way to a wider one. If writing
    fails, `resume` from the last checkpoint: what was taken is not given out again.
    """

    def __init__(self) -> None:
        """Begin an empty log."""
        self._frontier = Frontier()
        self._rows: list[list[bytes]] = []
        self._entries: list[bytes] = []
        self._full: dict[str, bytes] = {}
        self._taken = 0

    @classmethod
    def resume(cls, size: int, root: bytes, fetch: Fetch) -> Self:
        """Go on with a published log; `Refused` if its last files do not lead to the root."""
        reader = Reader(size, root, fetch)
        writer = cls()
        writer._frontier = Frontier.at(size, reader.read)
        writer._rows = [list(row) for row in reader.edge]
        writer._entries = reader.entries(size // WIDTH) if size % WIDTH else []
        writer._taken = size
        return writer

    @property
    def size(self) -> int:
        """Entries in the log."""
        return self._frontier.size

    @property
    def root(self) -> bytes:
        """The root of the tree over all entries."""
        return self._frontier.root

    def append(self, entry: bytes) -> int:
        """Add an entry; returns its index. ValueError if it is longer than `LONGEST_ENTRY`."""
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"an entry has at most {LONGEST_ENTRY} bytes")
        index = self.size
        self._entries.append(entry)
        if len(self._entries) == WIDTH:
            path = Tile(None, index // WIDTH).path
            self._full[path] = encode_bundle(self._entries)
            self._entries = []
        for level, found in enumerate(self._frontier.append(leaf_hash(entry))[::HEIGHT]):
            self._add(level, index >> (level * HEIGHT), found)
        return index

    def _add(self, level: int, index: int, found: bytes) -> None:
        """Put a hash into the last tile of a level, where it has that index."""
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(found)
        if len(row) == WIDTH:
            self._full[Tile(level, index // WIDTH).path] = b"".join(row)
            row.clear()

    def take(self) -> dict[str, bytes]:
        """Contents by path of the files that the log has gained since they were last taken."""
        files, self._full = self._full, {}
        for level, row in enumerate(self._rows):
            count = self.size >> (level * HEIGHT)
            if row and count != self._taken >> (level * HEIGHT):
                files[Tile(level, count // WIDTH, len(row)).path] = b"".join(row)
        if self._entries and self.size != self._taken:
            last = Tile(None, self.size // WIDTH, len(self._entries))
            files[last.path] = encode_bundle(self._entries)
        self._taken = self.size
        return files


class Reader:
    """The published log of a size and root: nothing it returns is unchecked.

    `read` is a `merkle.Read`, so that the proofs of `merkle` can be made from it, for this size
    and every smaller one. Errors of `fetch` come through; where a partial tile is gone, as it may
    be once the full one exists, the full one is cut to its width.
    """

    def __init__(self, size: int, root: bytes, fetch: Fetch) -> None:
        """Fetch the partial tiles, which together make up the root, or raise `BadProof`."""
        self.size = size
        self._fetch = fetch
        self.edge: list[tuple[bytes, ...]] = []
        """The hashes of the partial tile of each level, none where the last tile is full."""
        while size >> (len(self.edge) * HEIGHT):
            index, width = divmod(size >> (len(self.edge) * HEIGHT), WIDTH)
            tile = Tile(len(self.edge), index, width)
            self.edge.append(self._hashes(tile) if width else ())
        rest: tuple[bytes, ...] = ()
        for row in self.edge:
            rest = (root_of(row + rest),) if row + rest else ()
        if (rest[0] if rest else EMPTY) != root:
            raise BadProof("the partial tiles lead to another root")
        self._full = lru_cache(KEPT)(self._checked)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, as `merkle.Read`; IndexError if the log has none."""
        if index < 0 or (index + 1) << level > self.size:
            raise IndexError(f"a log of {self.size} has no complete subtree {level}, {index}")
        row, below = divmod(level, HEIGHT)
        tile, start = divmod(index << below, WIDTH)
        return root_of(self._tile(row, tile)[start : start + (1 << below)])

    def entries(self, index: int) -> list[bytes]:
        """The entries of a bundle, each checked against its leaf; IndexError if there is none."""
        leaves = self._tile(0, index) if 0 <= index * WIDTH < self.size else ()
        if not leaves:
            raise IndexError(f"a log of {self.size} has no bundle {index}")
        data, width = self._get(Tile(None, index, len(leaves)))
        found = decode_bundle(data, width)[: len(leaves)]
        for number, (entry, leaf) in enumerate(zip(found, leaves, strict=True)):
            if leaf_hash(entry) != leaf:
                raise BadProof(f"entry {index * WIDTH + number} is not the one in the tree")
        return found

    def _tile(self, level: int, index: int) -> tuple[bytes, ...]:
        if index == self.size >> (level + 1) * HEIGHT:
            return self.edge[level]
        return self._full(level, index)

    def _checked(self, level: int, index: int) -> tuple[bytes, ...]:
        """The hashes of a full tile, checked against the tile above it."""
        found = self._hashes(Tile(level, index))
        above, place = divmod(index, WIDTH)
        if root_of(found) != self._tile(level + 1, above)[place]:
            raise BadProof(f"tile {level}, {index} is not the one in the tree")
        return found

    def _hashes(self, tile: Tile) -> tuple[bytes, ...]:
        data, width = self._get(tile)
        if len(data) != width * HASH_SIZE:
            raise Malformed(f"{tile.path} has {len(data)} bytes")
        return tuple(data[i * HASH_SIZE : (i + 1) * HASH_SIZE] for i in range(tile.width))

    def _get(self, tile: Tile) -> tuple[bytes, int]:
        """The content of a file, or of the full one that took its place, and its width."""
        try:
            return self._fetch(tile.path), tile.width
        except (LookupError, FileNotFoundError):
            if tile.width == WIDTH:
                raise
            return self._fetch(Tile(tile.level, tile.index).path), WIDTH
