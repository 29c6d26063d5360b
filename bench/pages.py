"""What is measured: the requests of each page, and the most that one may cost."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from bench import staff
from bench.filling import City
from ngoma.base.quad import spot
from ngoma.cities.book import Book
from ngoma.public.drafts import Draft

MANY = 400
"""Different requests of one page that are gone through again and again."""
ONCE = 8000
"""Different reports to hand in, each once: more than are taken in the time."""


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of request. `most` is its target in CPU-ms; None where none was set.

    `limit` is NGOMA_FLOOD_LIMIT of the server that answers. `first` is the answer that the very
    first requests may get instead of the `good` one.
    """

    name: str
    most: float | None
    requests: Callable[[Book], Iterator[bytes]]
    good: str = "200"
    once: bool = False
    limit: int = 0
    first: str = ""


def get(path: str, cookie: str = "") -> bytes:
    """A request, as browsers send it."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Accept-Encoding: gzip"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode()


def _post(path: str, fields: dict[str, object]) -> bytes:
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _references(book: Book) -> list[str]:
    """Of public reports, from the oldest to the newest, in no order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_case WHERE city_id = %s", [book.id])
        step = max(cursor.fetchone()[0] // MANY, 1)
        cursor.execute(
            """SELECT r.reference FROM records_report r JOIN records_case c ON c.id = r.case_id
               WHERE c.city_id = %s AND c.public AND r.id %% %s = 0""",
            [book.id, step],
        )
        found = [row[0] for row in cursor.fetchall()]
    Random(2).shuffle(found)
    return found


def _send(book: Book) -> Iterator[bytes]:
    """The last step of the residents' form: everything was told, the draft comes along sealed."""
    city = City(book, seed=3)
    for _ in range(ONCE):
        service, (lat, lon, _place) = city.draw.choice(city.services), city.position()
        told = city.told(service)
        draft = Draft(
            key=secrets.token_urlsafe(16), words=told.words, service=service.code, lat=lat, lon=lon,
            accuracy=20, location=told.location, answers=_answers(service.questions),
        )  # fmt: skip
        fields: dict[str, object] = {"draft": draft.sealed, "go": "send"}
        if city.draw.random() < 0.6:
            fields["contact"] = f"{secrets.token_hex(4)}@resident.example"
        yield _post(f"/{book.slug}/report", fields)


def _flood(book: Book) -> Iterator[bytes]:
    """The same, of a machine that sends no danger and shows no work."""
    calm = next(each for each in book.services.values() if not each.danger and not each.questions)
    words = next(iter(calm.names.values()))
    lat, lon, _place = City(book, seed=5).position()
    for _ in range(ONCE):
        key = secrets.token_urlsafe(16)
        draft = Draft(key=key, words=words, service=calm.code, lat=lat, lon=lon, accuracy=20)
        yield _post(f"/{book.slug}/report", {"draft": draft.sealed, "go": "send"})


def _form(book: Book) -> Iterator[bytes]:
    yield get(f"/{book.slug}/report")


def _create(book: Book) -> Iterator[bytes]:
    """A service request of another program."""
    city = City(book, seed=4)
    for _ in range(ONCE):
        service, (lat, lon, _place) = city.draw.choice(city.services), city.position()
        told = city.told(service)
        answers = _answers(service.questions).items()
        yield _post(
            f"/open311/v2/requests.json?jurisdiction_id={book.slug}",
            {
                "api_key": staff.KEY, "service_code": service.code, "lat": lat, "long": lon,
                "description": told.words, "address_string": told.location,
                **{f"attribute[{code}]": given[0] for code, given in answers},
            },
        )  # fmt: skip


def _answers(questions: Sequence[dict[str, object]]) -> dict[str, list[str]]:
    """An answer to each question that must be answered."""
    return {str(each["code"]): [_answer(each)] for each in questions if each.get("required")}


def _answer(question: dict[str, object]) -> str:
    values = question.get("values")
    if isinstance(values, (list, tuple)) and values:
        return str(values[0]["key"])
    return {"number": "3", "datetime": "2026-01-31T12:00:00Z"}.get(str(question["datatype"]), "yes")


def _track(book: Book) -> Iterator[bytes]:
    for reference in _references(book):
        yield get(f"/{book.slug}/r/{reference}")


def _tracked_before(book: Book) -> Iterator[bytes]:
    """The same by a reader who has each page, and asks whether it is as it was."""
    reader = Client(SERVER_NAME="localhost")
    for reference in _references(book):
        path = f"/{book.slug}/r/{reference}"
        known = reader.get(path)["ETag"]
        yield get(path).removesuffix(b"\r\n") + f"If-None-Match: {known}\r\n\r\n".encode()


def _listed(book: Book) -> Iterator[bytes]:
    yield get(f"/open311/v2/requests.json?jurisdiction_id={book.slug}&page_size=50")


def _one(book: Book) -> Iterator[bytes]:
    for reference in _references(book):
        yield get(f"/open311/v2/requests/{reference}.json?jurisdiction_id={book.slug}")


def _public_list(book: Book) -> Iterator[bytes]:
    """The first page, and pages that a reader's choices lead to."""
    services = [each.code for each in book.services.values() if not each.retired]
    for number in range(MANY):
        asked = ({}, {"state": "open"}, {"what": services[number % len(services)]}, {"days": 30})
        yield get(f"/{book.slug}/list?{urlencode(asked[number % 4])}")


def _tile(book: Book) -> Iterator[bytes]:
    """Tiles in the middle of the city, of every zoom that a reader begins with."""
    lat, lon = book.settings["map"]["center"]
    for zoom in range(9, 17):
        x, y = spot(lat, lon, zoom)
        yield get(f"/{book.slug}/tiles/{zoom}/{x}/{y}.json")


def _home(book: Book) -> Iterator[bytes]:
    yield get(f"/{book.slug}/")


def _queue(book: Book) -> Iterator[bytes]:
    yield get(f"/desk/{book.slug}/", f"sessionid={staff.session()}")


PAGES = (
    Page("Home", None, _home),
    Page("Track a report", 4, _track),
    Page("Track a report that is known", 1, _tracked_before, good="304"),
    Page("Public list", 8, _public_list),
    Page("Map tile", 10, _tile),
    Page("Open311: list of 50", 5, _listed),
    Page("Open311: one request", 2, _one),
    Page("Desk: queue", None, _queue),
    Page("Accept a report: form", 8, _send, good="303", once=True),
    Page("Report: first step", None, _form),
    Page("Slow a report of a flood", None, _flood, good="429", once=True, limit=1, first="303"),
    Page("Accept a report: Open311", 8, _create, once=True),
)
