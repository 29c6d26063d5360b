"""Telegram: updates of the city's bot (https://core.telegram.org/bots/api#update)."""

from hmac import compare_digest
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from msgspec import Meta, Struct

from ngoma.base.parsing import Unparsable, parsed
from ngoma.channels.cities import city_of
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.taking import take
from ngoma.notices.telegram import START
from ngoma.people.vault import Address
from ngoma.records.models import Contact

File = Annotated[str, Meta(max_length=200)]


class _Chat(Struct, frozen=True):
    id: int
    type: str = ""


class _Photo(Struct, frozen=True):
    file_id: File


class _Voice(Struct, frozen=True):
    file_id: File


class _Location(Struct, frozen=True):
    latitude: float
    longitude: float
    horizontal_accuracy: float = 0.0


class _Message(Struct, frozen=True):
    message_id: int
    chat: _Chat
    text: str = ""
    caption: str = ""
    photo: list[_Photo] = []
    voice: _Voice | None = None
    location: _Location | None = None


class _Update(Struct, frozen=True):
    """Of all that an update may be, a new message alone is a matter for us."""

    message: _Message | None = None


@csrf_exempt
@require_POST
def callback(request: HttpRequest, city: str) -> HttpResponse:
    """An update; its header shows the secret with which the webhook was set."""
    expected = settings.NGOMA_TELEGRAM_SECRET
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not expected or not compare_digest(given.encode(), expected.encode()):
        return HttpResponseForbidden("the secret token is wrong\n", "text/plain")
    book = city_of(city)
    try:
        update = parsed(request.body, _Update)
    except Unparsable:
        return HttpResponseBadRequest("no update\n", "text/plain")
    if update.message is not None and update.message.chat.type == "private":
        take(book, _read(update.message))
    return HttpResponse(status=204)


def _read(told: _Message) -> Message:
    """The message, with the largest of the sizes in which Telegram offers its photo."""
    where = told.location
    return Message(
        gateway="telegram",
        channel="messenger",
        id=f"{told.chat.id}.{told.message_id}",
        address=Address(Contact.Kind.TELEGRAM, f"{START}{told.chat.id}"),
        text=told.text or told.caption,
        files=tuple(each.file_id for each in told.photo[-1:]),
        voices=(told.voice.file_id,) if told.voice else (),
        lat=where.latitude if where else None,
        lon=where.longitude if where else None,
        accuracy=where.horizontal_accuracy if where else 0.0,
    )
