"""A city's rows as Parquet, a file a month: what analytical engines read instead of the database.

`NGOMA_DATA/insight/<city>/<kind>/<2026-05>.parquet`, beside a bookmark that says which events the
files know of. So each host's folder is right by itself, and may be deleted: it is made again. A
month is written anew, whole, when anything happened to one of its cases; the bookmark comes last,
so that whatever is cut off in between is done again. For a process of its own: pyarrow is large.

A case whose row cannot be made is parked (`work.reading`) and left out, and the rest is written;
its months are written again each time until it can be.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from ngoma.base.months import month_of, read, written
from ngoma.cities.book import Book
from ngoma.records.queries import changed
from ngoma.records.queries.changed import Mark
from ngoma.work.failures import from_without
from ngoma.work.reading import park, parked

BATCH = 20_000
"""Rows held in memory as they are made."""
GROUP = 6 * BATCH
"""Rows in one group of a file: engines read larger ones faster."""

Row = Sequence[Any]
Made = tuple[int, Row | Exception]
"""The number of a case, and its row or why it could not be made."""

Progress = Callable[[str, int, int], object]
"""Hears the kind, and how many of how many months are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of rows: how a month of them is made.

    `rows` streams the rows of a month (`base.months`), each `made` in the order of the schema.
    `version` grows when rows mean something else; `reads` is what rows take from the city's pack,
    of plain values: where either or the schema changes, all months are written again.
    """

    name: str
    version: int
    schema: pa.Schema
    rows: Callable[[Book, int], Iterable[Made]]
    reads: Callable[[Book], Any]


class _Bookmark(msgspec.Struct):
    """How far the files of a kind know the events, and from what edition they were made."""

    edition: str
    transaction: int
    event: int

    @property
    def mark(self) -> Mark:
        """The last event that they know."""
        return Mark(self.transaction, self.event)


def folder(book: Book, kind: Kind) -> Path:
    """Where the files of a kind lie."""
    return Path(settings.NGOMA_DATA) / "insight" / book.slug / kind.name


def file(book: Book, kind: Kind, month: int) -> Path:
    """The file of a month. There is none for a month without rows."""
    return folder(book, kind) / f"{written(month)}.parquet"


def months(book: Book, kind: Kind) -> list[int]:
    """The months that have rows, in order."""
    return sorted(read(path.stem) for path in folder(book, kind).glob("*.parquet"))


def refresh(
    book: Book, kinds: Sequence[Kind], progress: Progress = lambda kind, done, total: None
) -> dict[str, list[int]]:
    """Write the months anew in which something happened; returns them, in order, by kind.

    Who comes second waits for the first. Raises OSError where the folder cannot be written.
    """
    return {kind.name: _refresh(book, kind, progress) for kind in kinds}


def _refresh(book: Book, kind: Kind, progress: Progress) -> list[int]:
    within = folder(book, kind)
    within.mkdir(parents=True, exist_ok=True)
    with alone(within):
        edition = _edition(book, kind)
        known = _bookmark(within)
        if known is None or known.edition != edition or known.mark > changed.newest():
            mark, dirty = changed.newest(), _every_month(book, kind)
        else:
            mark, dirty = _changed(book, known.mark)
        dirty = sorted({*dirty, *_parked(book, kind)})
        failed: set[int] = set()
        for done, month in enumerate(dirty, 1):
            failed |= _write_month(book, kind, month)
            progress(kind.name, done, len(dirty))
        parked(_reader(kind), book.id).exclude(case__in=failed).delete()
        put(within / "bookmark.json", msgspec.json.encode(_Bookmark(edition, *mark)))
    return dirty


@contextmanager
def alone(within: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the folder; the system lets go of it with the process.

    Raises BlockingIOError where somebody else holds it and one is not to `wait`.
    """
    with (within / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _edition(book: Book, kind: Kind) -> str:
    """A name for all that decides on rows besides the records."""
    said = (book.id, kind.version, str(kind.schema), str(book.zone), kind.reads(book))
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]


def _bookmark(within: Path) -> _Bookmark | None:
    """The bookmark; None where there is none that can be read."""
    try:
        return msgspec.json.decode((within / "bookmark.json").read_bytes(), type=_Bookmark)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _every_month(book: Book, kind: Kind) -> list[int]:
    """All months that have rows or a file."""
    extent = changed.extent(book.id)
    first, last = (month_of(at, book.zone) for at in extent) if extent else (0, -1)
    return sorted({*range(first, last + 1), *months(book, kind)})


def _changed(book: Book, mark: Mark) -> tuple[Mark, list[int]]:
    dirty: set[int] = set()
    for changes in changed.since(book.id, mark):
        mark = changes.mark
        dirty |= {month_of(at, book.zone) for at in changes.moments}
    return mark, sorted(dirty)


def made(case: int, make: Callable[[], Row]) -> Made:
    """The row of a case, or why it could not be made. Raises what is the fault of no case."""
    try:
        return case, make()
    except Exception as error:
        if from_without(error):
            raise
        return case, error


def _reader(kind: Kind) -> str:
    """The name under which cases are parked."""
    return f"files of {kind.name}"


def _parked(book: Book, kind: Kind) -> set[int]:
    """The months of the cases that are parked."""
    cases = parked(_reader(kind), book.id).values_list("case", flat=True)
    return {month_of(at, book.zone) for at in changed.moments(list(cases))}


def _write_month(book: Book, kind: Kind, month: int) -> set[int]:
    """Write the file of a month whole, or leave it; without rows there is none. Returns the cases
    that it had to leave out."""
    path = file(book, kind, month)
    part = path.with_suffix(".part")
    failed: set[int] = set()
    tables = _tables(kind, iter(kind.rows(book, month)), failed)
    count = 0
    with pq.ParquetWriter(part, kind.schema, compression="zstd") as out:
        while several := list(islice(tables, GROUP // BATCH)):
            group = pa.concat_tables(several)
            count += len(group)
            out.write_table(group)
    if count:
        settle(part, path)
    else:
        part.unlink()
        path.unlink(missing_ok=True)
    return failed


def _tables(kind: Kind, rows: Iterator[Made], failed: set[int]) -> Iterator[pa.Table]:
    """The rows in batches; adds to `failed` the cases that have none."""
    while batch := list(islice(rows, BATCH)):
        good: list[tuple[int, Row]] = []
        for case, row in batch:
            if isinstance(row, Exception):
                park(_reader(kind), case, row)
                failed.add(case)
            else:
                good.append((case, row))
        yield _table(kind, good, failed)


def _table(kind: Kind, rows: Sequence[tuple[int, Row]], failed: set[int]) -> pa.Table:
    """The rows as a table, but for those that hold what their columns cannot."""
    if not rows:
        return kind.schema.empty_table()
    columns = zip(*(row for _case, row in rows), strict=True)
    try:
        arrays = [
            pa.array(each, field.type) for each, field in zip(columns, kind.schema, strict=True)
        ]
    except Exception as error:
        if from_without(error):
            raise
        if len(rows) > 1:
            half = len(rows) // 2
            return pa.concat_tables(
                _table(kind, part, failed) for part in (rows[:half], rows[half:])
            )
        case = rows[0][0]
        park(_reader(kind), case, error)
        failed.add(case)
        return kind.schema.empty_table()
    return pa.Table.from_arrays(arrays, schema=kind.schema)


def put(path: Path, content: bytes) -> None:
    """Write a small file whole, or leave it as it was."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    settle(part, path)


def settle(part: Path, path: Path) -> None:
    """Put a finished file in its place; it is on disk before what is written after it."""
    _flush(part)
    part.replace(path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
