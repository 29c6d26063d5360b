"""A referred case arrives at another body's Open311 server once, with what is published of it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from ngoma.casework import deciding
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.intake.submit import submit
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import City, Membership, Notice, User
from ngoma.work.worker import run_until_idle
from tests.intake import told

# What is sent is committed before and after.
pytestmark = pytest.mark.django_db(transaction=True)


class Body(HTTPServer):
    """Another body's server: what it was sent, and how it answers."""

    asked: list[dict[str, list[str]]]
    status = 201


class Takes(BaseHTTPRequestHandler):
    server: Body

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(parse_qs(text))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(msgspec.json.encode([{"service_request_id": "W-1"}]))

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def body(town: Book, settings: Any) -> Iterator[Body]:
    server = Body(("127.0.0.1", 0), Takes)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    city = City.objects.get(pk=town.id)
    for each in city.settings["bodies"]:
        if each["code"] == "water":
            each["open311"]["url"] = f"http://127.0.0.1:{server.server_port}"
    city.version += 1
    city.save()
    book.forget()
    settings.NGOMA_OPEN311_KEYS = ("power=p", "water=w")
    yield server
    server.shutdown()


@pytest.fixture
def decider(town: Book) -> Actor:
    user = User.objects.create_user("carol")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    return staff(user)


def refer(town: Book, who: Actor) -> Notice:
    words = "Water runs over the road, call Okello 0772 123456"
    case = submit(told(town, words=words, email="o@example.org")).case
    run_until_idle()
    deciding.refer(actor=who, case_id=case.pk, body="water", text="Your pipe, we think.")
    run_until_idle()
    return Notice.objects.get(body="water")


def test_it_arrives_with_place_words_and_key(town: Book, body: Body, decider: Actor) -> None:
    notice = refer(town, decider)
    (asked,) = body.asked
    assert asked["service_code"] == ["leak"]
    assert asked["api_key"] == ["w"]
    assert (asked["lat"], asked["long"]) == (["0.150000"], ["32.050000"])
    assert "Water runs over the road" in asked["description"][0]
    assert "Your pipe, we think." in asked["description"][0]
    for private in ("123456", "o@example.org"):
        assert private not in str(asked)
    assert (notice.state, notice.provider, notice.provider_id) == ("sent", "open311", "W-1")


@pytest.mark.parametrize(("status", "state"), [(400, "failed"), (403, "failed"), (504, "unsure")])
def test_what_is_refused_is_not_sent_again(
    town: Book, body: Body, decider: Actor, status: int, state: str
) -> None:
    body.status = status
    assert refer(town, decider).state == state
    run_until_idle()
    assert len(body.asked) == 1


def test_what_may_work_later_is_tried_again(town: Book, body: Body, decider: Actor) -> None:
    body.status = 503
    assert refer(town, decider).state == "queued"
