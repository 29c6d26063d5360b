"""What a page costs as a city grows: each page by itself, in cities of several sizes."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench import staff
from bench.pages import PAGES, Page, get
from bench.rest import derive
from bench.serving import Server, running
from bench.sizes import Cost, Size
from bench.tiles import asked
from ngoma.cities.book import Book

EACH = 200
"""Requests of a page that are measured, after as many that warm it."""
ONLY_THEN = {"Slow a report of a flood"}
"""Measured in `ngoma bench web` alone: it is about senders, not about what is kept."""


def measure(
    book: Book, database: str, url: str, reports: int, *, say: Callable[[str], object]
) -> Size:
    """Derive what is derived of events, start the server and ask for each page, one at a time."""
    derive(say)
    pages = []
    with running(url, Path(settings.NGOMA_DATA) / "server.log") as server:
        for name, page in _pages(book).items():
            pages.append(_cost(name, page, book, server))
            say(f"{name:28} {pages[-1].cpu:6.2f} CPU-ms, p95 {pages[-1].p95:6.1f} ms")
    return Size(database, reports, pages, _bytes() / reports)


def _pages(book: Book) -> Mapping[str, Page]:
    cookie = f"sessionid={staff.session()}"
    desk = {
        "Desk: board": "board/", "Desk: situation": "situation/", "Desk: cases": "work/",
        "Desk: performance": "performance/",
    }  # fmt: skip
    place = next(each for each in book.places.values() if len(book.chain(each.id)) == 1)
    known = {page.name: page for page in PAGES if page.name not in ONLY_THEN}
    known["A place"] = _again("A place", f"/{book.slug}/places/{place.code}", "")
    return known | {
        name: _again(name, f"/desk/{book.slug}/{end}", cookie) for name, end in desk.items()
    }


def _again(name: str, path: str, cookie: str) -> Page:
    def requests(_book: Book) -> Iterator[bytes]:
        yield from [get(path, cookie)] * (2 * EACH)

    return Page(name, None, requests)


def _cost(name: str, page: Page, book: Book, server: Server) -> Cost:
    requests = list(islice(page.requests(book), 2 * EACH))
    if not page.once:
        requests = (requests * (2 * EACH))[: 2 * EACH]
    asked(server, requests[:EACH])
    before = server.cpu_ms() + server.database_ms()
    taken = asked(server, requests[EACH:])
    cpu = server.cpu_ms() + server.database_ms() - before
    if set(taken.statuses) != {page.good}:
        raise RuntimeError(f"{name}: answered {taken.statuses}")
    return Cost(name, 1000 * taken.quantile(0.5), 1000 * taken.quantile(0.95), cpu / taken.count)


def _bytes() -> int:
    """What the database takes on disk."""
    if connection.vendor == "postgresql":
        ask = "SELECT pg_database_size(current_database())"
    else:
        ask = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return int(cursor.fetchone()[0])
