"""A small city in four languages, its residents and staff, and the services that carry messages."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings

SMALL = Path(__file__).parents[1] / "cities" / "small"
ACCOUNT, KEY = "AC0123456789", "s3cret-key"


@dataclass
class Request:
    """One request that reached the provider."""

    path: str
    headers: dict[str, str]
    form: dict[str, str]


@dataclass
class Provider:
    """Stands in for both services of SMS; `answers` are given first, in order, then success.

    An answer is (status, headers, body), or "drop": the connection closes without a word; or
    "hang": nothing comes until the test is over.
    """

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str] | str] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, status: int, body: Any = "", **headers: str) -> None:
        """Give this answer next."""
        text = body if isinstance(body, str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, named, text))

    def usual(self, request: Request) -> tuple[int, dict[str, str], str]:
        """What the service itself would say."""
        number = len(self.requests)
        if request.path == "/version1/messaging":
            return self._africastalking(request, number)
        if request.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return self._twilio(request, number)
        return 404, {}, "no such page"

    def _africastalking(self, request: Request, number: int) -> tuple[int, dict[str, str], str]:
        if request.headers.get("apikey") != KEY or not request.form.get("username"):
            return 401, {}, "The supplied authentication is invalid"
        recipient = {
            "statusCode": 101,
            "number": request.form["to"],
            "status": "Success",
            "cost": "UGX 35.0000",
            "messageId": f"ATXid_{number}",
        }
        data = {"Message": "Sent to 1/1 Total Cost: UGX 35.0000", "Recipients": [recipient]}
        return 201, {}, json.dumps({"SMSMessageData": data})

    def _twilio(self, request: Request, number: int) -> tuple[int, dict[str, str], str]:
        basic = base64.b64encode(f"{ACCOUNT}:{KEY}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return 401, {}, json.dumps({"code": 20003, "message": "Authenticate", "status": 401})
        return 201, {}, json.dumps({"sid": f"SM{number}", "status": "queued"})


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, form)
        provider = self.provider
        provider.requests.append(request)
        provider.arrived.release()
        answer = provider.answers.pop(0) if provider.answers else provider.usual(request)
        if isinstance(answer, str):
            if answer == "hang":
                provider.over.wait(20)
            self.close_connection = True
            return
        status, named, text = answer
        self.send_response(status)
        for name, value in named.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A running service of SMS on this machine."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    yield provider
    provider.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _use(settings: Settings, service: str, provider: Provider) -> None:
    settings.NGOMA_SMS = service
    settings.NGOMA_SMS_URL = provider.url
    settings.NGOMA_SMS_USER = ACCOUNT
    settings.NGOMA_SMS_KEY = KEY
    settings.NGOMA_SMS_HOOK = "hidden-word"


@pytest.fixture
def use_twilio(settings: Settings, provider: Provider) -> Provider:
    """SMS goes through Twilio, which is the local provider."""
    _use(settings, "twilio", provider)
    return provider


@pytest.fixture
def use_africastalking(settings: Settings, provider: Provider) -> Provider:
    """SMS goes through Africa's Talking, which is the local provider."""
    _use(settings, "africastalking", provider)
    return provider


@pytest.fixture
def city(database: None) -> Any:
    """The small city's book, with the four languages of the product."""
    from ngoma.cities.book import book, forget
    from ngoma.cities.load import load
    from ngoma.records.models import City

    load(SMALL)
    City.objects.update(languages=["en", "sw", "lg", "ko"])
    forget()
    yield book("small")
    forget()


@pytest.fixture
def officer(city: Any) -> Any:
    """A coordinator, who may do everything a desk can."""
    from ngoma.people.permissions import staff
    from ngoma.records.models import Membership, User

    user = User.objects.create_user("officer")
    Membership.objects.create(user=user, city_id=city.id, role="coordinator")
    return staff(user)


@pytest.fixture
def tell(city: Any) -> Callable[..., Any]:
    """Sends a report with a contact; returns its receipt."""
    from ngoma.intake.submission import Submission
    from ngoma.intake.submit import submit

    sent = iter(range(1000))

    def tell(**given: Any) -> Any:
        usual = {"key": str(next(sent)), "words": "A hole", "service": "pothole"}
        where = {"lat": 0.15, "lon": 32.05}
        whom = {} if "email" in given else {"phone": "+256772123456"}
        base = {"book": city, "origin": "test", "channel": "web"}
        return submit(Submission(**(base | usual | where | whom | given)))

    return tell


@pytest.fixture
def work() -> Callable[[], None]:
    """Runs every job that is due, and looks that none failed."""
    from ngoma.records.models import Job
    from ngoma.work.worker import run_until_idle

    def work() -> None:
        run_until_idle()
        assert list(Job.objects.exclude(error="").values_list("kind", "error")) == []

    return work
