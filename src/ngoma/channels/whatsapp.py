"""WhatsApp: webhooks of the Cloud API
(developers.facebook.com/docs/whatsapp/cloud-api/webhooks)."""

import hashlib
import hmac
from collections.abc import Iterator

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from ngoma.base.parsing import Unparsable, parsed
from ngoma.channels.cities import city_of
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.taking import take
from ngoma.notices.receipts import delivered
from ngoma.notices.whatsapp import START
from ngoma.people.vault import Address
from ngoma.records.models import Contact


class _Text(Struct, frozen=True):
    body: str = ""


class _Image(Struct, frozen=True):
    id: str
    caption: str = ""


class _Audio(Struct, frozen=True):
    id: str


class _Location(Struct, frozen=True):
    latitude: float
    longitude: float


class _Chosen(Struct, frozen=True):
    id: str


class _Interactive(Struct, frozen=True):
    list_reply: _Chosen | None = None


class _Message(Struct, frozen=True):
    from_: str = msgspec.field(name="from")
    id: str
    text: _Text = _Text()
    image: _Image | None = None
    audio: _Audio | None = None
    location: _Location | None = None
    interactive: _Interactive | None = None


class _Status(Struct, frozen=True):
    id: str
    status: str


class _Value(Struct, frozen=True):
    messages: list[_Message] = []
    statuses: list[_Status] = []


class _Change(Struct, frozen=True):
    value: _Value = _Value()


class _Entry(Struct, frozen=True):
    changes: list[_Change] = []


class _Webhook(Struct, frozen=True):
    entry: list[_Entry] = []


@csrf_exempt
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, city: str) -> HttpResponse:
    """GET sets the webhook up; POST brings messages and how ours went, signed with the app's
    secret over the bytes as they came."""
    book = city_of(city)
    if request.method == "GET":
        return _set_up(request)
    if not _signed(request):
        return HttpResponseForbidden("the signature is wrong\n", "text/plain")
    try:
        told = parsed(request.body, _Webhook)
    except Unparsable:
        return HttpResponseBadRequest("no webhook\n", "text/plain")
    for value in _values(told):
        for message in value.messages:
            if message.from_.isdecimal():
                take(book, _read(message))
        for status in value.statuses:
            delivered("whatsapp", status.id, status.status)
    return HttpResponse(status=204)


def _set_up(request: HttpRequest) -> HttpResponse:
    """Give the challenge back to who knows the word of NGOMA_WHATSAPP_VERIFY."""
    expected = settings.NGOMA_WHATSAPP_VERIFY
    given = request.GET.get("hub.verify_token", "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        return HttpResponseForbidden("the verify token is wrong\n", "text/plain")
    return HttpResponse(request.GET.get("hub.challenge", "")[:200], "text/plain")


def _signed(request: HttpRequest) -> bool:
    secret = settings.NGOMA_WHATSAPP_SECRET
    digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Hub-Signature-256", "")
    return bool(secret) and hmac.compare_digest(given.encode(), f"sha256={digest}".encode())


def _values(told: _Webhook) -> Iterator[_Value]:
    for entry in told.entry:
        for change in entry.changes:
            yield change.value


def _read(told: _Message) -> Message:
    image, where = told.image, told.location
    return Message(
        gateway="whatsapp",
        channel="messenger",
        id=told.id[:128],
        address=Address(Contact.Kind.WHATSAPP, f"{START}{told.from_}"),
        text=_text(told),
        files=(image.id[:200],) if image else (),
        voices=(told.audio.id[:200],) if told.audio else (),
        lat=where.latitude if where else None,
        lon=where.longitude if where else None,
    )


def _text(told: _Message) -> str:
    """What was written, or chosen from a list of ours."""
    if told.interactive is not None and told.interactive.list_reply is not None:
        return told.interactive.list_reply.id
    return told.image.caption if told.image else told.text.body
