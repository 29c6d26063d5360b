"""Telegram and WhatsApp: words, photos and positions come in, answers go out; none forged."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.base.clock import frozen, now
from ngoma.casework import talking
from ngoma.notices.twilio import signature
from ngoma.people import vault
from ngoma.people.permissions import Actor
from ngoma.records.models import (
    Contact,
    Department,
    Event,
    Job,
    Membership,
    Notice,
    Photo,
    Recording,
    Report,
    State,
    User,
)
from ngoma.work.worker import run_until_idle
from tests.channels.test_texting import officer
from tests.intake.pictures import encoded, scene

__all__ = ["officer"]
JSON = "application/json"
MARKET = (0.3476, 32.5825)


@dataclass
class Gateway:
    """Both services on this machine. `asked`: what was posted, by path; `answers` come first."""

    url: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    file: bytes = b""

    def answer(self, path: str, body: Any) -> tuple[int, Any]:
        """What the service itself would say."""
        self.asked.append((path, body))
        if self.answers:
            return self.answers.pop(0)
        if path == "/botT0K3N/getFile":
            return 200, {"ok": True, "result": {"file_path": "photos/1.jpg"}}
        if path in ("/file/botT0K3N/photos/1.jpg", "/blob"):
            return 200, self.file
        if path == "/botT0K3N/sendMessage":
            return 200, {"ok": True, "result": {"message_id": len(self.asked)}}
        if path.startswith("/2010-04-01/Accounts/AC1/Messages/MM1/Media/"):
            return 200, self.file
        if path == "/1555/messages":
            return 200, {"messages": [{"id": f"wamid.out{len(self.asked)}"}]}
        return 200, {"url": f"{self.url}/blob"}


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self) -> None:
        self._answer(None)

    def _answer(self, body: Any) -> None:
        status, said = self.gateway.answer(self.path, body)
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    gateway = Gateway(file=encoded(scene(), "JPEG"))
    handler = type("Handler", (_Handler,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    settings.NGOMA_TELEGRAM_URL = settings.NGOMA_WHATSAPP_URL = gateway.url
    settings.NGOMA_TELEGRAM_TOKEN, settings.NGOMA_TELEGRAM_SECRET = "T0K3N", "known"
    settings.NGOMA_WHATSAPP_TOKEN, settings.NGOMA_WHATSAPP_NUMBER = "bearer", "1555"
    settings.NGOMA_WHATSAPP_SECRET, settings.NGOMA_WHATSAPP_VERIFY = "app", "verify"
    yield gateway
    server.shutdown()
    thread.join()
    server.server_close()


def telegram(secret: str = "known", city: str = "kampala", **message: Any) -> int:
    """Post an update; returns the status of the answer."""
    usual = {"message_id": 1, "chat": {"id": 77, "type": "private"}, "date": 1}
    update = {"update_id": 1, "message": usual | message}
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    path = f"/channels/telegram/{city}/"
    return Client().post(path, update, content_type=JSON, headers=headers).status_code


def whatsapp(secret: str = "app", statuses: Any = (), city: str = "kampala", **message: Any) -> int:
    """Post a webhook; returns the status of the answer."""
    usual = {"from": "256772123456", "id": "wamid.1", "timestamp": "1"}
    value = {"statuses": list(statuses), "messages": [usual | message] if message else []}
    body = json.dumps({"object": "x", "entry": [{"changes": [{"value": value}]}]}).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    path = f"/channels/whatsapp/{city}/"
    return Client().post(path, body, content_type=JSON, headers=headers).status_code


Send = Callable[..., int]
VOICE = b"OggS" + b"\0" * 2000


@pytest.fixture(params=["telegram", "whatsapp"])
def send(request: pytest.FixtureRequest, officer: Actor, gateway: Gateway) -> Send:
    """Sends words, a photo or a position by one of the two, and lets the work be done."""
    numbers = count(1)

    def send(
        text: str = "",
        *,
        photo: str = "",
        voice: str = "",
        at: tuple[float, float] | None = None,
        press: str = "",
    ) -> int:
        number = next(numbers)
        where = {"latitude": at[0], "longitude": at[1]} if at else None
        if request.param == "telegram":
            sizes = [{"file_id": f"{photo}-small"}, {"file_id": photo}]
            text = text or press  # a key types what it says
            told: dict[str, Any] = {"caption": text, "photo": sizes} if photo else {"text": text}
            if voice:
                told = {"voice": {"file_id": voice, "duration": 3}}
            status = telegram(message_id=number, **told, **({"location": where} if where else {}))
        else:
            told = {"image": {"id": photo, "caption": text}} if photo else {"text": {"body": text}}
            if where:
                told = {"location": where}
            if press:
                chosen = {"id": press, "title": press[:24]}
                told = {"interactive": {"type": "list_reply", "list_reply": chosen}}
            if voice:
                told = {"audio": {"id": voice, "mime_type": "audio/ogg", "voice": True}}
            status = whatsapp(id=f"wamid.{'HBgMMjU2' * 12}{number}", **told)
        run_until_idle()
        assert not Job.objects.exclude(error="").exists()
        return status

    return send


def said() -> list[str]:
    """All that we said, in order."""
    return list(Notice.objects.order_by("pk").values_list("text", flat=True))


def test_words_a_photo_and_a_position_are_one_report(send: Send, gateway: Gateway) -> None:
    assert send("The drain is blocked") == 204
    assert "Where is it?" in said()[0]
    assert send(at=MARKET) == 204
    assert send(photo="AgAC") == 204
    report = Report.objects.get()
    case = report.case
    assert report.channel == "messenger"
    assert (case.lat, case.lon) == MARKET
    assert case.place is not None
    assert Photo.objects.count() == 1
    kinds = Event.objects.filter(case=case).order_by("seq").values_list("kind", flat=True)
    assert [each for each in kinds if each != "proposed"] == ["opened", "informed", "informed"]
    paths = [path for path, body in gateway.asked if body is not None]
    assert len([path for path in paths if path.endswith(("/sendMessage", "/messages"))]) == 2
    assert {each.state for each in Notice.objects.all()} == {"sent"}


def buttons(gateway: Gateway) -> list[str]:
    """The choices of the last message."""
    body = gateway.asked[-1][1]
    if "reply_markup" in body:
        return [row[0]["text"] for row in body["reply_markup"].get("keyboard", ())]
    rows = body.get("interactive", {}).get("action", {}).get("sections", [{"rows": []}])[0]["rows"]
    assert all(len(each["title"]) <= 24 for each in rows)
    return [each["id"] for each in rows]


@pytest.mark.parametrize("pressed", [True, False])
def test_a_choice_is_a_button_and_its_number_counts_too(
    send: Send, gateway: Gateway, pressed: bool
) -> None:
    send("The drain is blocked")
    assert buttons(gateway) == []
    send("Mulago")
    offered = buttons(gateway)
    assert offered[1] == "2 Mulago II, Kawempe"
    assert offered[-1] == "4 None of these"
    assert " ".join(offered) in said()[-1]
    if pressed:
        send(press=offered[1])
    else:
        send("2")
    report = Report.objects.get()
    report.case.refresh_from_db()
    assert report.case.place.code == "kawempe-mulago-ii"
    told = len(said())
    send(press=offered[0])
    assert (Report.objects.count(), len(said())) == (1, told), "the question is no longer open"
    send("1 more hole in Mulago III")
    assert Report.objects.count() == 2
    assert buttons(gateway) == []


def test_a_photo_with_words_is_a_report_with_a_photo(send: Send) -> None:
    send("A deep hole in Mulago II", photo="AgAC")
    report = Report.objects.get()
    assert report.photos.count() == 1
    assert report.case.place.code == "kawempe-mulago-ii"
    assert not Event.objects.filter(kind="informed").exists()


def test_a_photo_alone_is_a_report_too(send: Send) -> None:
    send(photo="AgAC")
    report = Report.objects.get()
    assert (report.words, report.photos.count()) == ("", 1)
    send("Mulago II")
    assert Report.objects.count() == 1
    report.case.refresh_from_db()
    assert report.case.place.code == "kawempe-mulago-ii"


def test_after_an_hour_a_photo_is_another_matter(send: Send) -> None:
    with frozen(now() - timedelta(hours=2)):
        send("A deep hole in Mulago II")
    send(photo="AgAC")
    assert Report.objects.count() == 2


def test_a_position_outside_the_city_is_none(send: Send) -> None:
    send("A deep hole")
    send(at=(51.5, 0.1))
    assert Report.objects.get().case.place_id is None


def test_a_file_that_is_no_photo_is_left(send: Send, gateway: Gateway) -> None:
    gateway.file = b"%PDF-1.7"
    send("A deep hole in Mulago II", photo="BQAC")
    assert Report.objects.get().photos.count() == 0


def test_an_officer_s_question_is_answered_in_the_chat(send: Send, officer: Actor) -> None:
    send("A deep hole in Mulago II")
    case = Report.objects.get().case
    talking.ask(actor=officer, case_id=case.pk, text="How deep?")
    run_until_idle()
    assert "How deep?" in said()[-1]
    send("To the knee")
    case.refresh_from_db()
    assert case.state == State.RECEIVED


def test_who_sends_stop_is_forgotten(send: Send) -> None:
    send("A deep hole in Mulago II")
    send("stop")
    assert Report.objects.get().contact is None


def test_no_address_stands_in_the_tables(send: Send) -> None:
    send("A deep hole in Mulago II")
    for model in (Report, Notice, Contact, Event):
        for row in model.objects.values():
            assert "256772123456" not in str(row)
            assert "telegram:77" not in str(row)
    address = vault.reveal(Contact.objects.get()).address
    assert address in ("telegram:77", "whatsapp:256772123456")


def test_a_long_conversation_is_followed(send: Send) -> None:
    for number in range(20):
        assert send(f"Rubbish heap number {number} in Mulago II") == 204
    assert Report.objects.count() == 20


def test_the_same_update_again_changes_nothing(officer: Actor, gateway: Gateway) -> None:
    for _ in range(3):
        assert telegram(text="A hole in Mulago II") == 204
        assert whatsapp(text={"body": "A hole in Mulago II"}) == 204
    assert Report.objects.count() == 2


@pytest.mark.parametrize("send", [telegram, whatsapp])
def test_what_is_forged_is_refused(officer: Actor, gateway: Gateway, send: Any) -> None:
    assert send("another", text="A hole" if send is telegram else {"body": "A hole"}) == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize("unset", ["NGOMA_TELEGRAM_SECRET", "NGOMA_WHATSAPP_SECRET"])
def test_without_a_secret_nobody_is_believed(
    officer: Actor, gateway: Gateway, settings: Settings, unset: str
) -> None:
    setattr(settings, unset, "")
    if unset == "NGOMA_TELEGRAM_SECRET":
        assert telegram("", text="A hole") == 403
    else:
        assert whatsapp("", text={"body": "A hole"}) == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"message": {"chat": 1}}', b"\xff", b'{"message":', b'{"entry":' * 50_000],
)
def test_what_is_no_update_is_refused(officer: Actor, gateway: Gateway, body: bytes) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "known"}
    headers["X-Hub-Signature-256"] = f"sha256={hmac.new(b'app', body, hashlib.sha256).hexdigest()}"
    for path in ("/channels/telegram/kampala/", "/channels/whatsapp/kampala/"):
        answer = Client().post(path, body, content_type=JSON, headers=headers)
        assert answer.status_code in (204, 400)
    assert not Report.objects.exists()


def test_groups_and_other_updates_are_left_alone(officer: Actor, gateway: Gateway) -> None:
    assert telegram(text="A hole", chat={"id": -5, "type": "group"}) == 204
    headers = {"X-Telegram-Bot-Api-Secret-Token": "known"}
    other = {"update_id": 2, "edited_message": {"message_id": 3}}
    path = "/channels/telegram/kampala/"
    assert Client().post(path, other, content_type=JSON, headers=headers).status_code == 204
    assert not Report.objects.exists()


@pytest.mark.parametrize(("word", "status"), [("verify", 200), ("other", 403), ("", 403)])
def test_the_webhook_is_set_up_by_who_knows_the_word(
    officer: Actor, gateway: Gateway, word: str, status: int
) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": "1158201444"}
    answer = Client().get("/channels/whatsapp/kampala/", asked)
    assert answer.status_code == status
    if status == 200:
        assert answer.content == b"1158201444"


def test_whatsapp_says_what_was_delivered(officer: Actor, gateway: Gateway) -> None:
    whatsapp(text={"body": "A hole in Mulago II"})
    run_until_idle()
    notice = Notice.objects.get()
    assert whatsapp(statuses=[{"id": notice.provider_id, "status": "delivered"}]) == 204
    notice.refresh_from_db()
    assert notice.state == "delivered"


@pytest.mark.parametrize(
    ("answer", "state", "kept"),
    [
        (
            (403, {"ok": False, "error_code": 403, "description": "bot was blocked"}),
            "failed",
            False,
        ),
        ((400, {"ok": False, "error_code": 400, "description": "chat not found"}), "failed", True),
        ((429, {"ok": False, "error_code": 429}), "queued", True),
        ((200, {"odd": 1}), "unsure", True),
    ],
)
def test_what_telegram_refuses(
    officer: Actor, gateway: Gateway, answer: tuple[int, Any], state: str, kept: bool
) -> None:
    gateway.answers = [answer]
    telegram(text="A hole in Mulago II")
    run_until_idle()
    assert Notice.objects.get().state == state
    assert Contact.objects.exists() is kept


@pytest.mark.parametrize(
    ("code", "state"), [(131026, "failed"), (131047, "failed"), (130429, "queued")]
)
def test_what_whatsapp_refuses(officer: Actor, gateway: Gateway, code: int, state: str) -> None:
    gateway.answers = [(400, {"error": {"code": code, "message": "no"}})]
    whatsapp(text={"body": "A hole in Mulago II"})
    run_until_idle()
    assert Notice.objects.get().state == state


def test_the_desk_sees_the_whole_conversation(send: Send, officer: Actor, client: Client) -> None:
    send("The drain is blocked")
    send("Mulago II")
    client.force_login(User.objects.get(username="officer"))
    case = Report.objects.get().case
    page = client.get(f"/desk/kampala/cases/{case.reference}/").content.decode()
    said = ["Mulago II", "Where is it? Reply with the village, or something near it."]
    at = [page.index(f'<p class="said">{each}</p>') for each in said]
    assert at == sorted(at), "the newest first"
    assert "Show the address in the messenger" in page
    assert ": 1 sent" in page


def test_a_voice_is_a_report_that_somebody_listens_to(
    send: Send, gateway: Gateway, officer: Actor, client: Client
) -> None:
    gateway.file = VOICE
    send(voice="AwAC")
    report = Report.objects.get()
    (recording,) = Recording.objects.all()
    assert (report.words, recording.report, recording.kind) == ("", report, "audio/ogg")
    send("Mulago II")
    assert Report.objects.count() == 1
    address = f"/desk/kampala/recordings/{recording.pk}/"
    assert client.get(address).status_code == 302, "not without signing in"
    client.force_login(User.objects.get(username="officer"))
    page = client.get(f"/desk/kampala/cases/{report.case.reference}/").content.decode()
    assert f'<audio controls preload="none" src="{address}"' in page
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (VOICE, "audio/ogg")
    assert "no-store" in answer["Cache-Control"]
    public = client.get(f"/kampala/r/{report.case.reference}").content.decode()
    assert "recordings" not in public


def test_a_voice_that_follows_is_added(send: Send, gateway: Gateway) -> None:
    gateway.file = VOICE
    send("A deep hole in Mulago II")
    send(voice="AwAC")
    assert Report.objects.count() == 1
    assert Recording.objects.count() == 1
    assert Event.objects.get(kind="informed").data["text"] == "(voice message)"


def test_who_may_not_see_a_case_does_not_hear_it(
    send: Send, gateway: Gateway, client: Client
) -> None:
    gateway.file = VOICE
    send(voice="AwAC")
    user = User.objects.create_user("waste")
    department = Department.objects.get(code="waste")
    Membership.objects.create(
        user=user, city_id=department.city_id, department=department, role="officer"
    )
    client.force_login(user)
    recording = Recording.objects.get()
    assert client.get(f"/desk/kampala/recordings/{recording.pk}/").status_code == 403


@pytest.mark.parametrize("data", [b"", b"MZ\x90", b"<svg/>", b"OggS" + b"x" * 9_000_000])
def test_what_is_no_recording_is_left(officer: Actor, gateway: Gateway, data: bytes) -> None:
    gateway.file = data
    telegram(voice={"file_id": "AwAC"})
    run_until_idle()
    assert not Recording.objects.exists()
    assert Report.objects.count() == 1


def test_a_photo_comes_by_mms(officer: Actor, gateway: Gateway, settings: Settings) -> None:
    settings.NGOMA_SMS_URL, settings.NGOMA_SMS_USER, settings.NGOMA_SMS_KEY = (
        gateway.url,
        "AC1",
        "k",
    )
    here = f"{gateway.url}/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    form = {"Body": "A hole in Mulago II", "From": "+256772123456", "MessageSid": "MM1"}
    media = [here, "https://elsewhere.example/x.jpg", here, here[:-1] + "2"]
    kinds = ["image/jpeg", "image/jpeg", "video/mp4", "image/jpeg"]
    for number, (url, kind) in enumerate(zip(media, kinds, strict=True)):
        form |= {f"MediaUrl{number}": url, f"MediaContentType{number}": kind}
    path = "/channels/twilio/sms/kampala/"
    headers = {"X-Twilio-Signature": signature(f"http://localhost:8000{path}", form.items())}
    body = urlencode(form)
    kind = "application/x-www-form-urlencoded"
    assert Client().post(path, body, content_type=kind, headers=headers).status_code == 200
    run_until_idle()
    assert Report.objects.get().photos.count() == 1
    fetched = {path for path, body in gateway.asked if body is None}
    start = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/"
    assert fetched == {f"{start}ME1", f"{start}ME2"}
