"""Too many at once: few are worked on, some wait, the rest is asked to come again."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from threading import Event, get_ident
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from ngoma.public.crowded import Pages
from ngoma.settings import admission
from ngoma.settings.admission import Admission

pytestmark = pytest.mark.once
Answered = tuple[str, dict[str, str], bytes]


class Busy:
    """An application that answers when it is told to, and notes who works for it."""

    def __init__(self) -> None:
        self.go_on = Event()
        self.two_at_work = Event()
        self.workers: set[int] = set()
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.workers.add(get_ident())
        if len(self.workers) == 2:
            self.two_at_work.set()
        assert self.go_on.wait(20)
        if environ["PATH_INFO"] == "/wrong":
            raise ValueError("wrong")
        kind = StreamingHttpResponse if environ["PATH_INFO"] == "/file" else HttpResponse
        answer = kind([b"so it ", b"is"])
        answer.close = self._close  # type: ignore[method-assign]
        start("200 OK", [("Content-Type", "text/plain")])
        return answer

    def _close(self) -> None:
        self.closed += 1


@pytest.fixture
def busy() -> Iterator[Busy]:
    application = Busy()
    yield application
    application.go_on.set()


@pytest.fixture
def ask(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., "Future[Answered]"]]:
    """Asks, in a thread of its own. Two are worked on, two readers or three writers may wait."""
    monkeypatch.setattr(admission, "READERS", 2)
    monkeypatch.setattr(admission, "WRITERS", 3)
    application = Admission(busy, at_once=2, pages=Pages())

    def answered(method: str, path: str) -> Answered:
        said: list[Any] = []
        body = application(
            {"REQUEST_METHOD": method, "PATH_INFO": path}, lambda *line: said.extend(line)
        )
        return said[0], dict(said[1]), b"".join(body)

    with ThreadPoolExecutor(20) as askers:

        def ask(method: str = "GET", path: str = "/") -> "Future[Answered]":
            inside = application._inside
            asked = askers.submit(answered, method, path)
            while not asked.done() and application._inside <= inside:
                sleep(0.001)  # they come one after another
            return asked

        yield ask
        busy.go_on.set()


def test_few_are_worked_on_and_some_wait(ask: Callable[..., Any], busy: Busy) -> None:
    asked = [ask() for _ in range(4)]
    busy.two_at_work.wait(20)
    assert not any(each.done() for each in asked)
    busy.go_on.set()
    assert {each.result(20)[0] for each in asked} == {"200 OK"}
    assert asked[0].result()[2] == b"so it is"
    assert len(busy.workers) == 2
    assert busy.closed == 4, "or the connections of those who work would be lost"


def test_a_reader_too_many_is_asked_to_come_again(ask: Callable[..., Any], busy: Busy) -> None:
    asked = [ask() for _ in range(4)]
    status, headers, body = ask().result(5)
    assert status == "503 Service Unavailable"
    assert 3 <= int(headers["Retry-After"]) <= 10
    assert headers["Cache-Control"] == "no-store"
    assert b"try again" in body
    busy.go_on.set()
    assert {each.result(20)[0] for each in asked} == {"200 OK"}
    assert ask().result(20)[0] == "200 OK", "what was refused takes no place"


def test_who_hands_something_in_waits_longer(ask: Callable[..., Any], busy: Busy) -> None:
    asked = [*(ask() for _ in range(4)), ask("POST")]
    assert ask("POST").result(5)[0] == "503 Service Unavailable"
    assert ask("HEAD").result(5)[0] == "503 Service Unavailable"
    busy.go_on.set()
    assert asked[-1].result(20)[0] == "200 OK"


def test_how_a_process_is_is_always_told(ask: Callable[..., Any], busy: Busy) -> None:
    asked = [ask("POST") for _ in range(5)]
    health = ask("GET", "/healthz")
    assert not health.done()
    busy.go_on.set()
    assert {each.result(20)[0] for each in (*asked, health)} == {"200 OK"}


def test_what_fails_takes_no_place(ask: Callable[..., Any], busy: Busy) -> None:
    busy.go_on.set()
    for _ in range(9):
        with pytest.raises(ValueError, match="wrong"):
            ask("GET", "/wrong").result(20)
    assert ask().result(20)[0] == "200 OK"


def test_a_file_is_read_by_whoever_sends_it(ask: Callable[..., Any], busy: Busy) -> None:
    busy.go_on.set()
    assert ask("GET", "/file").result(20)[2] == b"so it is"
    assert busy.closed == 0, "the server does that, once it is sent"


BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
WORDS = {
    "en": ("Try again in a minute", "This has not been sent yet"),
    "ko": ("지금은 응답할 수 없습니다", "아직 보내지 못했습니다"),
    "lg": ("Tetusobola kuddamu kati", "Kino tekinnaweerezebwa"),
    "sw": ("Hatuwezi kujibu kwa sasa", "Hii bado haijatumwa"),
}


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answered]:
    """What a request is told where nobody can be let in."""
    monkeypatch.setattr(admission, "READERS", -9)
    monkeypatch.setattr(admission, "WRITERS", -9)
    application = Admission(Busy(), at_once=2, pages=Pages())

    def refused(path: str, method: str = "GET", **headers: str) -> Answered:
        said: list[Any] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_ACCEPT": BROWSER, **headers}
        body = application(environ, lambda *line: said.extend(line))
        return said[0], dict(said[1]), b"".join(body)

    return refused


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/small/sw/report", {"HTTP_ACCEPT_LANGUAGE": "ko"}, "sw"),
        ("/small/", {"HTTP_ACCEPT_LANGUAGE": "ko"}, "en"),
        ("/", {"HTTP_HOST": "Small.example:8000", "HTTP_ACCEPT_LANGUAGE": "sw"}, "en"),
        ("/ko/map", {}, "ko"),
        ("/desk/", {"HTTP_ACCEPT_LANGUAGE": "xx, lg-UG;q=0.8, en;q=0.5"}, "lg"),
        ("/nowhere/", {"HTTP_ACCEPT_LANGUAGE": "\xff;;q=x"}, "en"),
        ("", {}, "en"),
    ],
)
def test_a_browser_is_shown_a_page_that_it_can_read(
    refused: Callable[..., Answered], path: str, headers: dict[str, str], language: str
) -> None:
    with connection.execute_wrapper(_never):
        read, written = refused(path, **headers), refused(path, "POST", **headers)
    for (status, told, body), words in zip((read, written), WORDS[language], strict=True):
        page = body.decode()
        assert status == "503 Service Unavailable"
        assert 3 <= int(told["Retry-After"]) <= 10
        assert told["Cache-Control"] == "no-store"
        assert int(told["Content-Length"]) == len(body) < 2500
        assert f'<html lang="{language}"' in page
        assert words in page
        (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in told["Content-Security-Policy"]
        assert set(re.findall(r'(?:src|href)="(.*?)"', page)) <= {"", "data:,"}, "or more is asked"


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/xml;q=0.9"])
def test_a_program_is_told_a_line(refused: Callable[..., Answered], accept: str) -> None:
    status, headers, body = refused("/open311/v2/requests.json", HTTP_ACCEPT=accept)
    assert (status, headers["Content-Type"]) == ("503 Service Unavailable", admission.PLAIN[0][1])
    assert body == admission.LINE


def _never(*_args: object) -> None:
    raise AssertionError("the database was asked")
