"""USSD under load: 500 people report at the same time, each key a request to the server."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from bench.load import Taken
from bench.serving import running
from ngoma.cities.book import Book
from ngoma.records.models import Report

CALLS = 500
LEAST_S, MOST_S = 2.0, 6.0
"""What somebody reads and types between two screens."""
MOST_P95_MS, MOST_CPU_MS = 500.0, 5.0
KEYS = ("", "1", "1", "Mulago II", "Deep hole")
HOOK = "bench-hook"


class Dialled(msgspec.Struct):
    """Milliseconds and CPU-ms of a step; how many calls became a report."""

    database: str
    calls: int
    steps: int
    seconds: float
    median: float
    p95: float
    slowest: float
    cpu: float
    reports: int


def measure(book: Book, database: str, url: str, *, say: Callable[[str], object]) -> Dialled:
    """Start the server and let everybody call."""
    before = Report.objects.filter(city=book.id, channel="ussd").count()
    log = Path(settings.NGOMA_DATA) / "server.log"
    with running(url, log, NGOMA_SMS_HOOK=HOOK) as server:
        _dialled(server.port, [_call(book, f"warm {number}") for number in range(20)], 0.0, 0.1)
        used = server.cpu_ms() + server.database_ms()
        say(f"{CALLS} people call")
        calls = [_call(book, f"call {number}") for number in range(CALLS)]
        taken = _dialled(server.port, calls, LEAST_S, MOST_S)
        used = server.cpu_ms() + server.database_ms() - used
    if set(taken.statuses) != {"200"}:
        raise RuntimeError(f"answered {taken.statuses}")
    return Dialled(
        database=database,
        calls=CALLS,
        steps=taken.count,
        seconds=taken.seconds,
        median=1000 * taken.quantile(0.5),
        p95=1000 * taken.quantile(0.95),
        slowest=1000 * taken.quantile(1),
        cpu=used / taken.count,
        reports=Report.objects.filter(city=book.id, channel="ussd").count() - before - 20,
    )


def _call(book: Book, session: str) -> list[bytes]:
    """The requests of a call, as the gateway posts them: all that was typed so far."""
    number = f"+2567{sum(session.encode()) % 10}{abs(hash(session)) % 10_000_000:07}"
    texts = ["*".join(KEYS[1 : count + 1]) for count in range(len(KEYS))]
    return [_post(book, session, number, text) for text in texts]


def _post(book: Book, session: str, number: str, text: str) -> bytes:
    fields = {"sessionId": session, "phoneNumber": number, "serviceCode": "*284#", "text": text}
    body = urlencode(fields).encode()
    head = (
        f"POST /channels/africastalking/{HOOK}/ussd/{book.slug}/ HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _dialled(port: int, calls: list[list[bytes]], least: float, most: float) -> Taken:
    with tempfile.NamedTemporaryFile() as file:
        file.write(msgspec.msgpack.encode(calls))
        file.flush()
        arguments = (file.name, str(port), str(least), str(most))
        command = [sys.executable, "-m", "bench.calls", *arguments]
        done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Taken)
