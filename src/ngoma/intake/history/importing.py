"""Importing a file of requests: what is known is stepped over, what cannot be used is listed."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from ngoma.casework.recording import History, record
from ngoma.cities import pack
from ngoma.cities.book import Book, UnknownCity, book, book_of
from ngoma.cities.load import load
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.history.names import Names
from ngoma.intake.history.reading import Reader, Unusable, fingerprint
from ngoma.intake.history.sources import Row, Source, SourceError
from ngoma.records.models import Report
from ngoma.records.sql.planning import planned_anew

BATCH = 1000

Progress = Callable[[int, int, int], object]
Change = Callable[[History], History | None]


@dataclass(slots=True)
class Summary:
    """What came of an import. `services` were unknown and have been added, names by code; `listed`
    is the file of the rejected rows."""

    added: int = 0
    known: int = 0
    rejected: int = 0
    listed: Path = Path()
    contacts_left: int = 0
    services: dict[str, str] = field(default_factory=dict)


def destination(mapping: Mapping, city: str = "") -> Book:
    """The city to import into: the one named, else that of the pack beside the mapping, which is
    loaded where it is not there yet. Raises SourceError where there is none, PackError."""
    if city:
        try:
            return book(city)
        except UnknownCity:
            raise SourceError(f"there is no city {city}: add it by ngoma city add PACK") from None
    if mapping.pack is None:
        raise SourceError("name the city to import into by --city")
    slug = pack.read(mapping.pack).city.slug
    try:
        return book(slug)
    except UnknownCity:
        return book_of(load(mapping.pack).pk)


def run(
    path: Path,
    into: Book,
    mapping: Mapping,
    *,
    rejected: Path | None = None,
    progress: Progress = lambda done, size, rows: None,
    change: Change = lambda history: history,
    demo: bool = False,
) -> Summary:
    """Import a file into a city. The same again adds nothing; an interrupted one goes on.

    A row with the id of one that the city has from the same origin is known: nothing of it is
    changed. `progress` hears bytes done, bytes in all, and rows done. `change` may alter each
    request before it is kept, or leave it out (None). Raises SourceError where the file cannot be
    read at all.
    """
    summary = Summary()
    names = Names(into, mapping)
    reader = Reader(into, mapping, names)
    summary.services = names.added
    beside = rejected or path.with_name(path.name + ".rejected.csv")
    summary.listed = beside
    with (
        Source(path, mapping) as source,
        _Rejects(beside) as rejects,
        _Counts() as counts,
        planned_anew(),
    ):
        rows = source.rows()
        done = 0
        while batch := list(islice(rows, BATCH)):
            keyed = list(_keyed(batch, reader, counts, rejects))
            news = _unknown(keyed, into.id, mapping.origin)
            changed = map(change, _histories(news, reader, rejects))
            histories = [each for each in changed if each is not None]
            summary.added += record(into, histories, origin=mapping.origin, demo=demo)
            summary.known += len(keyed) - len(news)
            done += len(batch)
            progress(source.done, source.size, done)
        summary.rejected = rejects.count
    summary.contacts_left = reader.contacts_left
    return summary


def told(summary: Summary) -> Iterator[str]:
    """A summary in sentences."""
    yield f"{summary.added} added, {summary.known} known before, {summary.rejected} rejected"
    if summary.rejected:
        yield f"The rejected rows are listed with their reasons in {summary.listed}"
    if summary.contacts_left:
        yield f"Addresses left behind, unusable or of ended requests: {summary.contacts_left}"
    if summary.services:
        known_as = "Services that were unknown, kept as retired ones of the group `recorded`"
        yield f"{known_as}: {len(summary.services)}"
        yield from (f"  {code}  {name}" for code, name in sorted(summary.services.items()))


def _keyed(
    rows: Sequence[Row], reader: Reader, counts: "_Counts", rejects: "_Rejects"
) -> Iterator[tuple[str, Row]]:
    """Rows with their keys. Where the file has no ids, what a row says and how often it was said
    before are its key, so that equal rows stay apart and the same file gives the same keys."""
    for row in rows:
        try:
            if row.problem:
                raise Unusable(row.problem)
            key = reader.key(row.values)
            if key and counts.add(key) > 1:
                raise Unusable(f"the id {key} stood in an earlier row, which was taken")
            if not key:
                print_ = fingerprint(row.values)
                key = f"{print_}-{counts.add(print_)}"
            yield key, row
        except Unusable as error:
            rejects.add(row, str(error))


def _unknown(keyed: Sequence[tuple[str, Row]], city_id: int, origin: str) -> list[tuple[str, Row]]:
    keys = [key for key, _ in keyed]
    reports = Report.objects.filter(city=city_id, origin=origin, key__in=keys)
    known = set(reports.values_list("key", flat=True))
    return [(key, row) for key, row in keyed if key not in known]


def _histories(
    news: Sequence[tuple[str, Row]], reader: Reader, rejects: "_Rejects"
) -> Iterator[History]:
    for key, row in news:
        try:
            yield reader.history(row.values, key)
        except Unusable as error:
            rejects.add(row, str(error))


class _Counts:
    """How often a text was counted, in a table that moves to disk when it grows."""

    def __enter__(self) -> "_Counts":
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("CREATE TABLE seen (text TEXT PRIMARY KEY, times INT) WITHOUT ROWID")
        self._table.execute("BEGIN")
        return self

    def __exit__(self, *raised: object) -> None:
        self._table.close()

    def add(self, text: str) -> int:
        """Count it once more; returns how often by now."""
        counted = self._table.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1"
            " RETURNING times",
            [text],
        )
        times: int = counted.fetchone()[0]
        return times


class _Rejects:
    """The rows that could not be used, each with its reason, in a CSV file made when needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self.count = 0

    def __enter__(self) -> "_Rejects":
        if self._path.exists():
            self._path.unlink()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._file:
            self._file.close()

    def add(self, row: Row, reason: str) -> None:
        """List a row."""
        if self._file is None:
            try:
                self._file = self._path.open("w", encoding="utf-8", newline="", errors="replace")
            except OSError as error:
                raise SourceError(
                    f"{self._path}, the list of rejected rows, cannot be written: "
                    f"{error.strerror}; name another place by --rejected"
                ) from None
            self._writer = csv.writer(self._file)
            self._writer.writerow(("row", "reason", "values"))
        self.count += 1
        values = json.dumps(row.values, ensure_ascii=False)
        self._writer.writerow((row.number, reason, values if row.values else ""))
