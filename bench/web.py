"""The pages of a running server under load."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec
from django.conf import settings

from bench import floor
from bench.load import Taken
from bench.pages import ONCE, PAGES, Page
from bench.serving import Server, running
from ngoma.cities.book import Book

CONNECTIONS = 16
WARM_SECONDS = 1.0


class Measured(msgspec.Struct):
    """What a page took. CPU milliseconds and bytes are per request, times in milliseconds."""

    name: str
    most: float | None
    cpu: float
    database_cpu: float
    rate: float
    median: float
    slow: float
    size: float
    floor: float
    answers: dict[str, int]
    good: bool


class Web(msgspec.Struct):
    """All pages on one database; the largest resident set of a worker in MB."""

    database: str
    pages: list[Measured]
    worker_mb: float


def measure(
    book: Book, database: str, url: str, *, seconds: float, only: str, say: Callable[[str], object]
) -> Web:
    """Start the server and measure every page whose name has `only` in it."""
    pages: list[Measured] = []
    largest = 0.0
    log = Path(settings.NGOMA_DATA) / "server.log"
    wanted = [page for page in PAGES if only.lower() in page.name.lower()]
    for limit in dict.fromkeys(page.limit for page in wanted):
        with (
            running(url, log, NGOMA_FLOOD_LIMIT=str(limit)) as server,
            tempfile.TemporaryDirectory() as folder,
        ):
            for page in (each for each in wanted if each.limit == limit):
                pages.append(_measured(page, book, server, Path(folder), seconds))
                answers = pages[-1].answers if not pages[-1].good else ""
                memory = f"{server.worker_mb():.0f} MB"
                say(f"{pages[-1].name:26} {pages[-1].cpu:6.2f} CPU-ms  {memory}  {answers}")
            largest = max(largest, server.worker_mb())
    return Web(database, pages, largest)


def _measured(page: Page, book: Book, server: Server, folder: Path, seconds: float) -> Measured:
    file = folder / "requests"
    requests = list(islice(page.requests(book), ONCE))
    warm = requests[: len(requests) // 4] if page.once else requests
    rest = requests[len(warm) :] if page.once else requests
    file.write_bytes(msgspec.msgpack.encode(warm))
    tried = _load(file, server, WARM_SECONDS, page)
    if not {page.good} <= set(tried.statuses) <= {page.good, page.first}:
        return Measured(page.name, page.most, *[0.0] * 7, tried.statuses, good=False)
    file.write_bytes(msgspec.msgpack.encode(rest))
    before, database_before = server.cpu_ms(), server.database_ms()
    taken = _load(file, server, seconds, page)
    cpu, database_cpu = server.cpu_ms() - before, server.database_ms() - database_before
    good = set(taken.statuses) == {page.good}
    alone = 0.0
    if good:
        takes = page.once and page.good != "429"
        alone = floor.accepting(server.url) if takes else floor.reading(rest[0], server.url)
    return Measured(
        name=page.name,
        most=page.most,
        cpu=cpu / taken.count,
        database_cpu=database_cpu / taken.count,
        rate=taken.count / taken.seconds,
        median=1000 * taken.quantile(0.5),
        slow=1000 * taken.quantile(0.99),
        size=taken.size / taken.count,
        floor=alone,
        answers=taken.statuses,
        good=good,
    )


def _load(file: Path, server: Server, seconds: float, page: Page) -> Taken:
    arguments = map(str, (file, server.port, CONNECTIONS, seconds, "yes" if page.once else "no"))
    command = [sys.executable, "-m", "bench.load", *arguments]
    done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Taken)
