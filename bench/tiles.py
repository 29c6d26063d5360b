"""Tiles of the map, whatever a reader has chosen: how long the server takes, one at a time."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from bench import floor
from bench.filling import City
from bench.load import Taken
from bench.pages import get
from bench.serving import Server, running
from ngoma.base.quad import spot
from ngoma.cities.book import Book
from ngoma.records.queries.public_cases import KINDS
from ngoma.records.sql.counts import PERIODS

EACH = 1500
"""Tiles of every kind, each asked for once."""
MOST_MS, MOST_KB = 20.0, 40.0
ZOOMS = {
    "The whole city: zoom 8 to 11": range(8, 12),
    "Parts of it: zoom 12 to 15": range(12, 16),
    "Streets: zoom 16 to 19": range(16, 20),
}


class Measured(msgspec.Struct):
    """What tiles took: milliseconds and KB, and milliseconds of their statements alone."""

    name: str
    median: float
    slow: float
    slowest: float
    cpu: float
    largest: float
    floor_median: float
    floor_slow: float


class Tiles(msgspec.Struct):
    """All kinds of tiles on one database."""

    database: str
    reports: int
    kinds: list[Measured]


def measure(
    book: Book, database: str, url: str, reports: int, *, say: Callable[[str], object]
) -> Tiles:
    """Start the server and ask for tiles of every kind."""
    kinds = []
    with running(url, Path(settings.NGOMA_DATA) / "server.log") as server:
        for name, zooms in ZOOMS.items():
            asked(server, list(requests(book, zooms, seed=1, count=200)))  # it gets warm
            kinds.append(_measured(name, server, list(requests(book, zooms, seed=2, count=EACH))))
            say(f"{name:32} p99 {kinds[-1].slow:6.1f} ms")
    return Tiles(database, reports, kinds)


def requests(book: Book, zooms: Sequence[int], *, seed: int, count: int) -> Iterator[bytes]:
    """Tiles around where reports come from, each with filters drawn from all that there are."""
    city, draw = City(book, seed=seed), Random(seed)
    what = [each.code for each in book.services.values()] + [f"group:{g}" for g in book.groups]
    places = [each.code for each in book.places.values() if each.parent_id is None]
    parts = [each.code for each in book.places.values() if each.parent_id is not None]
    choices = {"what": what, "state": [*KINDS], "days": [*PERIODS], "place": [*places, *parts]}
    for _ in range(count):
        lat, lon, _place = city.position()
        zoom = draw.choice(zooms)
        x, y = spot(lat, lon, zoom)
        choices["place"] = draw.choice((places, parts or places))
        asked = {name: draw.choice(of) for name, of in choices.items() if draw.random() < 0.5}
        yield get(f"/{book.slug}/tiles/{zoom}/{x}/{y}.json?{urlencode(asked)}")


def _measured(name: str, server: Server, requests: list[bytes]) -> Measured:
    before = server.cpu_ms() + server.database_ms()
    taken = asked(server, requests)
    cpu = server.cpu_ms() + server.database_ms() - before
    if set(taken.statuses) != {"200"}:
        raise RuntimeError(f"{name}: answered {taken.statuses}")
    alone = sorted(floor.readings(requests, server.url))
    return Measured(
        name=name,
        median=1000 * taken.quantile(0.5),
        slow=1000 * taken.quantile(0.99),
        slowest=1000 * taken.quantile(1),
        cpu=cpu / taken.count,
        largest=taken.largest / 1024,
        floor_median=alone[len(alone) // 2],
        floor_slow=alone[int(0.99 * len(alone))],
    )


def asked(server: Server, requests: list[bytes]) -> Taken:
    """Each request once, one after the other."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(msgspec.msgpack.encode(requests))
        file.flush()
        arguments = (file.name, str(server.port), "1", "600", "yes")
        command = [sys.executable, "-m", "bench.load", *arguments]
        done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Taken)
