"""USSD by Africa's Talking: every key pressed in a call comes as one request, answered in time
(https://developers.africastalking.com/docs/ussd/overview)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ngoma.channels.callbacks import form, hidden
from ngoma.channels.cities import city_of
from ngoma.channels.dialogue import talks
from ngoma.channels.dialogue.doing import Caller
from ngoma.channels.dialogue.script import script
from ngoma.notices import sms
from ngoma.people import vault
from ngoma.people.vault import BadAddress

MOST_SEPTETS, MOST_UNITS = 182, 80
"""What a screen holds: of the alphabet of GSM, and of any other."""


@csrf_exempt
@require_POST
@hidden
def callback(request: HttpRequest, city: str) -> HttpResponse:
    """`sessionId`, `phoneNumber` and `text`, all that was typed so far: `1*2*…`. The answer starts
    with CON where more is to be typed, and with END."""
    found = script(city_of(city))
    if found is None:
        raise Http404(city)
    fields = form(request)
    session = fields.get("sessionId", "")[:128]
    if not session:
        return HttpResponseBadRequest("sessionId is needed\n", "text/plain")
    who = caller(fields.get("phoneNumber", ""), found.book.country)
    said = talks.turn(found, who, session, fields.get("text", ""))
    return HttpResponse(f"{'END' if said.ended else 'CON'} {fitted(said.text)}", "text/plain")


def fits(text: str) -> bool:
    """Whether a screen holds the text (3GPP TS 23.038), in the plain signs."""
    text = plain(text)
    return sms.size(text) <= (MOST_SEPTETS if sms.is_gsm(text) else MOST_UNITS)


def fitted(text: str) -> str:
    """The text as a screen can show it: in the plain signs, and no longer than it may be."""
    text = plain(text)
    while not fits(text):
        text = text[:-1]
    return text


def plain(text: str) -> str:
    """The text in the signs that GSM writes, where there are such, on the same lines."""
    return "\n".join(sms.plain(line) for line in text.split("\n"))


def caller(number: str, country: str) -> Caller:
    """Who calls; a number that is none, or hidden, is nobody's."""
    try:
        return Caller("ussd", "ussd", vault.normalise(phone=number, country=country))
    except BadAddress:
        return Caller("ussd", "ussd", None)
