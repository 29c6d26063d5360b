"""What is laid over reports: read whole or refused with the line, kept by day, fetched, shown."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.clock import frozen
from ngoma.cities.book import Book, book, forget
from ngoma.insight import overlaying
from ngoma.insight.overlaying import OverlayError, Row, read
from ngoma.records.models import City, Job
from ngoma.work.worker import run_until_idle

pytestmark = [pytest.mark.django_db, pytest.mark.once]
GOOD = "date,value,text\n2026-05-04,22.5,heavy   rain\n2026-05-05,,market day\n2026-05-06,0,\n"


@pytest.fixture
def rainy(town: Book) -> Callable[..., Book]:
    """The town with an overlay of rain, at an address or by hand."""

    def rainy(url: str = "") -> Book:
        overlay = {"code": "rain", "name": {"en": "Rain", "sw": "Mvua"}, "unit": "mm", "url": url}
        row = City.objects.get(pk=town.id)
        City.objects.filter(pk=town.id).update(
            settings=row.settings | {"overlay": [overlay]}, version=row.version + 1
        )
        forget()
        return book("small")

    return rainy


class _Weather(BaseHTTPRequestHandler):
    status, body = 200, GOOD.encode()

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/rain.csv")
            self.end_headers()
            return
        if self.path == "/slow":
            with suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b"H")
                    sleep(0.05)
            return
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def weather() -> Iterator[str]:
    """The address of a server that tells the weather, at once or little by little."""
    _Weather.status, _Weather.body = 200, GOOD.encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Weather)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_is_read_by_its_columns() -> None:
    assert read("\ufeff" + GOOD) == [
        Row(date(2026, 5, 4), 22.5, "heavy rain"),
        Row(date(2026, 5, 5), None, "market day"),
        Row(date(2026, 5, 6), 0.0, ""),
    ]
    assert read("text,date\nStrike,2026-05-04\n") == [Row(date(2026, 5, 4), None, "Strike")]
    assert read("date,text\n2026-05-04,a\x00 \x85b\n") == [Row(date(2026, 5, 4), None, "a b")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"), ("day,value\n", "line 1"), ("date\n2026-05-04\n", "line 1"),
        ("date,value\n4 May,3\n", "line 2: '4 May'"), ("date,value\n2026-05-04,wet\n", "'wet'"),
        ("date,value\n2026-05-04,nan\n", "'nan'"), ("date,value\n2026-05-04,inf\n", "'inf'"),
        ("date,value\n\n2026-13-01,1\n", "line 3"),
    ],
)  # fmt: skip
def test_what_is_no_overlay_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(OverlayError, match=said):
        read(text)


@given(text=st.text(max_size=60))
def test_whatever_is_there_it_is_read_or_refused(text: str) -> None:
    for given_text in (text, f"date,value,text\n{text}"):
        with suppress(OverlayError):
            read(given_text)


def test_it_is_fetched_and_a_day_that_comes_again_is_replaced(
    rainy: Callable[..., Book], weather: str
) -> None:
    city = rainy(f"{weather}/rain.csv")
    overlaying.fetch(city.id, "rain")
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    assert len(overlaying.days(city, "rain", first, last)) == 3
    _Weather.body = b"date,value\n2026-05-04,7\n"
    overlaying.fetch(city.id, "rain")
    days = overlaying.days(city, "rain", first, last)
    assert len(days) == 3
    assert days[date(2026, 5, 4)] == Row(date(2026, 5, 4), 7.0, "")


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (200, b"<html>"), (200, b"date,value\n\xff"), (200, b"x" * 3_000_000)],
)
def test_what_cannot_be_read_leaves_what_was(
    rainy: Callable[..., Book], weather: str, status: int, body: bytes
) -> None:
    city = rainy(f"{weather}/rain.csv")
    overlaying.fetch(city.id, "rain")
    _Weather.status, _Weather.body = status, body
    overlaying.fetch(city.id, "rain")
    overlaying.fetch(city.id, "unknown")
    assert len(overlaying.days(city, "rain", date(2026, 5, 1), date(2026, 5, 31))) == 3


@pytest.mark.parametrize("url", ["https://a:b/x", "https://a..b/x", "http://127.0.0.1:1/x"])
def test_an_address_that_leads_nowhere_stops_no_job(rainy: Callable[..., Book], url: str) -> None:
    rainy(url)
    overlaying.watch()
    assert run_until_idle() == 1
    assert not Job.objects.exists()


def test_where_it_has_moved_it_is_fetched(rainy: Callable[..., Book], weather: str) -> None:
    city = rainy(f"{weather}/moved")
    overlaying.fetch(city.id, "rain")
    assert len(overlaying.days(city, "rain", date(2026, 5, 1), date(2026, 5, 31))) == 3


def test_a_server_that_drips_is_left(rainy: Callable[..., Book], weather: str) -> None:
    city = rainy(f"{weather}/slow")
    started = monotonic()
    overlaying.fetch(city.id, "rain", seconds=0.5)
    assert monotonic() - started < 4


def test_it_stands_on_the_board(rainy: Callable[..., Book], at_desk: Any) -> None:
    city = rainy()
    noon = datetime(2026, 5, 5, 12, tzinfo=city.zone)
    overlaying.keep(city, "rain", read(GOOD))
    with frozen(noon):
        page = at_desk("supervisor").get("/desk/small/situation/").content.decode()
    assert "<b>Rain</b> market day" in page
    assert "22.5 mm, heavy rain" in page
    with frozen(noon + timedelta(days=60)):
        assert "Rain" not in at_desk("supervisor").get("/desk/small/situation/").content.decode()


@pytest.fixture
def at_desk(town: Book) -> Callable[..., Any]:
    from django.test import Client

    from ngoma.records.models import Membership, User

    def at_desk(role: str) -> Client:
        user = User.objects.create_user(f"{role}-{User.objects.count()}", language="en")
        Membership.objects.create(user=user, city_id=town.id, role=role)
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        return client

    return at_desk
