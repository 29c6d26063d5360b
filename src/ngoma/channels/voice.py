"""Calls to the city: the conversation of the pack is spoken, keys choose, and what somebody says is
recorded and waits for a person.

Twilio (https://www.twilio.com/docs/voice/twiml) and Africa's Talking
(https://developers.africastalking.com/docs/voice/handle_calls) differ in names alone. All that was
pressed stands in the address of the next step, so a step that is asked for again changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ngoma.channels import callbacks, texts
from ngoma.channels.cities import city_of
from ngoma.channels.dialogue import doing, talks
from ngoma.channels.dialogue.doing import Caller
from ngoma.channels.dialogue.script import Script, script
from ngoma.channels.dialogue.talks import BETWEEN, Said
from ngoma.channels.messages import files
from ngoma.notices import africastalking as at
from ngoma.notices.links import here
from ngoma.notices.twilio import media
from ngoma.people import vault
from ngoma.people.vault import BadAddress
from ngoma.records.models import Report

LONGEST_S = 120
"""Seconds of a recording."""
WAIT_S = 10
LONGEST_HEARD = 100
SPEECH = {"en": "en-GB", "ko": "ko-KR", "sw": "sw-KE"}
"""Languages that the services speak; others are read as if they were the service's own."""
Writer = Callable[[Said, str], Element]
"""What is said as a service wants it, with the address of the next step."""
_REFERENCE = re.compile(r"\b[A-Z]{3}(?: [0-9A-Z]{3,4})+\b")


@dataclass(frozen=True, slots=True)
class Call:
    """One step of a call, as either service tells it. `gateway` is who has the recording."""

    session: str
    number: str
    digits: str
    recording: str
    gateway: str
    address: str


@csrf_exempt
@require_POST
@callbacks.twilio
def twilio(request: HttpRequest, city: str) -> HttpResponse:
    """A step of a call over Twilio: `CallSid`, `From`, `Digits`, `RecordingUrl`."""
    form = callbacks.form(request)
    call = Call(
        session=form.get("CallSid", ""),
        number=form.get("From", ""),
        digits=form.get("Digits", ""),
        recording=media(form.get("RecordingUrl", "")),
        gateway="sms",
        address=here(request.path),
    )
    return _answer(request, _script(city), call, _twiml)


@csrf_exempt
@require_POST
@callbacks.hidden
def africastalking(request: HttpRequest, city: str) -> HttpResponse:
    """A step of a call over Africa's Talking: `sessionId`, `callerNumber`, `dtmfDigits`,
    `recordingUrl`; the last says that the call is over."""
    form = callbacks.form(request)
    call = Call(
        session=form.get("sessionId", ""),
        number=form.get("callerNumber", ""),
        digits=form.get("dtmfDigits", ""),
        recording=at.media(form.get("recordingUrl", "")),
        gateway="africastalking",
        address=here(request.path),
    )
    if form.get("isActive") == "0" and not call.recording:
        return HttpResponse(status=204)
    return _answer(request, _script(city), call, _actions)


def _script(slug: str) -> Script:
    """The conversation of the city. Raises `Http404`."""
    found = script(city_of(slug))
    if found is None:
        raise Http404(slug)
    return found


def _answer(request: HttpRequest, found: Script, call: Call, write: Writer) -> HttpResponse:
    if not call.session:
        return HttpResponseBadRequest("the call has no name\n", "text/plain")
    heard = request.GET.get("heard", "")[:LONGEST_HEARD]
    if call.digits:
        heard = f"{heard}{BETWEEN if heard else ''}{call.digits[:1]}"
    said = _turn(found, call, heard)
    xml = write(said, f"{call.address}?{urlencode({'heard': heard})}")
    return HttpResponse(tostring(xml, encoding="unicode"), "text/xml")


def _turn(found: Script, call: Call, heard: str) -> Said:
    """The next step. A number with letters cannot be typed here: who asks how it goes is told of
    their newest report."""
    who = _caller(call.number, found.book.country)
    if call.recording:
        return talks.recorded(found, who, call.session, lambda report: _order(report, call))
    said = talks.turn(found, who, call.session, heard)
    if said.takes == "reference":
        words = doing.newest(found.book, who, said.language)
        return talks.close(found, who, call.session, words)
    return said


def _order(report: Report, call: Call) -> None:
    files.order(report, call.gateway, voices=(call.recording,), later=False)


def _caller(number: str, country: str) -> Caller:
    try:
        return Caller("call", "call", vault.normalise(phone=number, country=country))
    except BadAddress:
        return Caller("call", "call", None)


def _twiml(said: Said, address: str) -> Element:
    response = Element("Response")
    words = _spoken(said)
    if said.ended:
        _say(response, words, said.language)
        SubElement(response, "Hangup")
    elif said.takes:
        _say(response, words, said.language)
        asked = {"maxLength": str(LONGEST_S), "finishOnKey": "#", "playBeep": "true"}
        SubElement(response, "Record", {"action": address, **asked})
    else:
        asked = {"input": "dtmf", "numDigits": "1", "timeout": str(WAIT_S)}
        _say(SubElement(response, "Gather", {"action": address, **asked}), words, said.language)
        _say(response, texts.said("bye", said.language), said.language)
    return response


def _actions(said: Said, address: str) -> Element:
    response = Element("Response")
    words = _spoken(said)
    if said.ended:
        SubElement(response, "Say").text = words
    elif said.takes:
        asked = {"maxLength": str(LONGEST_S), "finishOnKey": "#", "playBeep": "true"}
        record = SubElement(response, "Record", {"callbackUrl": address, **asked})
        SubElement(record, "Say").text = words
    else:
        asked = {"numDigits": "1", "timeout": str(WAIT_S)}
        digits = SubElement(response, "GetDigits", {"callbackUrl": address, **asked})
        SubElement(digits, "Say").text = words
        SubElement(response, "Say").text = texts.said("bye", said.language)
    return response


def _spoken(said: Said) -> str:
    """The words as they are said: choices with their keys, or what is to be said after the tone;
    numbers of reports letter by letter."""
    lines = said.text.split("\n")
    if said.takes:
        lines = [*lines[: len(lines) - len(said.choices)], texts.said("speak", said.language)]
    elif said.choices:
        lines = lines[: len(lines) - len(said.choices)]
        lines += [
            texts.said("press", said.language, choice=each, number=str(number))
            for number, each in enumerate(said.choices, 1)
        ]
    return _REFERENCE.sub(lambda found: " ".join(found.group().replace(" ", "")), " ".join(lines))


def _say(parent: Element, words: str, language: str) -> None:
    spoken = SPEECH.get(language)
    SubElement(parent, "Say", {"language": spoken} if spoken else {}).text = words
