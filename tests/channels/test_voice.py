"""Calls: keys choose, a voice tells, and a person listens to it; over both services."""

from collections.abc import Callable
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.notices.twilio import signature
from ngoma.people.permissions import Actor
from ngoma.records.models import Recording, Report, Talk
from ngoma.work.worker import run_until_idle
from tests.channels.test_messengers import Gateway, gateway
from tests.channels.test_texting import officer

__all__ = ["gateway", "officer"]
WAVE = b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 2000
NUMBER = "+256772123456"
FORM = "application/x-www-form-urlencoded"
HOOK = "/channels/africastalking/hidden-word/voice/kampala/"
Step = Callable[..., Element]


def twilio(path: str, fields: dict[str, str]) -> Element:
    names = {
        "session": "CallSid",
        "number": "From",
        "digits": "Digits",
        "recording": "RecordingUrl",
    }
    form = {names[key]: value for key, value in fields.items()}
    address = f"http://localhost:8000{path}"
    headers = {"X-Twilio-Signature": signature(address, form.items())}
    answer = Client().post(path, urlencode(form), content_type=FORM, headers=headers)
    assert answer.status_code == 200
    return fromstring(answer.content)


def africastalking(path: str, fields: dict[str, str]) -> Element:
    names = {
        "session": "sessionId",
        "number": "callerNumber",
        "digits": "dtmfDigits",
        "recording": "recordingUrl",
    }
    form = {names[key]: value for key, value in fields.items()} | {"isActive": "1"}
    answer = Client().post(path, urlencode(form), content_type=FORM)
    assert answer.status_code == 200
    return fromstring(answer.content)


@pytest.fixture(params=["twilio", "africastalking"])
def step(
    request: pytest.FixtureRequest, officer: Actor, gateway: Gateway, settings: Settings
) -> Step:
    """The next step of a call, at the address that the last one named."""
    settings.NGOMA_SMS_URL, settings.NGOMA_SMS_USER, settings.NGOMA_SMS_KEY = (
        gateway.url,
        "AC1",
        "k",
    )
    gateway.file = WAVE
    over_twilio = request.param == "twilio"
    last: dict[str, str] = {}

    def step(session: str = "C1", number: str = NUMBER, **more: str) -> Element:
        start = "/channels/twilio/voice/kampala/" if over_twilio else HOOK
        path = last.get(session, start)
        post = twilio if over_twilio else africastalking
        found = post(path, {"session": session, "number": number, **more})
        for part in found:
            address = part.get("action") or part.get("callbackUrl")
            if address:
                last[session] = address.removeprefix("http://localhost:8000")
        return found

    return step


def words(answer: Element) -> str:
    return " ".join(part.text or "" for part in answer.iter("Say"))


def recording(gateway: Gateway) -> str:
    return f"{gateway.url}/2010-04-01/Accounts/AC1/Messages/MM1/Media/RE1"


def test_somebody_tells_by_voice(step: Step, gateway: Gateway) -> None:
    first = step()
    assert words(first).startswith("Kampala: tell the city Report a problem: press 1.")
    assert first[0].tag in ("Gather", "GetDigits")
    step(digits="1")
    asked = step(digits="1")
    assert "After the tone, say what is wrong and where." in words(asked)
    assert asked.find(".//Record") is not None
    end = step(recording=recording(gateway))
    assert words(end).startswith("Thank you. Your number: K L A ")
    again = step(recording=recording(gateway))
    assert words(again) == words(end)
    run_until_idle()
    report = Report.objects.get()
    assert (report.channel, report.service.code, report.words) == ("call", "pothole", "")
    assert Recording.objects.get().kind == "audio/wav"
    assert report.contact.verified_at is not None


def test_a_key_that_means_nothing_is_asked_again(step: Step) -> None:
    step()
    assert words(step(digits="9")).startswith("Reply with one of the numbers. Kampala:")


def test_somebody_hears_how_it_goes(step: Step, gateway: Gateway) -> None:
    for more in ({}, {"digits": "1"}, {"digits": "1"}, {"recording": recording(gateway)}):
        step(**more)
    step(session="C2")
    told = words(step(session="C2", digits="2"))
    assert "received, not yet decided" in told
    assert words(step(session="C3")).startswith("Kampala:"), "and nothing is left unfinished"
    step(session="C4", number="+256772999999")
    assert "no report" in words(step(session="C4", number="+256772999999", digits="2"))


def test_luganda_is_spoken(step: Step) -> None:
    step()
    step(digits="3")
    assert "Loopa ekizibu: nyiga 1." in words(step(digits="2"))


def test_a_recording_of_elsewhere_is_none(step: Step) -> None:
    for more in ({}, {"digits": "1"}, {"digits": "1"}):
        step(**more)
    step(recording="https://elsewhere.example/x.wav")
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "path", [HOOK.replace("hidden", "other"), "/channels/twilio/voice/kampala/"]
)
def test_who_forges_a_call_is_refused(officer: Actor, path: str) -> None:
    form = urlencode({"CallSid": "C1", "sessionId": "C1"})
    assert Client().post(path, form, content_type=FORM).status_code == 403
    assert not Talk.objects.exists()


def test_the_end_of_a_call_is_no_step(officer: Actor) -> None:
    form = urlencode({"sessionId": "C1", "isActive": "0", "callerNumber": NUMBER})
    assert Client().post(HOOK, form, content_type=FORM).status_code == 204
    assert Client().post(HOOK, "isActive=1", content_type=FORM).status_code == 400
