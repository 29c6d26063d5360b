"""Web push against a push service on this machine that opens what it is sent."""

import contextlib
import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ngoma.base.clock import frozen, parse
from ngoma.notices import push
from ngoma.notices.gateway import Gone, Message, Permanent, Temporary
from ngoma.notices.push import Subscription, deliver

AUTH = b"0123456789abcdef"


@dataclass
class Service:
    """What came, and how it is answered."""

    url: str = ""
    status: int = 201
    endless: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    known = Service()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.came.append((dict(self.headers), body))
            self.send_response(known.status)
            for name, value in known.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if known.endless:
                with contextlib.suppress(OSError):
                    while True:
                        self.wfile.write(b"x" * 100_000)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}/message"
    yield known
    server.shutdown()
    server.server_close()


KEY = ec.generate_private_key(ec.SECP256R1())


def packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def message(service: Service, text: str = "Filled today.") -> Message:
    point = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    browser = Subscription(service.url, packed(point), packed(AUTH))
    return Message(
        notice=1, to=push.packed(browser), sender="Small", sender_address="a@b.example",
        subject="KLA 7F3 K29: solved.", text=text, link="https://small.example/r/KLA7F3K29",
        thread="t", stop="s",
    )  # fmt: skip


def send(service: Service, text: str = "Filled today.") -> str:
    return deliver(message(service, text), allowed=lambda _: True)


def opened(body: bytes) -> dict[str, str]:
    return dict(json.loads(http_ece.decrypt(body, private_key=KEY, auth_secret=AUTH)))


def test_the_browser_alone_reads_it(service: Service) -> None:
    service.headers = {"Location": "https://push.example/m/1"}
    assert send(service) == "", "the place of the message is a secret of its own"
    headers, body = service.came[0]
    assert b"Filled" not in body
    assert opened(body) == {
        "title": "KLA 7F3 K29: solved.",
        "body": "Filled today.",
        "url": "https://small.example/r/KLA7F3K29",
        "tag": "t",
    }
    assert headers["Topic"] == "t"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert int(headers["TTL"]) > 0


def test_it_is_signed_by_the_key_that_browsers_know(service: Service) -> None:
    send(service)
    scheme, _, rest = service.came[0][0]["Authorization"].partition(" ")
    parts = dict(each.strip().split("=", 1) for each in rest.split(","))
    assert scheme == "vapid"
    assert parts["k"] == push.public_key()
    head, claims, signature = parts["t"].split(".")
    raw = urlsafe_b64decode(signature + "==")
    point = urlsafe_b64decode(parts["k"] + "=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    signed = encode_dss_signature(r, s)
    public.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    told = json.loads(urlsafe_b64decode(claims + "=="))
    assert told["aud"] == service.url.removesuffix("/message")
    assert told["sub"].startswith("mailto:")


def test_a_long_message_is_cut_to_what_services_take(service: Service) -> None:
    send(service, "깊은 구멍 " * 2000)
    body = service.came[0][1]
    assert len(body) <= 4096
    assert opened(body)["body"].endswith("…")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, Gone), (410, Gone), (429, Temporary), (503, Temporary), (400, Permanent),
        (301, Permanent),
    ],
)  # fmt: skip
def test_what_an_answer_means(service: Service, status: int, error: type[Exception]) -> None:
    service.status = status
    service.headers = {"Retry-After": "17", "Location": "http://127.0.0.1:1/inside"}
    with pytest.raises(error) as raised:
        send(service)
    assert len(service.came) == 1, "no redirection is followed"
    if isinstance(raised.value, Temporary):
        assert raised.value.after == 17


def test_an_answer_without_end_is_left(service: Service) -> None:
    service.endless = True
    started = time.monotonic()
    assert send(service) == ""
    assert time.monotonic() - started < 5


def test_a_date_to_come_back_is_kept_to(service: Service) -> None:
    service.status = 503
    service.headers = {"Retry-After": "Thu, 26 Nov 2026 12:02:00 GMT"}
    with frozen(parse("2026-11-26T12:00:00Z")), pytest.raises(Temporary) as raised:
        send(service)
    assert raised.value.after == 120


def test_a_sender_that_no_service_would_take(service: Service, settings: Any) -> None:
    settings.NGOMA_MAIL_FROM = "nobody"
    with pytest.raises(Permanent, match="who sends"):
        send(service)
    assert not service.came


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "a.invalid"])
def test_a_host_that_is_none(service: Service, host: str) -> None:
    service.url = f"https://{host}/message"
    with pytest.raises((Permanent, Temporary)):
        send(service)


def test_nothing_inside_is_ever_asked(service: Service) -> None:
    with pytest.raises(Permanent):
        deliver(message(service))
    assert not service.came


def test_a_service_that_is_down_is_asked_again(service: Service) -> None:
    service.url = "http://127.0.0.1:9/message"
    with pytest.raises(Temporary):
        send(service)


@pytest.mark.django_db
def test_a_browser_that_takes_no_more_is_forgotten(
    service: Service, tell: Any, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ngoma.notices import following, sending
    from ngoma.people.vault import Address
    from ngoma.records.models import Contact, Follow, Notice

    case = tell().case
    address = Address(Contact.Kind.PUSH, message(service).to)
    following.follow(case.city_id, address, language="en", case=case)
    monkeypatch.setitem(
        sending.GATEWAYS, "push", lambda told: deliver(told, allowed=lambda _: True)
    )
    service.status = 410
    from ngoma.casework import deciding
    from ngoma.people.permissions import Actor, Grant

    officer = Actor("staff", grants=frozenset({Grant(case.city_id, "coordinator")}))
    deciding.accept(actor=officer, case_id=case.pk)
    work()
    assert len(service.came) == 1
    assert Notice.objects.get(kind="news").state == "failed"
    assert not Contact.objects.filter(kind="push").exists()
    assert not Follow.objects.exists()
