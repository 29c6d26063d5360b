"""The public data of a city as files: CSV, GeoJSON and Parquet.

One row a report, under the column names of GeoReport Bulk where it has one. A report whose service
is not public is there with its service and dates, without words, address and answer, with a coarse
position and the greatest place around it.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

import duckdb

from ngoma.base.clock import iso
from ngoma.cities.book import Book, text
from ngoma.insight.answering import answer_text
from ngoma.people.publicity import TELLING, public_position
from ngoma.records.models import Report
from ngoma.records.queries import published

COLUMNS = {
    "service_request_id": "VARCHAR",
    "requested_datetime": "TIMESTAMP",
    "updated_datetime": "TIMESTAMP",
    "closed_date": "TIMESTAMP",
    "expected_datetime": "TIMESTAMP",
    "status_description": "VARCHAR",
    "status_notes": "VARCHAR",
    "source": "VARCHAR",
    "service_code": "VARCHAR",
    "service_name": "VARCHAR",
    "description": "VARCHAR",
    "agency_responsible": "VARCHAR",
    "address": "VARCHAR",
    "place": "VARCHAR",
    "lat": "DOUBLE",
    "long": "DOUBLE",
}
"""Columns with their types in Parquet. `status_description` is the state of the case,
`place` a code of the city."""

FORMATS = ("csv", "geojson", "parquet")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportError(ValueError):
    """An export that cannot be made; the text says why."""


Public = dict[str, Any]
Progress = Callable[[int], object]


def count(book: Book) -> int:
    """How many rows an export has."""
    return Report.objects.filter(city=book.id).count()


def rows(book: Book) -> Iterator[Public]:
    """Every report of a city as the public may see it, times as `datetime`. Streams."""
    for row in published.rows(book.id, book.private_services, TELLING):
        yield _public(book, row)


def write(rows: Iterable[Public], kind: str, path: Path | None) -> None:
    """Write rows as one of `FORMATS` to a file, whole or not at all, or to standard output.

    Raises ExportError for another format, and for Parquet without a file.
    """
    if kind not in FORMATS:
        raise ExportError(f"there is no format {kind!r}: use {', '.join(FORMATS)}")
    if path is None:
        if kind == "parquet":
            raise ExportError("Parquet needs a file: name it by --out")
        _WRITERS[kind](rows, sys.stdout)
        return
    part = path.with_name(path.name + ".part")
    try:
        if kind == "parquet":
            write_parquet(rows, part)
        else:
            with part.open("w", encoding="utf-8", newline="") as out:
                _WRITERS[kind](rows, out)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_csv(rows: Iterable[Public], out: TextIO) -> None:
    """CSV in which no spreadsheet finds a formula: a text that looks like one gets a `'` before."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_guarded(value) for value in row.values()])


def write_geojson(rows: Iterable[Public], out: TextIO) -> None:
    """A GeoJSON FeatureCollection, one feature a line; without a position the geometry is null."""
    out.write('{"type": "FeatureCollection", "features": [')
    for number, row in enumerate(rows):
        here = None if row["lat"] is None else [row["long"], row["lat"]]
        feature = {
            "type": "Feature",
            "id": row["service_request_id"],
            "geometry": here and {"type": "Point", "coordinates": here},
            "properties": {
                name: _plain(value) for name, value in row.items() if name not in ("lat", "long")
            },
        }
        out.write((",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False))
    out.write("\n]}\n")


def write_parquet(rows: Iterable[Public], path: Path) -> None:
    """Parquet, with times as naive UTC, which every analytical engine reads fastest."""
    with TemporaryDirectory() as folder, duckdb.connect() as engine:
        between = Path(folder) / "rows.csv"
        with between.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([_naive(value) for value in row.values()] for row in rows)
        table = engine.read_csv(str(between), header=True, dtype=COLUMNS, parallel=False)
        table.write_parquet(str(path), compression="zstd")


_WRITERS = {"csv": write_csv, "geojson": write_geojson}


def _public(book: Book, row: published.Row) -> Public:
    service = book.services.get(row.service_id) if row.service_id else None
    department = book.departments.get(row.department_id) if row.department_id else None
    chain = book.chain(row.place_id)
    place = book.places[chain[0 if row.public else -1]] if chain else None
    here = public_position(row.lat, row.lon, exact=row.public) or (None, None)
    language = book.languages[0]
    return {
        "service_request_id": row.reference,
        "requested_datetime": row.received_at,
        "updated_datetime": row.updated_at,
        "closed_date": row.closed_at,
        "expected_datetime": row.due,
        "status_description": row.state,
        "status_notes": answer_text(book, *row.told, language) if row.told else "",
        "source": row.channel,
        "service_code": service.code if service else "",
        "service_name": text(service.names, language) if service else "",
        "description": row.words,
        "agency_responsible": text(department.names, language) if department else "",
        "address": row.location,
        "place": place.code if place else "",
        "lat": here[0],
        "long": here[1],
    }


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value


def _guarded(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return _plain(value)


def _naive(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", timespec="seconds")
    return value
