"""Photos fetched from an address: from the public internet alone, and never too much."""

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore
import pytest

from ngoma.intake.photos import MOST_BYTES
from ngoma.open311.fetching import Unfetchable, fetch, fetch_photo, is_public
from tests.intake.pictures import made_public
from tests.open311.conftest import Door, picture

PHOTO = picture()


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name, _, rest = self.path[1:].partition("/")
        if name == "to":
            self.send_response(302)
            self.send_header(
                "Location",
                "/to/again" if rest == "again" else rest if rest.startswith("http") else f"/{rest}",
            )
            self.end_headers()
            return
        if name == "slow":
            with contextlib.suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
            return
        status = {"photo.jpg": 200, "large": 200, "busy": 503, "out": 302}.get(name, 404)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "file:///etc/passwd")
        self.end_headers()
        try:
            if name == "large":
                for _ in range(MOST_BYTES // 1_000_000 + 2):
                    self.wfile.write(b"x" * 1_000_000)
            else:
                self.wfile.write(PHOTO)
        except OSError:
            return

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a small web site on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def anywhere(_: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False), ("10.0.0.1", False), ("172.16.3.4", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:10.0.0.1", False), ("::ffff:93.184.215.14", True),
        ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_photo_and_where_it_has_moved(site: str) -> None:
    assert fetch(f"{site}/photo.jpg", allowed=anywhere) == PHOTO
    assert fetch(f"{site}/to/to/photo.jpg", allowed=anywhere) == PHOTO


@pytest.mark.parametrize("path", ["none", "large", "out", "to/again"])
def test_what_is_not_to_be_had(site: str, path: str) -> None:
    with pytest.raises(Unfetchable):
        fetch(f"{site}/{path}", allowed=anywhere)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://",
        "http://[::1]:1/",
        "http://a b/",
        "http://a.invalid:0/",
        "http://a.invalid:99999/",
        "http://a.invalid:x/",
        "http://조명.invalid/",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(Unfetchable):
        fetch(url)


def test_nothing_inside_is_asked(site: str) -> None:
    for url in (
        site,
        site.replace("127.0.0.1", "localhost"),
        site.replace("127.0.0.1", "2130706433"),
    ):
        with pytest.raises(Unfetchable, match="public"):
            fetch(f"{url}/photo.jpg")


def test_a_redirection_leads_nowhere_inside(site: str) -> None:
    """The first host is allowed, as a public one would be; the second time it is looked at anew."""
    asked: list[str] = []

    def once(address: str) -> bool:
        asked.append(address)
        return len(asked) == 1

    other = site.replace("127.0.0.1", "localhost")
    with pytest.raises(Unfetchable, match="public"):
        fetch(f"{site}/to/{other}/photo.jpg", allowed=once)
    assert len(asked) >= 2


def test_a_server_that_never_ends_its_headers_is_left(site: str) -> None:
    started = time.monotonic()
    with pytest.raises(httpcore.ReadTimeout):
        fetch(f"{site}/slow", allowed=anywhere, seconds=0.5)
    assert time.monotonic() - started < 4


def test_what_may_work_later_is_tried_again(site: str) -> None:
    with pytest.raises(httpcore.ConnectError):
        fetch(f"{site}/busy", allowed=anywhere)


def test_the_job(door: Door, site: str) -> None:
    from ngoma.records.models import Photo, Report

    reference = door.report(media_url=f"{site}/photo.jpg")
    report = Report.objects.get()
    fetch_photo(report=report.pk, url=f"{site}/photo.jpg")
    assert Photo.objects.count() == 0
    for _ in range(2):
        fetch_photo(report=report.pk, url=f"{site}/photo.jpg", allowed=anywhere)
    assert Photo.objects.get().report_id == report.pk
    made_public()
    assert door.get(f"requests/{reference}")[0]["media_url"].endswith(".jpg")
    fetch_photo(report=report.pk, url=f"{site}/none", allowed=anywhere)
    fetch_photo(report=report.pk + 1, url=f"{site}/none", allowed=anywhere)
    assert Photo.objects.count() == 1
