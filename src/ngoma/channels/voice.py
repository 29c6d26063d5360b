"""Calls to the city: the conversation of the pack is spoken, keys choose, and what somebody says is
recorded and waits for a person.

Twilio (https://www.twilio.com/docs/voice/twiml) and Africa's Talking
(https://developers.africastalking.com/docs/voice/handle_calls) differ in names alone. All that was
pressed stands in the address of the next step, so a step that is asked for again changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ngoma.channels import callbacks, speech, texts
from ngoma.channels.cities import city_of
from ngoma.channels.dialogue import doing, talks
from ngoma.channels.dialogue.doing import Caller
from ngoma.channels.dialogue.script import Script, script
from ngoma.channels.dialogue.talks import BETWEEN, Said
from ngoma.channels.messages import files
from ngoma.channels.speech import Sound
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


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard at a step, in which language, and where the next step is."""

    said: Said
    language: str
    sounds: Sequence[Sound]
    bye: Sequence[Sound]
    address: str


Writer = Callable[[Heard], Element]
"""What is heard, as a service wants it."""


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
    # The last words have no language of their own: it is that of the step before.
    language = said.language or found.book.language(request.GET.get("language"))
    after = urlencode({"heard": heard, "language": language})
    xml = write(
        Heard(
            said=said,
            language=language,
            sounds=speech.sounds(found.book, said, language),
            bye=[speech.sound(texts.said("bye", language), language)],
            address=f"{call.address}?{after}",
        )
    )
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


def _twiml(heard: Heard) -> Element:
    response = Element("Response")
    if heard.said.ended:
        _say(response, heard.sounds, heard.language)
        SubElement(response, "Hangup")
    elif heard.said.takes:
        _say(response, heard.sounds, heard.language)
        asked = {"maxLength": str(LONGEST_S), "finishOnKey": "#", "playBeep": "true"}
        SubElement(response, "Record", {"action": heard.address, **asked})
    else:
        asked = {"input": "dtmf", "numDigits": "1", "timeout": str(WAIT_S)}
        gather = SubElement(response, "Gather", {"action": heard.address, **asked})
        _say(gather, heard.sounds, heard.language)
        _say(response, heard.bye, heard.language)
    return response


def _say(parent: Element, sounds: Sequence[Sound], language: str) -> None:
    spoken = speech.SPEECH.get(language)
    for each in sounds:
        if each.url:
            SubElement(parent, "Play").text = each.url
        else:
            SubElement(parent, "Say", {"language": spoken} if spoken else {}).text = each.words


def _actions(heard: Heard) -> Element:
    response = Element("Response")
    if heard.said.ended:
        _play(response, heard.sounds)
    elif heard.said.takes:
        asked = {"maxLength": str(LONGEST_S), "finishOnKey": "#", "playBeep": "true"}
        record = SubElement(response, "Record", {"callbackUrl": heard.address, **asked})
        _play(record, heard.sounds)
    else:
        asked = {"numDigits": "1", "timeout": str(WAIT_S)}
        digits = SubElement(response, "GetDigits", {"callbackUrl": heard.address, **asked})
        _play(digits, heard.sounds)
        _play(response, heard.bye)
    return response


def _play(parent: Element, sounds: Sequence[Sound]) -> None:
    for each in sounds:
        if each.url:
            SubElement(parent, "Play", {"url": each.url})
        else:
            SubElement(parent, "Say").text = each.words
