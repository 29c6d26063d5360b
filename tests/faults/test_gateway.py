"""A service of messages is away, slow, or answers nonsense: notices come late, or are for a person
to look at; never twice. What goes other ways is not held up."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.notices import http
from ngoma.records.models import Job, Notice
from tests.notices.conftest import city, provider, tell, use_twilio, work

__all__ = ["city", "provider", "tell", "use_twilio", "work"]
pytestmark = pytest.mark.django_db

Tell = Callable[..., Any]
Work = Callable[[], None]
MINUTE = timedelta(minutes=1)


@contextmanager
def answering(settings: Settings, *pieces: bytes, pause: float = 0.0) -> Iterator[list[bytes]]:
    """The service answers every message with these bytes, whatever they are. Yields what it got."""
    got: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            got.append(self.request.recv(65536))
            with suppress(OSError):
                for piece in pieces:
                    self.request.sendall(piece)
                    time.sleep(pause)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.NGOMA_SMS_URL = f"http://127.0.0.1:{server.server_address[1]}"
        yield got
        server.shutdown()


HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
CHUNK = b"4000\r\n" + b" " * 0x4000 + b"\r\n"


@pytest.mark.parametrize(
    ("pieces", "state"),
    {
        "no HTTP": ((b"SMTP ready\r\n",), "unsure"),
        "nothing": ((), "unsure"),
        "cut off": ((HEAD + b'Content-Length: 500\r\n\r\n{"sid": "SM1', ), "unsure"),
        "without end": ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[CHUNK] * 999), "unsure"),
        "an error that is called success": (
            (HEAD + b'Content-Length: 15\r\n\r\n{"code": 21211}',), "unsure",
        ),
        "no JSON, but compressed": (
            (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",), "unsure",
        ),
        "elsewhere": (
            (b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",), "queued",
        ),
        "busy": ((b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",), "queued"),
    }.values(),
)  # fmt: skip
def test_nonsense_is_either_tried_again_or_left_to_a_person(
    use_twilio: Any, settings: Settings, tell: Tell, work: Work, pieces: Any, state: str
) -> None:
    with answering(settings, *pieces) as got:
        started = time.monotonic()
        tell()
        work()
        assert time.monotonic() - started < 5
        assert Notice.objects.get().state == state
        assert (Notice.objects.get().error == "the answer has no end") == (len(pieces) > 100)
        with frozen(now() + 60 * MINUTE):
            work()
        assert len(got) == (2 if state == "queued" else 1)
    with frozen(now() + 180 * MINUTE):
        settings.NGOMA_SMS_URL = use_twilio.url
        work()
    assert len(use_twilio.requests) == (state == "queued")
    assert Notice.objects.get().state == ("sent" if state == "queued" else "unsure")


def test_an_answer_that_drips_is_not_waited_for(
    use_twilio: Any,
    settings: Settings,
    tell: Tell,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "MOST_SECONDS", 0.5)
    head = HEAD + b"Content-Length: 500\r\n\r\n"
    with answering(settings, head, *[b" "] * 100, pause=0.05):
        tell()
        work()
    assert (Notice.objects.get().state, Notice.objects.get().error) == (
        "unsure",
        "the answer has no end",
    )


def test_an_hour_without_the_service(use_twilio: Any, tell: Tell, work: Work) -> None:
    began = now()
    for number in range(8):
        tell(phone=f"+25677212345{number}")
        tell(email=f"ann{number}@example.org")
    down = [(503, {}, "busy")]
    use_twilio.answers += down * 1000
    at = _pass(began, work, until=began + 60 * MINUTE)
    states = Notice.objects.values_list("channel", "state")
    assert set(states) == {("sms", "queued"), ("email", "sent")}
    assert len(use_twilio.requests) <= 25, "who is away is not asked by every message"

    use_twilio.answers.clear()
    use_twilio.requests.clear()
    _pass(at, work, until=at + 65 * MINUTE)
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    numbers = [request.form["StatusCallback"] for request in use_twilio.requests]
    assert len(numbers) == len(set(numbers)) == 8
    assert not Job.objects.exists()


def _pass(at: datetime, work: Work, *, until: datetime) -> datetime:
    """Let time pass, from one moment to the next at which there is something to do."""
    while at < until:
        with frozen(at):
            work()
        waiting = Job.objects.order_by("run_at").values_list("run_at", flat=True).first()
        at = max(waiting, at + timedelta(seconds=1)) if waiting else until
    return at


def test_a_slow_service_holds_up_nothing_and_costs_one_notice(
    use_twilio: Any, tell: Tell, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_twilio.answers += ["hang"] * 8
    for number in range(8):
        tell(phone=f"+25677212345{number}")
        tell(email=f"ann{number}@example.org")
    with monkeypatch.context() as impatient:
        impatient.setattr(http, "TIMEOUT", 0.3)
        work()
    states = list(Notice.objects.values_list("channel", "state"))
    assert states.count(("email", "sent")) == 8
    assert states.count(("sms", "unsure")) == 1
    assert states.count(("sms", "queued")) == 7
    use_twilio.answers.clear()
    at = now()
    _pass(at + MINUTE, work, until=at + 10 * MINUTE)
    states = list(Notice.objects.values_list("channel", "state"))
    assert (states.count(("sms", "unsure")), states.count(("sms", "sent"))) == (1, 7)
