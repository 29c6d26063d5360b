"""Open data: how long a first publication takes, and a night in which little changed."""

import resource
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from bench.staff import NAME
from ngoma.base.clock import now
from ngoma.casework import talking
from ngoma.cities.book import Book
from ngoma.insight import partitions
from ngoma.insight.opendata import manifest
from ngoma.insight.opendata.publishing import publish
from ngoma.insight.opendata.rows import PUBLIC
from ngoma.people.permissions import staff
from ngoma.records.models import Case, User

DIRTY = 3
"""Months in which something happened before the second night."""


Took = tuple[float, float]
"""Seconds by the clock, and of the processor."""


class Published(msgspec.Struct):
    """Sizes in bytes. `read`: rows that came from the database; `rows` are these, repeated.
    `dirty`: months that the second night had to make anew."""

    database: str
    read: int
    rows: int
    months: int
    partitions: Took
    publication: Took
    dirty: int
    night: Took
    idle: Took
    files: int
    disk: int
    memory: int


def measure(book: Book, database: str, times: int, say: Callable[[str], object]) -> Published:
    """Publish a made-up city from nothing, then after events in some months, then once more.

    What was read from the database is repeated so many times before it is published.
    """
    for path in (partitions.folder(book, PUBLIC), manifest.folder(book.slug)):
        shutil.rmtree(path, ignore_errors=True)
    first = _timed(lambda: partitions.refresh(book, [PUBLIC]))
    say(f"partitions {first[0]:.1f} s")
    read = sum(repeat(partitions.file(book, PUBLIC, month), times) for month in _months(book))
    publication = _timed(lambda: publish(book))
    rows = _whole(book)
    say(f"publication {publication[0]:.1f} s")
    dirty = _happen(book)
    night = _timed(lambda: publish(book))
    say(f"night {night[0]:.1f} s")
    idle = _timed(lambda: publish(book))
    return Published(
        database=database,
        read=read,
        rows=rows,
        months=len(_months(book)),
        partitions=first,
        publication=publication,
        dirty=dirty,
        night=night,
        idle=idle,
        files=_size(manifest.folder(book.slug) / "files", packed=False),
        disk=_size(manifest.folder(book.slug)) + _size(partitions.folder(book, PUBLIC)),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _happen(book: Book) -> int:
    """Let something happen to a case of each of the last months. Their rows are read from the
    database then, and not repeated: what changes in a night is what happened in a day."""
    actor = staff(User.objects.get(username=NAME))
    for number in range(DIRTY):
        until = now() - timedelta(days=30 * number)
        opened = Case.objects.filter(city=book.id, opened_at__lt=until, merged_into=None)
        case = opened.order_by("-opened_at").values_list("pk", flat=True)[0]
        talking.note(actor=actor, case_id=case, text="A night of the bench")
    return DIRTY


def _months(book: Book) -> list[int]:
    return partitions.months(book, PUBLIC)


def repeat(path: Path, times: int, into: Path | None = None) -> int:
    """Write the rows of a partition again and again into it, or into another. Returns how many it
    had."""
    table = pq.read_table(path)
    if times > 1 or into:
        with pq.ParquetWriter(into or path, table.schema, compression="zstd") as out:
            whole = max(1, partitions.GROUP // max(1, table.num_rows))
            for done in range(0, times, whole):  # groups as large as a city's
                out.write_table(pa.concat_tables([table] * min(whole, times - done)))
    return int(table.num_rows)


def _timed(step: Callable[[], object]) -> Took:
    started, cpu = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - started, time.process_time() - cpu


def _whole(book: Book) -> int:
    """How many reports are published."""
    found = manifest.read(book.slug)
    whole = found.file("reports.parquet") if found else None
    return (whole.rows if whole else None) or 0


def _size(folder: Path, *, packed: bool = True) -> int:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files if packed or path.suffix != ".gz")
