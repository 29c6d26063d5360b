"""A gateway of one's own that speaks Kannel's interface: messages out, reports and messages in."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.records.models import Notice, Report

pytestmark = pytest.mark.django_db
Tell = Callable[..., Any]
Work = Callable[[], None]


@dataclass
class Kannel:
    """Answers as smsbox does; `answer` is given instead."""

    url: str = ""
    answer: tuple[int, str] = (202, "0: Accepted for delivery")
    asked: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def kannel(settings: Settings) -> Iterator[Kannel]:
    kannel = Kannel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/cgi-bin/sendsms"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kannel.asked.append({name: each[0] for name, each in parse_qs(body).items()})
            status, said = kannel.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    kannel.url = f"http://127.0.0.1:{server.server_port}"
    settings.NGOMA_SMS, settings.NGOMA_SMS_URL = "kannel", kannel.url
    settings.NGOMA_SMS_USER, settings.NGOMA_SMS_KEY = "ngoma", "secret"
    settings.NGOMA_SMS_HOOK = "hidden-word"
    yield kannel
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_speaks_its_language(kannel: Kannel, tell: Tell, work: Work, client: Client) -> None:
    tell(contact_language="ko")
    work()
    notice = Notice.objects.get()
    (asked,) = kannel.asked
    assert (notice.state, notice.provider) == ("sent", "kannel")
    assert (asked["username"], asked["password"]) == ("ngoma", "secret")
    assert (asked["to"], asked["charset"], asked["coding"]) == ("+256772123456", "UTF-8", "2")
    report = urlsplit(asked["dlr-url"].replace("%d", "1"))
    assert client.get(f"{report.path}?{report.query}").status_code == 204
    notice.refresh_from_db()
    assert notice.state == "delivered"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((202, "3: Queued for later delivery"), "sent"),
        ((202, "?"), "unsure"),
        ((403, "Authorization failed for sendsms"), "failed"),
        ((503, "Temporal failure, try again later."), "queued"),
    ],
)
def test_what_it_refuses(
    kannel: Kannel, tell: Tell, work: Work, answer: tuple[int, str], state: str
) -> None:
    kannel.answer = answer
    tell()
    try:
        work()
    except AssertionError:
        assert state == "queued"
    assert Notice.objects.get().state == state


@pytest.mark.parametrize(("word", "status"), [("hidden-word", 204), ("other", 403)])
def test_a_message_comes_in(
    kannel: Kannel, city: Any, client: Client, word: str, status: int
) -> None:
    asked = {"id": "a-1", "from": "+256772123456", "text": "A hole in Kasubi"}
    path = f"/channels/kannel/{word}/sms/small/"
    for _ in range(2):
        assert client.get(path, asked).status_code == status
    assert Report.objects.count() == (1 if status == 204 else 0)


def test_a_report_without_the_word_is_refused(kannel: Kannel, client: Client) -> None:
    assert client.get("/channels/kannel/other/report/1/?status=1").status_code == 403
    assert client.get("/channels/kannel/hidden-word/report/1/").status_code == 400
