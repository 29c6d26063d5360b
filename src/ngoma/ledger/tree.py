"""The tree as the tables hold it: hashes by level and index, and the files of C2SP made of them."""

from functools import lru_cache

from ngoma.records.queries import ledger as rows
from ngoma.tlog.merkle import root_of
from ngoma.tlog.refusal import Malformed
from ngoma.tlog.text import HASH_SIZE
from ngoma.tlog.tiles import HEIGHT, WIDTH, Tile, encode_bundle


class NoFile(LookupError):
    """The log has no such file at this size."""


class Stored:
    """The first `size` entries of the log. `read` is a `merkle.Read`; nothing is checked."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._tile = lru_cache(maxsize=64)(_hashes)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        row, below = divmod(level, HEIGHT)
        tile, start = divmod(index << below, WIDTH)
        return root_of(self._tile(row, tile)[start : start + (1 << below)])


def file(path: str, size: int) -> bytes:
    """The content of a tile or bundle of the log of this size. Raises `NoFile`."""
    try:
        tile = Tile.parse(path)
    except Malformed as wrong:
        raise NoFile(path) from wrong
    level = tile.level or 0
    if tile.index * WIDTH + tile.width > size >> (HEIGHT * level):
        raise NoFile(path)
    if tile.level is None:
        return encode_bundle(_contents(tile.index)[: tile.width])
    return b"".join(_hashes(tile.level, tile.index)[: tile.width])


def _hashes(level: int, index: int) -> list[bytes]:
    """The hashes of a tile, as many as there are."""
    full = rows.full_tile(level, index)
    if full is None:
        return rows.hashes(level, index * WIDTH, (index + 1) * WIDTH)
    return [full[at : at + HASH_SIZE] for at in range(0, len(full), HASH_SIZE)]


def _contents(index: int) -> list[bytes]:
    batches = rows.contents(index * WIDTH, (index + 1) * WIDTH, WIDTH)
    return [content for batch in batches for _, content, _ in batch]
