"""A gateway of one's own that speaks Kannel's interface: messages out, reports and messages in."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlsplit

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
            start = "X-Kannel-"
            heads = {k.removeprefix(start): v for k, v in self.headers.items() if start in k}
            kannel.asked.append(heads | {"text": body})
            status, said = kannel.answer
            if self.headers["Content-Type"] != "text/plain; charset=UTF-8":
                status, said = 400, "Invalid content-type"
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
    assert (asked["Username"], asked["Password"]) == ("ngoma", "secret")
    assert (asked["To"], asked["Coding"], asked["DLR-Mask"]) == ("+256772123456", "2", "27")
    assert "접수" in asked["text"]
    report = urlsplit(asked["DLR-Url"].replace("%d", "1"))
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


@pytest.mark.parametrize(
    ("text", "encoding", "charset"),
    [
        ("Kinnya mu Kasubi, ŋŋamba", "utf-16-be", "UTF-16BE"),
        ("도로가 파였어요", "utf-16-be", "UTF-16BE"),
        ("Hole & water @ Kasubi +1%", "utf-8", "UTF-8"),
        ("Ekinnya mu Kasubi ŋ", "utf-8", ""),
    ],
)
def test_letters_come_in_as_kannel_hands_them_over(
    kannel: Kannel, city: Any, client: Client, text: str, encoding: str, charset: str
) -> None:
    told = f"id=a-1&from=%2B256772123456&text={quote(text.encode(encoding))}&charset={charset}"
    assert client.get(f"/channels/kannel/hidden-word/sms/small/?{told}").status_code == 204
    assert Report.objects.get().words == text


@pytest.mark.parametrize(
    "query", ["text=%D8%00&charset=UTF-16BE", "text=%FF", "text=%00&charset=x"]
)
def test_bytes_that_are_no_text_are_taken_calmly(
    kannel: Kannel, city: Any, client: Client, query: str
) -> None:
    told = f"/channels/kannel/hidden-word/sms/small/?id=a-1&from=%2B256772123456&{query}"
    assert client.get(told).status_code == 204


def test_a_report_without_the_word_is_refused(kannel: Kannel, client: Client) -> None:
    assert client.get("/channels/kannel/other/report/1/?status=1").status_code == 403
    assert client.get("/channels/kannel/hidden-word/report/1/").status_code == 400
