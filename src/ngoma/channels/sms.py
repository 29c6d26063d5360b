"""Text messages that come in, as the services of SMS post them."""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ngoma.channels import callbacks
from ngoma.channels.cities import city_of
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.taking import take
from ngoma.cities.book import Book
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.notices.twilio import media
from ngoma.people import vault
from ngoma.people.vault import BadAddress


@csrf_exempt
@require_POST
@callbacks.hidden
def africastalking(request: HttpRequest, city: str) -> HttpResponse:
    """A message by Africa's Talking: `id`, `from` and `text`
    (https://developers.africastalking.com/docs/sms/notifications)."""
    form = callbacks.form(request)
    return _taken(city_of(city), form.get("id", ""), form.get("from", ""), form.get("text", ""))


@require_safe
@callbacks.hidden
def kannel(request: HttpRequest, city: str) -> HttpResponse:
    """A message by Kannel, which asks for an address: `id`, `from`, `text` and the `charset` of the
    text, for it hands over what is not in the alphabet of GSM as it came; the answer says nothing.
    """
    query = parse_qsl(request.META["QUERY_STRING"], encoding="latin-1", max_num_fields=20)
    raw = {name: value.encode("latin-1", "replace") for name, value in query}
    charset = "utf-16-be" if raw.get("charset") == b"UTF-16BE" else "utf-8"
    number, sender = (raw.get(name, b"").decode("utf-8", "replace") for name in ("id", "from"))
    text = raw.get("text", b"").decode(charset, "replace")
    number, sender, text = (each.replace("\0", "") for each in (number, sender, text))
    return _taken(city_of(city), number, sender, text)


@csrf_exempt
@require_POST
@callbacks.twilio
def twilio(request: HttpRequest, city: str) -> HttpResponse:
    """A message by Twilio: `MessageSid`, `From`, `Body` and photos; the answer to it says nothing
    (https://www.twilio.com/docs/messaging/guides/webhook-request)."""
    form = callbacks.form(request)
    number, sender, text = (form.get(name, "") for name in ("MessageSid", "From", "Body"))
    answer = _taken(city_of(city), number, sender, text, tuple(_photos(form)))
    if answer.status_code == 204:
        return HttpResponse("<Response/>", "text/xml")
    return answer


def _photos(form: Mapping[str, str]) -> Iterator[str]:
    """The photos of an MMS, by the names under which Twilio hands them out."""
    for number in range(MOST_PHOTOS):
        file = media(form.get(f"MediaUrl{number}", ""))
        if file and form.get(f"MediaContentType{number}", "").startswith("image/"):
            yield file


def _taken(
    city: Book, number: str, sender: str, text: str, files: tuple[str, ...] = ()
) -> HttpResponse:
    """Take it. A sender that is no telephone, such as a name, is told nothing and left alone."""
    if not number or not sender:
        return HttpResponseBadRequest("the message's id and sender are needed\n", "text/plain")
    try:
        address = vault.normalise(phone=sender, country=city.country)
    except BadAddress:
        address = None
    if address is not None:
        message = Message(
            gateway="sms", channel="sms", id=number[:40], address=address, text=text, files=files
        )
        take(city, message)
    return HttpResponse(status=204)
