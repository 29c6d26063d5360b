"""What people say is transcribed where a city has a service for it; else it waits for a person."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.people.permissions import Actor
from ngoma.records.models import Job, Proposal, Recording, Report, Urgency, User
from ngoma.work.worker import run_until_idle
from tests.channels.test_messengers import VOICE, Gateway, gateway, officer, telegram

__all__ = ["gateway", "officer"]
HEARD = "There is a live wire on the ground near Mulago market"


@dataclass
class Service:
    """Transcribes as OpenAI's service does; `answers` are given first."""

    url: str = ""
    said: Any = field(default_factory=lambda: {"text": HEARD})
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.service.asked.append((self.path, dict(self.headers), body))
        usual = (200, json.dumps(self.service.said).encode())
        status, said = self.service.answers.pop(0) if self.service.answers else usual
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """A service that the city has set up."""
    found = Service()
    handler = type("Handler", (_Handler,), {"service": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/v1"
    settings.NGOMA_TRANSCRIBER_URL, settings.NGOMA_TRANSCRIBER_KEY = found.url, "the-k3y"
    settings.NGOMA_TRANSCRIBER_MODEL, settings.NGOMA_TRANSCRIBER_SECONDS = "tiny-ear", 5
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _voices(gateway: Gateway, officer: Actor) -> None:
    gateway.file = VOICE


def speak(number: int = 1, **more: Any) -> Report:
    """Somebody sends a voice message, and the work is done."""
    telegram(message_id=number, voice={"file_id": "AwAC", "duration": 3}, **more)
    run_until_idle()
    return Report.objects.latest("id")


def desk(client: Client, report: Report) -> str:
    client.force_login(User.objects.get(username="officer"))
    return client.get(f"/desk/kampala/cases/{report.case.reference}/").content.decode()


def test_it_is_read_by_triage_and_by_who_listens(service: Service, client: Client) -> None:
    report = speak()
    (path, heads, body), recording = service.asked[0], Recording.objects.get()
    assert path == "/v1/audio/transcriptions"
    assert heads["Authorization"] == "Bearer the-k3y"
    assert heads["Content-Type"].startswith("multipart/form-data; boundary=")
    for part in (b'name="model"', b"tiny-ear", b'filename="voice.ogg"', b"audio/ogg", VOICE):
        assert part in body
    assert recording.heard == HEARD
    assert report.words == "", "what a machine understood is no word of the reporter"
    first, last = Proposal.objects.order_by("pk")
    assert (first.urgency, last.urgency) == (Urgency.NO, Urgency.NOW), "a danger rings"
    page = desk(client, report)
    assert HEARD in page
    assert "As a machine understood it" in page
    assert f"recordings/{recording.pk}/" in page, "the original is there"


def test_once_it_is_known_where_it_is_read_once_more(service: Service) -> None:
    report = speak()
    telegram(message_id=2, text="Mulago II")
    run_until_idle()
    last = Proposal.objects.latest("pk")
    assert Report.objects.get() == report
    assert Proposal.objects.count() == 3, "as it came, as it was heard, and where it is"
    assert last.urgency == Urgency.NOW, "what was heard counts still"


def test_it_is_published_nowhere(service: Service, client: Client) -> None:
    report = speak()
    for page in (f"r/{report.reference}", f"r/{report.reference}/{report.secret}", "list", ""):
        assert "live wire" not in client.get(f"/kampala/{page}").content.decode()
    told = client.get(f"/open311/v2/requests/{report.reference}.json?jurisdiction_id=kampala")
    assert told.status_code == 200
    assert "live wire" not in told.content.decode()


def test_nothing_is_sent_where_no_service_is_named(service: Service, settings: Settings) -> None:
    settings.NGOMA_TRANSCRIBER_URL = ""
    speak()
    assert service.asked == []
    assert Recording.objects.get().heard == ""
    assert Proposal.objects.count() == 1


def test_who_decided_is_not_asked_again(service: Service, client: Client) -> None:
    service.answers = [(503, b"")]
    report = speak()
    report.case.state = "accepted"
    report.case.save()
    with frozen(now() + timedelta(minutes=2)):
        run_until_idle()
    assert Recording.objects.get().heard == HEARD
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_is_asked_again_later_and_not_forever(service: Service, status: int) -> None:
    service.answers = [(status, b"")] * 20
    begun = now()
    report = speak()
    assert len(service.asked) == 1
    for hours in range(1, 30):
        with frozen(begun + timedelta(hours=hours)):
            run_until_idle()
    assert len(service.asked) == 5
    assert not Job.objects.exists()
    assert report.case.state == "received", "it waits for a person"
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        (400, b'{"error": "unsupported"}'),
        (401, b""),
        (302, b""),
        (200, b""),
        (200, b"[]"),
        (200, b'{"text": 7}'),
        (200, b'{"text": " "}'),
        (200, b'{"text": "' + b"x" * 300_000 + b'"}'),
    ],
    ids=["400", "401", "led on", "empty", "list", "number", "silence", "endless"],
)
def test_what_is_of_no_use_leaves_all_as_it_was(
    service: Service, answer: tuple[int, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    service.answers = [answer]
    report = speak()
    assert len(service.asked) == 1
    assert Recording.objects.get().heard == ""
    assert not Job.objects.exists()
    assert report.case.state == "received"
    assert "the-k3y" not in caplog.text


def test_a_service_that_is_not_there_is_tried_again(service: Service, settings: Settings) -> None:
    settings.NGOMA_TRANSCRIBER_URL = "http://127.0.0.1:9/v1"
    begun = now()
    speak()
    settings.NGOMA_TRANSCRIBER_URL = service.url
    with frozen(begun + timedelta(minutes=2)):
        run_until_idle()
    assert Recording.objects.get().heard == HEARD


def test_it_goes_over_the_internet_by_https_alone(settings: Settings) -> None:
    settings.NGOMA_TRANSCRIBER_URL = "http://198.41.0.4/v1"
    speak()
    assert Recording.objects.get().heard == ""
    assert not Job.objects.exists()


def test_what_it_answers_is_text_and_no_more(service: Service, client: Client) -> None:
    service.said = {"text": "<script>alert(1)</script>\u202e\x00 " + "x" * 9000}
    page = desk(client, speak())
    heard = Recording.objects.get().heard
    assert "<script>alert" not in page
    assert len(heard) <= 4000
    assert "\u202e" not in heard
