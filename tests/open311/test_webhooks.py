"""Webhooks against a program on this machine that checks them with the library of the standard."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Checker
from standardwebhooks.webhooks import WebhookVerificationError

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, erasing, talking, undoing, working
from ngoma.cities import book as books
from ngoma.open311.webhooks import delivering, subscriptions
from ngoma.open311.webhooks.subscriptions import WebhookError
from ngoma.people import destinations
from ngoma.people.vault import Sealed
from ngoma.records.models import Case, Delivery, Job, Report, Service, Webhook
from ngoma.work.worker import run_until_idle

State = Delivery.State


@dataclass
class Program:
    """What came, and with which statuses it is answered; then with 204. None: without a word."""

    url: str = ""
    answers: list[int | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies, parsed."""
        return [json.loads(body) for _headers, body in self.came]

    @property
    def kinds(self) -> list[str]:
        """What was told, in order."""
        return [each["type"].removeprefix("service_request.") for each in self.told]


@pytest.fixture
def program(settings: Any) -> Iterator[Program]:
    settings.NGOMA_WEBHOOK_NETS = ("127.0.0.0/8",)
    known = Program()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.came.append(({key.lower(): each for key, each in self.headers.items()}, body))
            status = known.answers.pop(0) if known.answers else 204
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in known.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}/take"
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(city: Any, program: Program) -> tuple[Webhook, str]:
    """The program is told of every kind of event; with its secret."""
    return subscriptions.add(city.pk, program.url, subscriptions.KINDS)


def later(seconds: float) -> None:
    """What is due after so long."""
    with frozen(now() + timedelta(seconds=seconds)):
        run_until_idle()


def test_what_comes_is_signed_and_describes_the_request(
    told: Any, program: Program, door: Any
) -> None:
    reference = door.report("A deep hole, call 0772 123456")
    run_until_idle()
    headers, body = program.came[0]
    said = Checker(told[1]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Checker(told[1]).verify(body.replace(b"open", b"shut"), headers)
    assert said["type"] == "service_request.opened"
    assert said["data"]["jurisdiction_id"] == "tryout"
    assert said["data"]["event"]["number"] == 1
    assert said["data"]["service_request"] == door.get(f"requests/{reference}")[0]
    assert "0772" not in body.decode()
    assert headers["content-type"] == "application/json"


def test_only_what_was_asked_for_is_told(
    city: Any, program: Program, door: Any, verbs: Any
) -> None:
    subscriptions.add(city.pk, program.url, ["resolved"])
    reference = door.report()
    verbs(deciding.accept, reference)
    verbs(working.resolve, reference, text="Filled.")
    run_until_idle()
    assert program.kinds == ["resolved"]
    assert program.told[0]["data"]["event"]["description"] == "Filled."
    assert program.told[0]["data"]["service_request"]["status"] == "closed"


def test_nothing_private_is_told(told: Any, program: Program, door: Any, verbs: Any) -> None:
    """Not a note, not a case of a private service, not one that became private on the way."""
    reference = door.report()
    run_until_idle()
    program.came.clear()
    verbs(talking.note, reference, text="He is known to us")
    verbs(talking.answer, reference, text="We come on Monday.")
    Case.objects.filter(reference=reference).update(public=False)
    run_until_idle()
    assert program.came == []
    Case.objects.filter(reference=reference).update(public=True)
    verbs(talking.answer, reference, text="We come on Tuesday.")
    program.answers = [500]
    run_until_idle()
    Service.objects.filter(code="pothole").update(public=False)
    books.forget()
    later(60)
    assert len(program.came) == 1
    assert Delivery.objects.latest("pk").state == State.DROPPED


def test_what_was_erased_meanwhile_is_not_told(
    told: Any, program: Program, door: Any, verbs: Any
) -> None:
    program.answers = [500]
    reference = door.report("A deep hole behind the blue house")
    run_until_idle()
    report = Report.objects.get(reference=reference)
    verbs(lambda *, actor, case_id: erasing.erase(actor=actor, report_id=report.pk), reference)
    later(60)
    assert len(program.came) == 2
    assert "blue house" not in program.came[1][1].decode()


def test_what_was_taken_back_is_not_told(
    told: Any, program: Program, door: Any, city: Any, settings: Any
) -> None:
    from ngoma.people.permissions import staff
    from ngoma.records.models import Membership, User

    settings.NGOMA_UNDO = 10
    user = User.objects.create_user("officer")
    Membership.objects.create(user=user, city=city, role="coordinator")
    reference = door.report()
    run_until_idle()
    case = Case.objects.get(reference=reference)
    case = deciding.accept(actor=staff(user), case_id=case.pk)
    run_until_idle()
    undoing.undo(actor=staff(user), case_id=case.pk, seq=case.version)
    later(60)
    assert program.kinds == ["opened"]


def test_a_demonstration_tells_nobody(told: Any, program: Program, door: Any, verbs: Any) -> None:
    reference = door.report()
    Report.objects.update(demo=True)
    verbs(deciding.accept, reference)
    run_until_idle()
    assert program.came == []


@pytest.mark.parametrize("answer", [500, 404, 302, None])
def test_it_is_told_again_until_it_is_taken_and_in_order(
    told: Any, program: Program, door: Any, verbs: Any, answer: int | None
) -> None:
    program.answers = [answer, answer]
    program.headers = {"Location": program.url}
    reference = door.report()
    verbs(deciding.accept, reference)
    run_until_idle()
    assert program.kinds == ["opened"]
    later(6)
    assert program.kinds == ["opened", "opened"]
    later(25)
    later(40)
    assert program.kinds == ["opened", "opened", "opened", "accepted"]
    ids = [headers["webhook-id"] for headers, _body in program.came]
    assert len(set(ids[:3])) == 1
    assert ids[3] != ids[0]
    assert Delivery.objects.filter(state=State.SENT).count() == 2
    assert not Job.objects.exists()


def test_one_that_is_down_is_asked_once_a_pause(told: Any, program: Program, door: Any) -> None:
    program.answers = [503] * 100
    for number in range(5):
        door.report(f"Hole {number}", lat=str(0.15 + number / 1000))
    run_until_idle()
    assert len(program.came) == 1
    program.answers = []
    later(700)
    later(710)
    assert Delivery.objects.filter(state=State.SENT).count() == 5


def test_the_program_says_how_long_to_wait(told: Any, program: Program, door: Any) -> None:
    program.answers, program.headers = [429], {"Retry-After": "300"}
    door.report()
    run_until_idle()
    later(290)
    assert len(program.came) == 1
    later(310)
    assert len(program.came) == 2


def test_what_is_never_taken_is_parked_and_can_be_begun_anew(
    told: Any, program: Program, door: Any
) -> None:
    program.answers = [500] * delivering.TRIES
    door.report()
    run_until_idle()
    days = 0.0
    while Delivery.objects.get().state == State.WAITING and days < 5:
        later(days * 86400)
        days += 0.25
    assert len(program.came) == delivering.TRIES
    assert Delivery.objects.get().state == State.PARKED
    assert not Job.objects.exists()
    assert "1 given up" in subscriptions.told()[0]
    assert subscriptions.resend(told[0].pk) == 1
    run_until_idle()
    assert Delivery.objects.get().state == State.SENT
    assert "0 waiting  0 given up" in subscriptions.told()[0]


def test_one_that_has_gone_is_told_nothing_more(
    told: Any, program: Program, door: Any, verbs: Any
) -> None:
    program.answers = [410]
    reference = door.report()
    run_until_idle()
    verbs(deciding.accept, reference)
    run_until_idle()
    later(86400)
    assert program.kinds == ["opened"]
    assert "takes no more" in subscriptions.told()[0]


def test_a_worker_that_died_tells_it_again_and_a_late_one_not_twice(
    told: Any, program: Program, door: Any
) -> None:
    door.report()
    run_until_idle()
    delivery = Delivery.objects.get()
    delivering.deliver(delivery.pk)
    assert len(program.came) == 1
    Delivery.objects.update(state=State.WAITING)  # as if it had died before it noted the answer
    delivering.deliver(delivery.pk)
    assert [headers["webhook-id"] for headers, _ in program.came] == [f"msg_{delivery.pk}"] * 2


def test_two_secrets_sign_while_one_takes_over(told: Any, program: Program, door: Any) -> None:
    webhook, old = told
    new = subscriptions.rotate(webhook.pk, overlap=timedelta(hours=1))
    door.report("One")
    run_until_idle()
    headers, body = program.came[0]
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Checker(secret).verify(body, headers)
    Webhook.objects.update(former_until=now())
    door.report("Two", lat="0.16")
    run_until_idle()
    headers, body = program.came[1]
    Checker(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Checker(old).verify(body, headers)


def test_secrets_lie_sealed(told: Any, settings: Any) -> None:
    webhook, secret = told
    row = Webhook.objects.get(pk=webhook.pk)
    assert secret.encode() not in bytes(row.secret)
    assert subscriptions.secrets_of(row) == [secret]
    other = Webhook.objects.create(
        city_id=row.city_id, url=row.url, kinds=[], secret=row.secret, created_at=now()
    )
    with pytest.raises(Sealed):
        subscriptions.secrets_of(other)


@pytest.mark.once
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.org/x", "must begin with https"),
        ("ftp://example.org/x", "must begin with https"),
        ("https://user:word@example.org/", "no name or word"),
        ("https://example.org/#part", "write the address"),
        ("https://", "write the address"),
        ("https://exa mple.org/", "write the address"),
        ("https://example.org:0/", "write the address"),
        ("https://[/", "write the address"),
        ("https://example.org/" + "a" * 1000, "write the address"),
        ("https://example.org/\r\nX: y", "write the address"),
    ],
)
def test_an_address_that_cannot_be_is_refused(city: Any, url: str, said: str) -> None:
    with pytest.raises(WebhookError, match=said):
        subscriptions.add(city.pk, url, ["opened"])


@pytest.mark.once
def test_a_kind_of_event_that_cannot_be_told_is_refused(city: Any) -> None:
    for kinds in (["noted"], [], ["opened", "everything"]):
        with pytest.raises(WebhookError, match="there are opened"):
            subscriptions.add(city.pk, "https://example.org/", kinds)


@pytest.mark.once
def test_nothing_inside_is_asked(told: Any, program: Program, door: Any, settings: Any) -> None:
    """Neither this machine, nor the public internet without encryption."""
    settings.NGOMA_WEBHOOK_NETS = ("10.9.0.0/16",)
    door.report()
    run_until_idle()
    assert program.came == []
    assert Delivery.objects.get().error == "not a public host"
    open_address, secured = (destinations.allowed(f"{each}://x/") for each in ("http", "https"))
    assert secured("8.8.8.8")
    assert not open_address("8.8.8.8")
    assert open_address("10.9.1.1")
    assert not secured("10.8.1.1")
    assert not secured("::ffff:127.0.0.1")
    assert not secured("169.254.169.254")


def test_what_was_told_long_ago_is_forgotten(told: Any, program: Program, door: Any) -> None:
    door.report()
    run_until_idle()
    assert delivering.forget_old() == 0
    assert delivering.forget_old(now() + delivering.KEEP + timedelta(minutes=1)) == 1


def test_the_commands(city: Any, program: Program, capsys: Any) -> None:
    from typer.testing import CliRunner

    from ngoma.__main__ import app

    def ngoma(*words: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, ["webhook", *words])
        assert done.exit_code == status, done.output
        return done.output

    number, secret = ngoma("add", program.url, "--city", "tryout", "--events", "opened").split()
    assert program.url in ngoma("list")
    assert ngoma("try", number) == "taken\n"
    assert Checker(secret).verify(program.came[0][1], program.came[0][0])["type"] == "test"
    assert ngoma("rotate", number).split()[1] != secret
    program.answers = [500]
    assert "HTTP 500" in ngoma("try", number, status=1)
    ngoma("remove", number)
    assert ngoma("list") == ""
    assert "there is no webhook" in ngoma("rotate", number, status=1)
