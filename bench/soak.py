"""Hours of a busy city: reports and page views at a steady rate, then three times as many, then as
before; web and worker running as in production."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread

import msgspec
from django.conf import settings
from django.db import connection

from bench.pages import PAGES
from bench.rest import come_to_rest
from bench.serving import Server, resident_mb, running, tree
from bench.steady import FRESH, Answered, Kind
from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.queries import watch
from ngoma.settings import serve

RATES = {"PostgreSQL": (50.0, 200.0), "SQLite": (20.0, 100.0)}
"""Reports and page views a second."""
TIMES = 3
"""How much more comes in the overload."""
MOST_P99_MS, MOST_LAG_S, MOST_MEMORY, RECOVERED_S = 500.0, 2.0, 0.05, 30
WARM_S, AFTER_S = 60.0, 90.0
DIFFERENT = 4000
"""Reports that are handed in again and again, each time as a new one."""
VIEWS = {
    "Home": 0.1, "Track a report": 0.4, "Public list": 0.15, "Map tile": 0.25,
    "Open311: one request": 0.1,
}  # fmt: skip
"""Of the page views, how many are of which page."""
REPORT = "Accept a report: Open311"


class Phase(msgspec.Struct):
    """A stretch of the soak. Milliseconds of what was answered, not of what was refused."""

    name: str
    seconds: float
    answers: dict[str, int]
    reports: float
    views: float
    median: float
    p99: float
    p99_reports: float
    cpu: float
    database_cpu: float
    lag: float
    web_mb: tuple[float, float]
    worker_mb: tuple[float, float]


class Soak(msgspec.Struct):
    """All phases; `recovered` is the seconds after the overload until a second was answered in
    time again, `kept` whether every report that was answered is there."""

    database: str
    phases: list[Phase]
    recovered: float
    kept: bool


class Watch:
    """Looks once a second at the memory of web and worker, and at how far readers are behind."""

    def __init__(self, server: Server, worker: "subprocess.Popen[bytes]") -> None:
        self._server, self._worker = server, worker
        self.lags: list[float] = []
        self.web: list[float] = []
        self.worker: list[float] = []

    @contextmanager
    def looking(self) -> Iterator["Watch"]:
        """While the block lasts."""
        stop = Event()

        def look() -> None:
            while not stop.wait(1):
                self._look()
            connection.close()

        thread = Thread(target=look)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _look(self) -> None:
        late = [(now() - each.since).total_seconds() for each in watch.readers() if each.since]
        self.lags.append(max(late, default=0.0))
        self.web.append(sum(map(resident_mb, tree(self._server.process.pid))))
        self.worker.append(sum(map(resident_mb, tree(self._worker.pid))))


def measure(
    book: Book, database: str, url: str, minutes: float, *, say: Callable[[str], object]
) -> Soak:
    """Let a city be as busy as it may be for so many minutes, then a third of them too busy."""
    kinds = list(_kinds(book, *RATES[database]))
    more = [Kind(kind.name, TIMES * kind.rate, kind.requests) for kind in kinds]
    come_to_rest(say)
    before = _reports()
    with _both(url) as (server, worker):
        _asked(server, kinds, WARM_S)
        calm, answers = _phase("as busy as it may be", server, worker, kinds, 60 * minutes, say)
        busy, refused = _phase("three times that", server, worker, more, 20 * minutes, say)
        after, then = _phase("as before", server, worker, kinds, AFTER_S, say)
    taken = sum(each.kind == REPORT and each.status == "200" for each in answers + refused + then)
    kept = _reports() - before >= taken
    return Soak(database, [calm, busy, after], _recovered(then), kept)


def _kinds(book: Book, reports: float, views: float) -> Iterator[Kind]:
    requests = {page.name: page.requests for page in PAGES}
    new = b"\r\nIdempotency-Key: " + FRESH + b"\r\n"
    told = [each.replace(b"\r\n", new, 1) for each in islice(requests[REPORT](book), DIFFERENT)]
    yield Kind(REPORT, reports, told)
    for name, part in VIEWS.items():
        yield Kind(name, part * views, list(requests[name](book)))


@contextmanager
def _both(url: str) -> Iterator[tuple[Server, "subprocess.Popen[bytes]"]]:
    log = Path(settings.NGOMA_DATA) / "server.log"
    with running(url, log) as server:
        worker = subprocess.Popen(
            [sys.executable, "-m", "ngoma", "worker"], env=os.environ, start_new_session=True
        )
        try:
            yield server, worker
        finally:
            serve.stop(worker)


def _phase(
    name: str,
    server: Server,
    worker: "subprocess.Popen[bytes]",
    kinds: Sequence[Kind],
    seconds: float,
    say: Callable[[str], object],
) -> tuple[Phase, list[Answered]]:
    cpu, database_cpu = server.cpu_ms(), server.database_ms()
    started = time.perf_counter()
    with Watch(server, worker).looking() as watch:
        answers = _asked(server, kinds, seconds)
    took = time.perf_counter() - started
    good = [each for each in answers if each.status == "200"]
    reports = [each for each in good if each.kind == REPORT]
    phase = Phase(
        name=name,
        seconds=took,
        answers=dict(Counter(each.status for each in answers)),
        reports=len(reports) / took,
        views=(len(good) - len(reports)) / took,
        median=_ms(good, 0.5),
        p99=_ms(good, 0.99),
        p99_reports=_ms(reports, 0.99),
        cpu=(server.cpu_ms() - cpu) / len(answers),
        database_cpu=(server.database_ms() - database_cpu) / len(answers),
        lag=max(watch.lags, default=0.0),
        web_mb=_ends(watch.web),
        worker_mb=_ends(watch.worker),
    )
    say(f"{name}: p99 {phase.p99:.0f} ms, {phase.answers}, {phase.lag:.1f} s behind")
    return phase, answers


def _asked(server: Server, kinds: Sequence[Kind], seconds: float) -> list[Answered]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(msgspec.msgpack.encode(kinds))
        file.flush()
        command = [sys.executable, "-m", "bench.steady", file.name, str(server.port), str(seconds)]
        done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.msgpack.decode(done.stdout, type=list[Answered])


def _ms(answers: Sequence[Answered], part: float) -> float:
    times = sorted(each.took for each in answers)
    return 1000 * times[min(int(part * len(times)), len(times) - 1)] if times else 0.0


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The middle of the first and of the last tenth."""
    tenth = max(len(values) // 10, 1)
    first, last = sorted(values[:tenth]), sorted(values[-tenth:])
    return (first[len(first) // 2], last[len(last) // 2]) if values else (0.0, 0.0)


def _recovered(answers: Sequence[Answered]) -> float:
    """The first second from which on every one had nobody refused, and was in time."""
    slow = [each.due for each in answers if each.status != "200" or each.took > MOST_P99_MS / 1000]
    seconds = Counter(int(due) for due in slow)
    late = [second for second, count in seconds.items() if count > 3]
    return max(late, default=-1) + 1.0


def _reports() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_report")
        return int(cursor.fetchone()[0])
