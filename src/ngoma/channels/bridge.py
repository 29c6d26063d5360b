"""Any other messenger: a program of the city's carries messages over, signed as Standard Webhooks
has it (https://www.standardwebhooks.com). `/openapi.yaml` describes both directions."""

from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from msgspec import Meta, Struct

from ngoma.base import signatures
from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.base.parsing import Unparsable, parsed
from ngoma.channels.cities import city_of
from ngoma.channels.messages.message import Message
from ngoma.channels.messages.taking import take
from ngoma.cities.book import Book
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.notices.bridge import address
from ngoma.people import apikeys
from ngoma.people.vault import Address, Sealed
from ngoma.records.models import ApiKey, Contact

_LONGEST_ID = 128
_File = Annotated[str, Meta(pattern=r"^https?://[^\s/]", max_length=2000)]
_Files = Annotated[list[_File], Meta(max_length=MOST_PHOTOS)]


class _Told(Struct, frozen=True):
    """What somebody sent; `from` is the program's own name for them."""

    from_: Annotated[str, Meta(min_length=1, max_length=_LONGEST_ID)] = msgspec.field(name="from")
    text: str = ""
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    long: Annotated[float, Meta(ge=-180, le=180)] | None = None
    accuracy: Annotated[float, Meta(ge=0, le=100_000)] = 0.0
    photo_urls: _Files = []
    voice_urls: _Files = []


class _Webhook(Struct, frozen=True):
    data: _Told


@csrf_exempt
@require_POST
def callback(request: HttpRequest, city: str) -> HttpResponse:
    """A message, signed over the bytes as they came with the key of one of the city's bridges.

    Nothing is read, let alone kept, before the signature was found good.
    """
    book = city_of(city)
    bridge = _signer(request, book)
    if bridge is None:
        return HttpResponseForbidden("the signature is wrong\n", "text/plain")
    name = request.headers.get("webhook-id", "")
    try:
        told = parsed(request.body, _Webhook).data
    except Unparsable as error:
        return HttpResponseBadRequest(f"no message: {error}\n", "text/plain")
    if not 0 < len(name) <= _LONGEST_ID or clean(told.from_) != told.from_:
        return HttpResponseBadRequest("no message: webhook-id or from\n", "text/plain")
    apikeys.note_use(bridge)
    take(book, _read(told, name, bridge))
    return HttpResponse(status=204)


def _signer(request: HttpRequest, book: Book) -> ApiKey | None:
    """The bridge whose key signed the request; None where no key of the city did."""
    at = now().timestamp()
    for bridge in apikeys.bridges(book.id):
        try:
            secrets = apikeys.secrets_of(bridge)
        except Sealed:  # made before the vault's key was changed: it opens nothing any more
            continue
        if signatures.is_signed(request.headers, request.body, secrets, at):
            return bridge
    return None


def _read(told: _Told, name: str, bridge: ApiKey) -> Message:
    """The message. Whoever has a bridge's key vouches for who is behind it, and for nobody else."""
    return Message(
        gateway=f"bridge {bridge.pk}",
        channel="messenger",
        id=name,
        address=Address(Contact.Kind.BRIDGE, address(bridge, told.from_)),
        text=told.text,
        files=tuple(told.photo_urls),
        voices=tuple(told.voice_urls),
        lat=told.lat if told.long is not None else None,
        lon=told.long if told.lat is not None else None,
        accuracy=told.accuracy,
    )
