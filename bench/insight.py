"""What a city learns: the sums of arrivals, the forecast, the night, the situation board."""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import msgspec
from django.conf import settings

from bench import staff
from bench.pages import get
from bench.serving import Server, running
from bench.tiles import asked
from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit

EACH = 200
SHOWN = 12
"""New reports whose way to the board is timed."""
BOARD_P95_MS, COLD_S, SHOWN_S, NIGHT_S, NIGHT_MB = 300.0, 2.0, 5.0, 600.0, 2048.0

# In a process of its own, so that it begins with nothing in memory.
_COLD = """
import sys, time
started = time.perf_counter()
import ibis
from datetime import UTC, datetime
from ngoma.insight.expressions import measures
engine = ibis.duckdb.connect()
facts = engine.read_parquet(sys.argv[1])
table = measures(facts, ["month", "service", "district"], datetime.now(UTC))
# As Arrow, by the engine itself: Ibis would load pandas for it.
rows = engine.con.sql(str(ibis.to_sql(table))).to_arrow_table()
print(time.perf_counter() - started, len(rows))
"""


class Asked(msgspec.Struct):
    """A view of the board: milliseconds, and CPU-ms of the server and its database."""

    name: str
    median: float
    p95: float
    cpu: float


class Run(msgspec.Struct):
    """A process of its own: seconds, and its largest resident set in MB."""

    seconds: float
    mb: float


class Insight(msgspec.Struct):
    """All that was measured. `counting` is events counted a second; `shown` the seconds until a new
    report stood on the board, the median and the longest; `cold` the seconds of a table by month,
    service and district in a new process, of so many `facts`, in so many `rows`."""

    database: str
    city: str
    reports: int
    counting: float
    forecast: Run
    first_night: Run
    next_night: Run
    cold: float
    facts: int
    rows: int
    views: list[Asked]
    shown: tuple[float, float]


def measure(
    book: Book, database: str, url: str, reports: int, times: int, *, say: Callable[[str], object]
) -> Insight:
    """Count, foretell, spend two nights, then ask for the board. The cold table is made of each
    fact so many times."""
    from ngoma.insight import arriving
    from ngoma.records.models import Event

    say("Counting what came")
    started = time.perf_counter()
    arriving.rebuild(lambda done: None)
    counting = Event.objects.count() / (time.perf_counter() - started)
    say("Foretelling, and two nights")
    forecast = _run("insight", "forecast", "--city", book.slug)
    nights = [_run("insight", "nightly", "--city", book.slug) for _ in range(2)]
    cold, facts, rows = _cold(book, times)
    with running(url, Path(settings.NGOMA_DATA) / "server.log") as server:
        cookie = f"sessionid={staff.session()}"
        views = [_view(book, server, cookie, view) for view in _views(book)]
        shown = _shown(book, server, cookie)
    return Insight(
        database, book.slug, reports, counting, forecast, *nights, cold, facts, rows, views, shown
    )


def _run(*arguments: str) -> Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "ngoma", *arguments], check=True, capture_output=True)
    seconds = time.perf_counter() - started
    # The largest of all children so far: it tells of this one where it is larger than before.
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Run(seconds, largest / 1024 if largest > before else before / 1024)


def _cold(book: Book, times: int) -> tuple[float, int, int]:
    from bench.opendata import repeat

    within = Path(settings.NGOMA_DATA) / "insight" / book.slug
    repeated = within / "repeated"
    repeated.mkdir(exist_ok=True)
    try:
        parts = sorted((within / "cases").glob("*.parquet"))
        facts = times * sum(repeat(part, times, repeated / part.name) for part in parts)
        command = [sys.executable, "-c", _COLD, str(repeated / "*.parquet")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    finally:
        shutil.rmtree(repeated)
    seconds, rows = done.stdout.split()
    return float(seconds), facts, int(rows)


def _views(book: Book) -> list[str]:
    views = [f"span={span}" for span in ("now", "today", "week")]
    return [*views, f"span=week&place={_place(book)}"]


def _view(book: Book, server: Server, cookie: str, view: str) -> Asked:
    before = server.cpu_ms() + server.database_ms()
    taken = asked(server, [get(f"/desk/{book.slug}/situation/?{view}", cookie)] * EACH)
    cpu = server.cpu_ms() + server.database_ms() - before
    if set(taken.statuses) - {"200"}:
        raise RuntimeError(f"{view}: answered {taken.statuses}")
    return Asked(view, 1000 * taken.quantile(0.5), 1000 * taken.quantile(0.95), cpu / taken.count)


def _shown(book: Book, server: Server, cookie: str) -> tuple[float, float]:
    """Hand in reports while a worker works and a board asks every three seconds, as it does."""
    service = next(each.code for each in book.services.values() if not each.retired)
    worker = subprocess.Popen(
        [sys.executable, "-m", "ngoma", "worker"], env=os.environ, start_new_session=True
    )
    try:
        _wait_for_readers()
        times = []
        for number in range(SHOWN):
            before = _count(book, server, cookie)
            started = time.perf_counter()
            told = {"words": f"Hole {number}", "service": service, "place": _place(book)}
            key = f"shown-{time.time_ns()}"
            submit(Submission(book=book, origin="bench", key=key, channel="web", **told))
            while _count(book, server, cookie) == before:
                time.sleep(0.1)
            times.append(time.perf_counter() - started)
    finally:
        worker.terminate()
        worker.wait()
    times.sort()
    # The board asks every three seconds: it sees the report half of that later in the mean.
    return times[len(times) // 2] + 1.5, times[-1] + 3


def _wait_for_readers() -> None:
    """Until the worker has read all events of the made-up years: a city has no such backlog."""
    from ngoma.casework import reminding
    from ngoma.insight import arriving, counting, performing, searching
    from ngoma.ledger import sealing
    from ngoma.records.queries.events import behind

    readers = (searching, counting, performing, arriving, reminding, sealing)
    while any(behind(reader.READER) for reader in readers):
        time.sleep(1)


def _place(book: Book) -> str:
    return book.places[book.districts[0]].code


def _count(book: Book, server: Server, cookie: str) -> bytes:
    """What the file of the board says of today."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(
        "GET",
        f"/desk/{book.slug}/situation/?csv=1",
        headers={"Cookie": cookie, "Host": "localhost"},
    )
    rows = connection.getresponse().read().splitlines()
    connection.close()
    return rows[14]
