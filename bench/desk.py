"""The desk under load: its pages and steps, the search, and one answer for many."""

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.db import connection

from bench import staff
from bench.filling import City
from bench.pages import get
from bench.serving import Server, running
from bench.tiles import asked
from ngoma.cities.book import Book

OPEN = 100_000
"""Cases that wait in the queue while it is measured; their rows alone are made open, by hand."""
EACH = 300
MANY = 1000
MOST = {"Queue": 10.0}
"""CPU-ms that a request may cost."""
MOST_P95_MS = 50.0
SEARCH_P95_MS, BATCH_S = 20.0, 10.0


class Measured(msgspec.Struct):
    """A kind of request: milliseconds, and CPU-ms of the server and its database."""

    name: str
    median: float
    p95: float
    cpu: float


class Desk(msgspec.Struct):
    """All that was measured. `search_p95` is of the query alone, `batch` seconds from its start
    until the last notice was written."""

    database: str
    city: str
    reports: int
    waiting: int
    kinds: list[Measured]
    search_median: float
    search_p95: float
    batch: float
    notices: int


def measure(
    book: Book, database: str, url: str, reports: int, *, say: Callable[[str], object]
) -> Desk:
    """Start the server, ask for what a morning at the desk asks for, then answer many at once."""
    _index(say)
    waiting = _let_wait(book)
    words = list(_words(book))
    kinds = []
    cookie = f"sessionid={staff.session()}"
    with running(url, Path(settings.NGOMA_DATA) / "server.log") as server:
        for name, requests in _kinds(book, cookie, words).items():
            asked(server, requests[:20])  # it gets warm
            kinds.append(_measured(name, server, requests[20:]))
            say(f"{name:28} p95 {kinds[-1].p95:6.1f} ms, {kinds[-1].cpu:5.1f} CPU-ms")
    median, p95 = _search(book, words)
    seconds, notices = _batch(book)
    return Desk(database, book.slug, reports, waiting, kinds, median, p95, seconds, notices)


def _let_wait(book: Book) -> int:
    """Make the newest rows open, with a promise for their first answer."""
    newest = f"SELECT id FROM records_case WHERE city_id = %s ORDER BY id DESC LIMIT {OPEN}"
    sql = f"""UPDATE records_case SET state = 'received', answered_at = NULL,
              answer_due = opened_at WHERE id IN ({newest})"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [book.id])
        # All changed at once here; in a city the server keeps up with what changes.
        vacuum = "VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE"
        cursor.execute(vacuum)
        cursor.execute(
            "SELECT COUNT(*) FROM records_case WHERE city_id = %s AND state = 'received'",
            [book.id],
        )
        return int(cursor.fetchone()[0])


def _index(say: Callable[[str], object]) -> None:
    """Index the words, unless that was done."""
    from ngoma.insight import searching
    from ngoma.records.models import Bookmark

    if not Bookmark.objects.filter(reader=searching.READER, event__gt=0).exists():
        say("Indexing the words")
        searching.rebuild(lambda done: None)


def _words(book: Book) -> Iterator[str]:
    """What somebody looks for: two words that some report has."""
    city, draw = City(book, seed=5), Random(5)
    while True:
        said = city.told(draw.choice(city.services)).words.split()
        if len(said) > 3:
            at = draw.randrange(len(said) - 1)
            yield " ".join(said[at : at + 2]).strip(".,!?")
        if draw.random() < 1 / EACH / 2:
            return


def _kinds(book: Book, cookie: str, words: list[str]) -> dict[str, list[bytes]]:
    count = EACH + 20
    references = _references(book, 3 * count)
    queue, looks, steps = (references[n * count : (n + 1) * count] for n in range(3))
    slug = book.slug
    return {
        "Queue": [get(f"/desk/{slug}/", cookie)] * len(queue),
        "Queue: the next report": [
            get(f"/desk/{slug}/?case={each}", f"{cookie}\r\nHX-Target: look") for each in looks
        ],
        "Queue: what is new": [get(f"/desk/{slug}/live/", cookie)] * count,
        "Case": [get(f"/desk/{slug}/cases/{each}/", cookie) for each in looks],
        "Cases found by two words": [
            get(f"/desk/{slug}/work/?{urlencode({'q': each})}", cookie)
            for each in (words * (count // len(words) + 1))[:count]
        ],
        "Accept": [_step(book, cookie, each, "accept", service="pothole") for each in steps],
        "Board": [get(f"/desk/{slug}/board/", cookie)] * 40,
    }


def _references(book: Book, count: int) -> list[str]:
    sql = """SELECT reference FROM records_case WHERE city_id = %s AND state = 'received'
             ORDER BY id DESC LIMIT %s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [book.id, count])
        return [row[0] for row in cursor.fetchall()]


def _step(book: Book, cookie: str, reference: str, name: str, **fields: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM records_case WHERE reference = %s", [reference])
        version = cursor.fetchone()[0]
    token = secrets.token_hex(16)
    code = next(iter(book.service_by_code)) if name == "accept" else ""
    body = urlencode({"version": version, "from": "queue", **fields, "service": code}).encode()
    head = (
        f"POST /desk/{book.slug}/cases/{reference}/{name}/ HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: {cookie}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _measured(name: str, server: Server, requests: list[bytes]) -> Measured:
    before = server.cpu_ms() + server.database_ms()
    taken = asked(server, requests)
    cpu = server.cpu_ms() + server.database_ms() - before
    if set(taken.statuses) - {"200", "302"}:
        raise RuntimeError(f"{name}: answered {taken.statuses}")
    return Measured(
        name, 1000 * taken.quantile(0.5), 1000 * taken.quantile(0.95), cpu / taken.count
    )


def _search(book: Book, words: list[str]) -> tuple[float, float]:
    """Milliseconds of the search alone, in this process: median and 95th percentile."""
    from ngoma.records.queries.search import search

    times = []
    for each in words:
        started = time.perf_counter()
        search(book.id, each, public=False, limit=50)
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    return times[len(times) // 2], times[int(0.95 * len(times))]


def _batch(book: Book) -> tuple[float, int]:
    """Seconds that one answer for many takes, until every notice is written; and how many."""
    from ngoma.casework import batching
    from ngoma.records.models import Case, Job, Notice, User
    from ngoma.work.worker import run_until_idle

    settings.NGOMA_UNDO = 0
    Job.objects.all().delete()
    ids = list(Case.objects.filter(city=book.id, state="received").values_list("pk", flat=True))
    before = Notice.objects.count()
    started = time.perf_counter()
    batching.begin(
        user=User.objects.get(username=staff.NAME),
        city_id=book.id,
        step="answer",
        case_ids=ids[-MANY:],
        texts=dict.fromkeys(book.languages, "{reference}: {service}, {place}."),
    )
    kinds = ("casework.batch", "notices.plan")
    while Job.objects.filter(kind__in=kinds).exists():
        run_until_idle(100)
    return time.perf_counter() - started, Notice.objects.count() - before
