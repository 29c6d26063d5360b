"""A case handed on to another Open311 server, and what becomes of it there: told back, once.

The other server is our own, with the city `tryout`, or one on this machine that lies.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, talking, working
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.doctor import others
from ngoma.intake.submit import submit
from ngoma.open311.bodies import following
from ngoma.people import apikeys
from ngoma.people.permissions import Actor, Grant
from ngoma.records.models import Case, City, Event, Forwarded, Job, Notice, Report, Role, State
from ngoma.work.worker import run_until_idle
from tests.intake import told
from tests.open311.conftest import KEY, PACK


@dataclass
class Liar:
    """A server of another body. `says` is the answer about a request; `asked` what was asked."""

    url: str = ""
    given: Any = field(default_factory=lambda: [{"service_request_id": 7}])
    says: Any = None
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def tells(self, status: str, notes: Any = None, number: Any = 7) -> None:
        """Answer so from now on."""
        self.says = [{"service_request_id": number, "status": status, "status_notes": notes}]


@pytest.fixture
def liar(settings: Any) -> Iterator[Liar]:
    known = Liar()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200, known.given)

        def do_GET(self) -> None:
            known.asked.append(self.path)
            self._answer(known.status, known.says)

        def _answer(self, status: int, said: Any) -> None:
            body = said if isinstance(said, bytes) else msgspec.json.encode(said)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield known
    server.shutdown()
    server.server_close()


def point(town: Book, url: str, service: str = "leak", jurisdiction: str = "") -> None:
    """Let the water company's requests go to this server."""
    city = City.objects.get(pk=town.id)
    for each in city.settings["bodies"]:
        if each["code"] == "water":
            each["open311"] = {
                "url": url, "service_code": service, "jurisdiction_id": jurisdiction,
            }  # fmt: skip
    city.version += 1
    city.save()
    book.forget()


def coordinator(city_id: int) -> Actor:
    return Actor("staff", grants=frozenset({Grant(city_id, Role.COORDINATOR)}))


def refer(town: Book) -> Case:
    """A case that was handed on, and has arrived."""
    words = "Water runs over the road"
    case = submit(told(book.book_of(town.id), words=words, email="o@example.org")).case
    deciding.refer(actor=coordinator(town.id), case_id=case.pk, body="water", text="Your pipe.")
    run_until_idle()
    return case


def look(after: timedelta = timedelta(days=1)) -> None:
    """The clock goes on, and asks."""
    with frozen(now() + after):
        following.watch()
        run_until_idle()


def answers(case: Case) -> list[str]:
    """What the reporters were told by the other body."""
    told = Event.objects.filter(case=case, kind="answered").order_by("seq")
    return [each.data["text"] for each in told]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("service", ["pothole", "survey"])
def test_another_ngoma_tells_back_what_it_did(
    town: Book, live_server: Any, settings: Any, service: str
) -> None:
    theirs = load(PACK)
    apikeys.create(theirs.pk, name="the small city", key=KEY)
    settings.NGOMA_OPEN311_KEYS = (f"water={KEY}",)
    point(town, f"{live_server.url}/open311/v2", service, "tryout")
    ours = refer(town)
    there = Report.objects.get(city=theirs)
    row = Forwarded.objects.get()
    named = (there.token, "") if service == "survey" else ("", there.reference)
    assert (row.token, row.number) == named
    look()
    assert answers(ours) == [], "nothing has happened yet"
    who = coordinator(theirs.pk)
    deciding.accept(actor=who, case_id=there.case_id, service_id=there.service_id)
    talking.answer(actor=who, case_id=there.case_id, text="We come on Monday.")
    look(timedelta(days=2))
    look(timedelta(days=4))
    heard = f"Water company writes about its request {there.reference}:\nWe come on Monday."
    assert answers(ours) == [heard]
    working.resolve(actor=who, case_id=there.case_id, text="The pipe is new. Call 0772123456.")
    look(timedelta(days=6))
    (_, done) = answers(ours)
    assert done.startswith(f"Water company has closed its request {there.reference}.\nThe pipe")
    assert "0772123456" not in done
    ours.refresh_from_db()
    assert ours.state == State.REFERRED
    event = Event.objects.filter(case=ours, kind="answered").last()
    assert event is not None
    assert event.data["texts"]["sw"].startswith("Kampuni ya maji imefunga")
    notices = Notice.objects.filter(event__case=ours, kind="answered", contact__isnull=False)
    assert notices.count() == 2


@pytest.mark.django_db
def test_what_they_say_again_is_told_once_and_flapping_is_slowed(town: Book, liar: Liar) -> None:
    point(town, liar.url)
    case = refer(town)
    for hour in range(1, 4):
        liar.tells("closed", "Mended.")
        look(timedelta(hours=hour * 20))
    assert len(answers(case)) == 1
    for minute in range(16, 160, 16):
        liar.tells("open" if minute % 32 else "closed", f"No. {minute}")
        look(timedelta(hours=70, minutes=minute))
    assert 2 <= len(answers(case)) <= 4, "at most one an hour"
    for day in range(4, 80):
        liar.tells("open" if day % 2 else "closed")
        look(timedelta(days=day))
    assert len(answers(case)) == following.MOST_TOLD
    asked = len(liar.asked)
    look(timedelta(days=90))
    assert len(liar.asked) == asked, "who says so much is not asked any more"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "says"),
    [
        (200, b"<html>"), (200, b"[" * 100_000), (200, {}), (200, []), (200, [1]), (200, [{}]),
        (200, [{"service_request_id": 8, "status": "closed"}]),
        (200, [{"service_request_id": True, "status": "closed"}]),
        (200, [{"service_request_id": 7, "status": ["closed"], "status_notes": {"a": 1}}]),
        (200, [{"service_request_id": 7, "status": "CLOSED FOREVER"}]),
        (200, b" " * 300_000), (302, []), (404, []), (410, []), (500, []), (503, b""),
    ],
)  # fmt: skip
def test_a_server_that_lies_or_is_out_of_order_harms_nothing(
    town: Book, liar: Liar, status: int, says: Any
) -> None:
    point(town, liar.url)
    case = refer(town)
    liar.status, liar.says = status, says
    look()
    look(timedelta(days=1, minutes=1))
    assert answers(case) == []
    assert len(liar.asked) == 1, "not again at once, and nowhere else"
    assert not Job.objects.exclude(error="").exists()
    liar.status = 200
    liar.tells("closed", "x" * 5000 + "\0", number="7")
    look(timedelta(days=4))
    (heard,) = answers(case)
    assert len(heard) < 2000
    row = Forwarded.objects.get()
    assert (row.failures, row.error) == (0, "")


@pytest.mark.django_db
def test_one_that_is_down_costs_one_question_for_all_its_cases(town: Book, liar: Liar) -> None:
    point(town, liar.url)
    cases = [refer(town) for _ in range(3)]
    liar.status = 503
    look()
    look(timedelta(days=1, minutes=1))
    assert len(liar.asked) == 1
    assert [each.how for each in others.bodies()] == ["well"]
    Forwarded.objects.update(failures=others.SEVERAL)
    (found,) = others.bodies()
    assert found.says == "water tells nothing of 3: the server answered 503"
    liar.status = 200
    liar.tells("closed")
    look(timedelta(days=3))
    assert [len(answers(each)) for each in cases] == [1, 1, 1]


@pytest.mark.django_db
def test_a_token_waits_for_its_id(town: Book, liar: Liar) -> None:
    liar.given = [{"token": "a/b"}]
    point(town, liar.url)
    case = refer(town)
    liar.says = [{"service_request_id": None, "token": "a/b"}]
    look()
    liar.says = [{"service_request_id": "7", "token": "another"}]
    look(timedelta(days=2))
    assert Forwarded.objects.get().number == ""
    liar.says = [
        {"service_request_id": "7", "token": "a/b", "status": "closed", "status_notes": "Done."}
    ]
    look(timedelta(days=5))
    assert liar.asked[0] == liar.asked[-2] == "/tokens/a%2Fb.json"
    assert liar.asked[-1] == "/requests/7.json"
    assert answers(case) == ["Water company has closed its request 7.\nDone."]


@pytest.mark.django_db
def test_what_came_back_to_us_is_nobody_else_s_to_tell_of(town: Book, liar: Liar) -> None:
    point(town, liar.url)
    case = refer(town)
    working.reopen(actor=coordinator(town.id), case_id=case.pk, text="It was ours.")
    liar.tells("closed", "Not ours.")
    look()
    assert answers(case) == []
    assert Forwarded.objects.get().ask_at is None
    assert not liar.asked


@pytest.mark.django_db
def test_a_body_that_the_pack_knows_no_more_is_not_asked(town: Book, liar: Liar) -> None:
    point(town, liar.url)
    refer(town)
    city = City.objects.get(pk=town.id)
    city.settings["bodies"] = []
    city.version += 1
    city.save()
    book.forget()
    look()
    assert Forwarded.objects.get().ask_at is None
