"""Hostile requests against the real server: how it answers them, and whether anything breaks."""

import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from django.conf import settings

from bench import staff
from bench.hostile import SECRET, WORD, Known, Request, request
from bench.serving import running
from ngoma.cities.book import Book
from ngoma.records.models import Case, Report

AT_ONCE = 8
PATIENCE = 30.0
"""Seconds for an answer."""

SLOW = 5.0
"""Seconds after which an answer is told of by its number."""


class Broke(msgspec.Struct):
    """A request that was answered with a 500 or not at all."""

    number: int
    answer: str
    sent: str


class Fuzzed(msgspec.Struct):
    """How requests were answered. `closed`: those that were no HTTP and got no answer."""

    database: str
    first: int
    requests: int
    seconds: float
    statuses: dict[str, int]
    closed: int
    broke: list[Broke]
    slow: list[tuple[float, int]]


def measure(
    book: Book, database: str, url: str, first: int, requests: int, advance: Callable[[], object]
) -> Fuzzed:
    """Send the requests with these numbers to a server of their own, several at once."""
    known = known_to(book)
    statuses: Counter[str] = Counter()
    found = Fuzzed(database, first, requests, 0.0, {}, 0, [], [])
    log = Path(settings.NGOMA_DATA) / "server.log"
    started = time.monotonic()
    with running(url, log, **EXPECTED) as server, ThreadPoolExecutor(AT_ONCE) as pool:

        def one(number: int) -> tuple[int, str, float]:
            begun = time.monotonic()
            answer = _answer(server.port, request(number, known))
            return number, answer, time.monotonic() - begun

        for number, answer, took in pool.map(one, range(first, first + requests)):
            statuses[answer] += 1
            sent = request(number, known)
            if answer.startswith("5") or (not answer.isdigit() and not sent.broken):
                found.broke.append(Broke(number, answer, str(sent)))
            found.closed += not answer.isdigit()
            if took > SLOW:
                found.slow.append((round(took, 1), number))
            advance()
    found.seconds = time.monotonic() - started
    found.statuses = dict(sorted(statuses.items()))
    return found


EXPECTED = {
    "NGOMA_SMS_HOOK": WORD,
    "NGOMA_KAKAO_HOOK": WORD,
    "NGOMA_TELEGRAM_SECRET": SECRET,
    "NGOMA_WHATSAPP_SECRET": SECRET,
    "NGOMA_WHATSAPP_VERIFY": WORD,
    "NGOMA_SMS": "africastalking",
}
"""Settings under which the doors of messages open to hostile requests."""


def known_to(book: Book, session: str | None = None) -> Known:
    """What a stranger may know of a city, and some of what they may not."""
    reports = list(Report.objects.filter(city=book.id).order_by("pk")[:20])
    cases = Case.objects.filter(city=book.id).order_by("pk")[:20]
    services = tuple(each.code for each in book.services.values())
    places = tuple(each.code for each in list(book.places.values())[:20])
    references = tuple(each.reference for each in cases) or ("AAA",)
    values: dict[str, tuple[str, ...]] = {
        "city": (book.slug,), "jurisdiction_id": (book.slug,), "language": book.languages,
        "lang": book.languages, "locale": book.languages,
        "reference": references, "ids": references, "service_request_id": references,
        "ref": references, "case": references, "into": references, "chosen": references,
        "secret": tuple(each.secret for each in reports), "word": (WORD,), "form": ("json", "xml"),
        "service": services, "service_code": services, "code": services, "place": places,
        "address_id": places, "report": tuple(str(each.pk) for each in reports),
        "number": ("1", "2"), "seq": ("0", "1", "2"), "version": ("1", "2"), "notice": ("1",),
        "zoom": ("0", "12", "20"), "x": ("0", "2412"), "y": ("0", "2047"), "day": ("2026-11-27",),
        "kind": ("article", "template", "tsr", "txt"), "name": ("note", "answer", "accept"),
        "path": ("0/000", "0/x001/067", "entries/000", "checkpoint"), "api_key": (staff.KEY,),
        "lat": ("0.33", "37.5"), "lon": ("32.57", "127.0"), "long": ("32.57", "127.0"),
        "go": ("show", "where", "check", "send", "away"), "do": ("inform", "rate", "reopen"),
        "contact": ("aisha@resident.example", "+256772123456"), "text": ("A deep hole",),
        "words": ("A deep hole",), "description": ("A deep hole",), "box": ("0.2,32.4,0.4,32.7",),
        "start_date": ("2026-01-01T00:00:00Z",), "updated_datetime": ("2026-11-27T00:00:00Z",),
        "status": ("open", "OPEN", "FIXED", "delivered"), "update_id": ("u1",),
        "hub.verify_token": (WORD,), "phoneNumber": ("+256772123456",), "sessionId": ("s1",),
        "upload": ("0f0f0f0f-0000-4000-8000-000000000000",), "csv": ("1", "words", "issues"),
        "Upload-Offset": ("0", "10"), "Upload-Length": ("10", "20"), "provider_id": ("city",),
        "type": ("private",), "step": ("answer", "accept", "resolve"), "outcome": ("done",),
    }  # fmt: skip
    return Known(values, staff.session() if session is None else session)


def _answer(port: int, sent: Request) -> str:
    """The status, or why there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            _send(connection, sent.raw())
            first = connection.recv(64)
            status = first[9:12].decode("latin-1") if first.startswith(b"HTTP/1.") else "closed"
            while first and len(connection.recv(1 << 20)):
                pass
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return type(error).__name__
    return status


def _send(connection: socket.socket, raw: bytes) -> None:
    """All of it, or as much as is taken: who refuses a body early answers all the same."""
    try:
        connection.sendall(raw)
    except (BrokenPipeError, ConnectionResetError):
        return
