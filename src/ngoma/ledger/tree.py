"""The tree as the tables hold it: hashes by level and index, and the files of C2SP made of them."""

from functools import lru_cache

from ngoma.records.models import Entry, Subtree
from ngoma.tlog.merkle import root_of
from ngoma.tlog.refusal import Malformed
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
    span = range(index * WIDTH, (index + 1) * WIDTH)
    if level == 0:
        rows = Entry.objects.filter(index__gte=span.start, index__lt=span.stop)
        return [bytes(leaf) for leaf in rows.order_by("index").values_list("leaf", flat=True)]
    found = Subtree.objects.filter(level=level, index__gte=span.start, index__lt=span.stop)
    return [bytes(each) for each in found.order_by("index").values_list("hash", flat=True)]


def _contents(index: int) -> list[bytes]:
    rows = Entry.objects.filter(index__gte=index * WIDTH, index__lt=(index + 1) * WIDTH)
    return [bytes(each) for each in rows.order_by("index").values_list("content", flat=True)]
