"""Files of requests, read row by row: JSON, JSON lines, CSV, each perhaps packed by gzip.

The memory used does not grow with the file. What cannot be read is a row with a problem.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from ngoma.base.characters import clean
from ngoma.intake.history.mapping import Mapping

CHUNK = 1 << 16
LARGEST_ITEM = 1 << 24
_ARRAY = re.compile(r'\s*(?:\{\s*"(?:service_)?requests?"\s*:\s*){0,2}\[')
_BETWEEN = re.compile(r"[\s,]*")
_BROKEN = (EOFError, OSError, zlib.error)
_DELIMITERS = (",", ";", "\t", "|")


class SourceError(ValueError):
    """A file that cannot be read at all; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the file has it. `number` is its line, in a JSON array its place in it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


class Source:
    """A file of requests, open. `done` of `size` bytes have been read."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        """Raises SourceError where the file cannot be read."""
        self._mapping = mapping
        try:
            with _text(path.open("rb"), mapping) as text:
                self._start = text.read(CHUNK).lstrip()
            self.size = path.stat().st_size
            self._file = path.open("rb")
            self._text = _text(self._file, mapping)
        except (*_BROKEN, UnicodeError) as error:
            raise SourceError(f"{path} cannot be read: {error}") from None

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *raised: object) -> None:
        self._text.close()
        self._file.close()

    @property
    def done(self) -> int:
        """How much of the file has been read, in bytes as it lies on disk."""
        return self._file.tell()

    def rows(self) -> Iterator[Row]:
        """Every row in order. Raises SourceError where the columns are not known."""
        text = self._text
        if _ARRAY.match(self._start):
            return _until_broken(_array(text))
        if self._start.startswith("{"):
            return _until_broken(_lines(text))
        return _until_broken(_table(text, self._mapping))


def _text(file: BinaryIO, mapping: Mapping) -> TextIO:
    """The file as text; what is wrongly encoded becomes surrogates, which are found later."""
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    data = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
    return io.TextIOWrapper(data, mapping.encoding, errors="surrogateescape", newline="")


def _until_broken(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows; where a packed file breaks off, a last row that says so."""
    number = 0
    try:
        for row in rows:
            number = row.number
            yield row
    except _BROKEN as error:
        yield Row(number + 1, problem=f"the file is broken from here on: {error}")


def _array(text: TextIO) -> Iterator[Row]:
    """The items of a JSON array, which may lie in an object as {"service_requests": […]}."""
    decoder = json.JSONDecoder()
    buffer = text.read(CHUNK)
    start = _ARRAY.match(buffer)
    at, number = start.end() if start else 0, 0
    while True:
        at = cast(re.Match[str], _BETWEEN.match(buffer, at)).end()
        if buffer.startswith("]", at):
            return
        try:
            value, at = decoder.raw_decode(buffer, at)
        except (json.JSONDecodeError, RecursionError) as error:
            more = text.read(CHUNK)
            buffer, at = buffer[at:] + more, 0
            if not more or len(buffer) > LARGEST_ITEM:
                yield Row(number + 1, problem=f"the file is broken from here on: {error}")
                return
            continue
        number += 1
        yield _row(number, value)


def _lines(text: TextIO) -> Iterator[Row]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            yield _row(number, json.loads(line))
        except (ValueError, RecursionError) as error:
            yield Row(number, problem=f"no valid JSON: {error}")


def _row(number: int, value: Any) -> Row:
    return Row(number, value) if isinstance(value, dict) else Row(number, problem="no JSON object")


def _table(text: TextIO, mapping: Mapping) -> Iterator[Row]:
    first = text.readline()
    if clean(first) != first.strip():
        raise SourceError("the file is neither JSON nor CSV, or in another encoding")
    delimiter = mapping.delimiter or max(_DELIMITERS, key=first.count)
    head = next(csv.reader([first], delimiter=delimiter), [])
    _check_head(head, mapping)
    return _cells(csv.reader(text, delimiter=delimiter, strict=True), head)


def _check_head(head: list[str], mapping: Mapping) -> None:
    """Raise SourceError where the columns cannot be told apart or the mapping's are missing."""
    if len(set(head)) != len(head):
        raise SourceError("two columns of the first line have the same name")
    missing = [column for column in mapping.columns.values() if column and column not in head]
    if not missing and not set(mapping.column("requested_datetime")) & set(head):
        missing = ["requested_datetime"]
    if missing:
        raise SourceError(
            f"the first line has no column {', '.join(missing)}, but "
            f"{clean(', '.join(head))[:300]}: a mapping says which column is what (docs/import.md)"
        )


def _cells(reader: Any, head: list[str]) -> Iterator[Row]:
    while True:
        number = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, problem=f"no valid CSV: {error}")
            continue
        if len(cells) == len(head):
            yield Row(number, dict(zip(head, cells, strict=True)))
        elif cells:
            yield Row(number, problem=f"{len(cells)} fields, but {len(head)} columns")
