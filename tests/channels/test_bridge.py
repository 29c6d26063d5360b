"""A bridge to any other messenger: signed both ways by the library of the standard, and once."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook as Library

from ngoma.base.clock import frozen, now
from ngoma.casework import talking
from ngoma.cities.load import load
from ngoma.people import apikeys, vault
from ngoma.people.permissions import Actor
from ngoma.records.models import ApiKey, Contact, Event, Job, Notice, Photo, Recording, Report
from ngoma.settings.staff import StaffError, add_key, keys_told, rotate_key
from ngoma.work.worker import run_until_idle
from tests.channels.test_messengers import MARKET, VOICE
from tests.channels.test_texting import officer
from tests.intake.pictures import encoded, scene
from tests.notices.conftest import SMALL

__all__ = ["officer"]
HOOK = "/channels/bridge/kampala"


@dataclass
class Program:
    """A bridge on this machine. `came`: what was posted to it; `answers` come first, then 204."""

    url: str = ""
    key: str = ""
    came: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def say(self, text: str = "", *, name: str = "", by: str = "ana", **more: Any) -> int:
        """Hand over what somebody wrote, signed, and let the work be done."""
        body = json.dumps({"type": "message.received", "data": {"from": by, "text": text} | more})
        status = self.post(body, name=name or f"msg_{next(self.numbers)}")
        run_until_idle()
        return status

    def post(
        self, body: str, *, name: str = "msg", key: str = "", at: datetime | None = None
    ) -> int:
        """Post these bytes, signed."""
        at = at or now()
        signed = Library(key or self.key).sign(name, at, body)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signed,
        }
        kind = "application/json"
        return Client().post(HOOK, body, content_type=kind, headers=headers).status_code

    @property
    def heard(self) -> list[tuple[str, str]]:
        """Who was told what."""
        return [(each["data"]["to"], each["data"]["text"]) for each in self.came]


@pytest.fixture
def program(officer: Actor, settings: Settings) -> Iterator[Program]:
    settings.NGOMA_WEBHOOK_NETS = ("127.0.0.0/8",)
    program = Program()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            program.came.append(Library(program.key).verify(body.decode(), headers))
            program.ids.append(headers["webhook-id"])
            self.send_response(program.answers.pop(0) if program.answers else 204)
            self.end_headers()

        def do_GET(self) -> None:
            data = VOICE if self.path == "/voice" else encoded(scene(), "JPEG")
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    program.url = f"http://127.0.0.1:{server.server_address[1]}"
    program.key = add_key("viber", city="kampala", scopes=["messages"], url=f"{program.url}/take")
    yield program
    server.shutdown()
    server.server_close()


def test_a_conversation_over_a_bridge_is_one_report(program: Program, officer: Actor) -> None:
    assert program.say("The drain is blocked") == 204
    report = Report.objects.get()
    assert (report.channel, report.origin) == ("messenger", f"bridge {ApiKey.objects.get().pk}")
    assert [who for who, _words in program.heard] == ["ana", "ana"]
    assert any("Where is it?" in words for _who, words in program.heard)
    program.say("Mulago")
    assert program.came[-1]["data"]["choices"][1] == "2 Mulago II, Kawempe"
    program.say(lat=MARKET[0], long=MARKET[1])
    program.say(photo_urls=[f"{program.url}/photo"], voice_urls=[f"{program.url}/voice"])
    assert Report.objects.count() == 1
    report.case.refresh_from_db()
    assert (report.case.lat, report.case.lon) == MARKET
    assert (Photo.objects.count(), Recording.objects.count()) == (1, 1)
    talking.answer(actor=officer, case_id=report.case_id, text="A crew comes tomorrow.")
    run_until_idle()
    assert "A crew comes tomorrow." in program.heard[-1][1]
    assert {each.state for each in Notice.objects.all()} == {"sent"}
    assert not Job.objects.exclude(error="").exists()


def test_what_comes_again_changes_nothing(program: Program) -> None:
    for _ in range(3):
        program.say("A deep hole in Mulago II", name="msg_a")
    told = len(program.heard)
    for number in range(20):
        body = json.dumps({"data": {"from": "ana", "text": f"It is deeper now, {number} feet"}})
        program.post(body, name=f"msg_b{number}")
    run_until_idle()
    reports, events = Report.objects.count(), Event.objects.count()
    program.say("A deep hole in Mulago II", name="msg_a")
    program.say("It is deeper now, 0 feet", name="msg_b0")
    assert (Report.objects.count(), Event.objects.count()) == (reports, events)
    assert told < 4
    assert len(program.ids) == len(set(program.ids))


def test_what_is_forged_is_refused_and_leaves_nothing(program: Program) -> None:
    body = json.dumps({"data": {"from": "ana", "text": "A deep hole in Mulago II"}})
    another = apikeys.create_bridge(load(SMALL).pk, name="elsewhere")
    late, early = now() - timedelta(minutes=6), now() + timedelta(minutes=6)
    assert program.post(body, key=another) == 403
    assert program.post(body, at=late) == program.post(body, at=early) == 403
    assert Client().post(HOOK, body, content_type="application/json").status_code == 403
    signed = Library(program.key).sign("msg", now(), body)
    headers = {"webhook-id": "msg", "webhook-timestamp": str(int(now().timestamp()))}
    for name, value in (
        ("webhook-signature", f"v1a,{signed.partition(',')[2]}"),
        ("webhook-id", "another"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "٣"),
        ("webhook-timestamp", "9" * 400),
    ):
        forged = headers | {"webhook-signature": signed} | {name: value}
        answer = Client().post(HOOK, body, content_type="application/json", headers=forged)
        assert answer.status_code == 403, (name, value)
    answer = Client().post(
        HOOK,
        body + " ",
        content_type="application/json",
        headers=headers | {"webhook-signature": signed},
    )
    assert answer.status_code == 403
    for model in (Report, Contact, Notice, Job):
        assert not model.objects.exists()
    assert ApiKey.objects.get(name="viber").used_on is None


def test_a_key_is_rotated_scoped_and_ends(program: Program) -> None:
    first = program.key
    program.key = rotate_key("viber", city="kampala", hours=2)
    assert program.key.startswith("whsec_")
    assert program.key != first
    body = json.dumps({"data": {"from": "ana", "text": "A deep hole in Mulago II"}})
    assert program.post(body, key=first, name="1") == program.post(body, name="2") == 204
    later = now() + timedelta(hours=3)
    with frozen(later):
        assert program.post(body, key=first, name="3", at=later) == 403
        assert program.post(body, name="4", at=later) == 204
    row = ApiKey.objects.get()
    assert bytes(row.secret or b"").find(program.key[8:].encode()) == -1, "sealed"
    assert keys_told() == [f"kampala  viber  messages  last used {row.used_on}"]
    asked = {"jurisdiction_id": "kampala", "api_key": program.key, "service_code": "pothole"}
    answer = Client().post("/open311/v2/requests.json", asked)
    assert answer.status_code == 403, "it hands nothing in through Open311"
    plain = add_key("form", city="kampala")
    signing = f"whsec_{b64encode(plain.encode()).decode()}"
    assert program.post(body, key=signing, name="5") == 403
    row.revoked_at = now()
    row.save()
    assert program.post(body, name="6") == 403


def test_a_bridge_can_have_no_other_scope_and_no_odd_address(program: Program) -> None:
    for scopes, url in ((["messages", "report"], ""), (["report"], "https://a.example/x"),
                        (["messages"], "ftp://a.example/x")):  # fmt: skip
        with pytest.raises(StaffError):
            add_key("x", city="kampala", scopes=scopes, url=url)


def test_a_flood_of_one_is_slowed_and_of_nobody_else(program: Program) -> None:
    for number in range(33):
        body = json.dumps({"data": {"from": "ana", "text": f"Rubbish heap {number} in Mulago II"}})
        assert program.post(body, name=f"msg_{number}") == 204
    assert Report.objects.count() == 30
    body = json.dumps({"data": {"from": "ana", "text": "A live wire fell on the road"}})
    assert program.post(body, name="danger") == 204
    body = json.dumps({"data": {"from": "ben", "text": "A hole in Mulago II"}})
    assert program.post(body, name="bens") == 204
    assert Report.objects.count() == 32


def test_who_sends_stop_is_forgotten_and_nobody_else(program: Program) -> None:
    program.say("A deep hole in Mulago II", by="zebulonia")
    program.say("A deep hole in Mulago II", by="ben")
    program.say("stop", by="zebulonia")
    assert {vault.reveal(each).address.rpartition(":")[2] for each in Contact.objects.filter(
        purpose="report")} == {"ben"}  # fmt: skip
    assert "zebulonia" not in str([list(each.objects.values()) for each in (Report, Notice, Event)])


@pytest.mark.parametrize(
    ("status", "state", "kept"),
    [(410, "failed", False), (400, "failed", True), (429, "queued", True), (500, "queued", True)],
)
def test_what_a_bridge_refuses(program: Program, status: int, state: str, kept: bool) -> None:
    program.answers = [status]
    program.say("A hole in Mulago II")
    assert Notice.objects.get().state == state
    assert Contact.objects.exists() is kept
    if state == "queued":
        later = now() + timedelta(minutes=5)
        with frozen(later):
            run_until_idle()
        assert Notice.objects.get().state == "sent"
        assert len(set(program.ids)) == 1, "the program knows it again"


@pytest.mark.parametrize("hidden", ["http://127.0.0.1:9/x", "http://10.0.0.1/x"])
def test_no_address_leads_inside(program: Program, settings: Settings, hidden: str) -> None:
    settings.NGOMA_WEBHOOK_NETS = ()
    assert program.say("A hole in Mulago II", photo_urls=[hidden]) == 204
    assert Report.objects.get().photos.count() == 0
    assert not program.came


def test_without_an_address_nothing_is_said_and_the_desk_knows(program: Program) -> None:
    ApiKey.objects.update(url="")
    program.say("A hole in Mulago II")
    assert Notice.objects.get().error == "the bridge has no address that takes messages"


Odd = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_nothing_that_is_signed_breaks_the_door(program: Program) -> None:
    fields = ("from", "text", "lat", "long", "accuracy", "photo_urls", "voice_urls")
    numbers = count()

    @hypothesis(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, Odd)) | Odd)
    def ask(data: Any) -> None:
        body = json.dumps({"data": data})
        assert program.post(body, name=f"odd{next(numbers)}") in (204, 400)

    ask()
    for body in ("", "[]", "{", '{"data": {"from": "\\u0000"}}', '{"data":' * 50_000,
                 '{"data": {"from": "\\ud800"}}'):  # fmt: skip
        assert program.post(body) == 400


def test_times_are_ours(program: Program) -> None:
    """A signature of the future, by a clock set right, is good when its moment has come."""
    at = now() + timedelta(days=30)
    body = json.dumps({"data": {"from": "ana", "text": "A hole in Mulago II"}})
    assert program.post(body, at=at) == 403
    with frozen(at):
        assert program.post(body, at=at) == 204
