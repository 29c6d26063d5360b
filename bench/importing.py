"""How fast an older system's requests are taken over: a made-up file, through `ngoma import`."""

import csv
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from bench.filling import City
from ngoma.base.clock import iso, now
from ngoma.cities.book import Book
from ngoma.intake.history import importing
from ngoma.intake.history.mapping import Mapping


class Imported(msgspec.Struct):
    """Rows taken over and the seconds and CPU seconds that took, in this process."""

    database: str
    rows: int
    seconds: float
    cpu: float


def measure(
    book: Book, database: str, rows: int, progress: Callable[[int, int, int], object]
) -> Imported:
    """Write a file in the format GeoReport Bulk, and import it beside what the city has."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.csv"
        _write(file, book, rows)
        mapping = Mapping(origin=f"bench {time.time():.0f}")
        start, cpu = time.perf_counter(), time.process_time()
        found = importing.run(file, book, mapping, progress=progress)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    if found.added != rows:
        raise RuntimeError(f"{found.added} of {rows} rows were taken")
    return Imported(database, rows, seconds, cpu)


def _write(file: Path, book: Book, rows: int) -> None:
    city, until = City(book, seed=5), now()
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for number, at in enumerate(city.moments(rows, until)):
            service, (lat, lon, _place) = city.service(at), city.position()
            told = city.told(service)
            ended = min(at + timedelta(days=9), until)
            writer.writerow(
                [number, "closed" if ended < until else "open", iso(at), iso(ended), service.code,
                 told.words, told.location, lat, lon]
            )  # fmt: skip


_COLUMNS = (
    *("service_request_id", "status", "requested_datetime", "updated_datetime", "service_code"),
    *("description", "address", "lat", "long"),
)
