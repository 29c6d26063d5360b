"""The public data of a city as one file, for whoever asks at the command line."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from ngoma.cities.book import Book
from ngoma.insight import partitions
from ngoma.insight.opendata.rows import PUBLIC
from ngoma.insight.opendata.writing import WRITERS, opened

FORMATS = tuple(WRITERS)

Progress = Callable[[int, int], object]
"""Hears how many of how many months are there."""


class ExportError(ValueError):
    """An export that cannot be made; the text says why."""


def export(
    book: Book, kind: str, path: Path | None, progress: Progress = lambda done, total: None
) -> None:
    """Write all public reports as one of `FORMATS` to a file, whole or not at all, or to standard
    output.

    Raises ExportError for another format, and for Parquet without a file.
    """
    if kind not in FORMATS:
        raise ExportError(f"there is no format {kind!r}: use {', '.join(FORMATS)}")
    if path is None and kind == "parquet":
        raise ExportError("Parquet needs a file: name it by --out")
    partitions.refresh(book, [PUBLIC], lambda _, done, total: progress(done, total))
    if path is not None:
        _write(book, kind, path)
        return
    with TemporaryDirectory() as work:
        between = Path(work) / f"reports.{kind}"
        _write(book, kind, between)
        with between.open(encoding="utf-8", newline="") as file:
            shutil.copyfileobj(file, sys.stdout)


def _write(book: Book, kind: str, path: Path) -> None:
    parts = [partitions.file(book, PUBLIC, month) for month in partitions.months(book, PUBLIC)]
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with opened(parts) as rows:
            WRITERS[kind](rows, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
