"""A messenger that a program carries over: messages out to the program, files in from it.

A message is signed as Standard Webhooks has it, and its id is that of the notice, so the program
knows one that comes again; whatever was not surely taken may therefore be tried again.
"""

from typing import Any

import httpcore
import httpx
import msgspec

from ngoma.base import signatures
from ngoma.base.clock import iso, now
from ngoma.base.fetching import fetch as fetched
from ngoma.base.outside import Unfetchable
from ngoma.base.posting import post
from ngoma.cities.book import book_of
from ngoma.notices.gateway import Gone, Message, Permanent, Temporary
from ngoma.notices.http import retry_after
from ngoma.people import apikeys
from ngoma.people.destinations import allowed
from ngoma.people.vault import Sealed
from ngoma.records.models import ApiKey

START = "bridge:"
"""Before the number of the bridge and the name of somebody behind it."""

SECONDS = 15
"""For one attempt, all of it."""

_LATER = frozenset({401, 403, 408, 425, 429})
"""Statuses that an operator or time can put right, besides those of 500 and above."""


def address(bridge: ApiKey, sender: str) -> str:
    """The address of somebody behind a bridge, like no other."""
    return f"{START}{bridge.pk}:{sender}"


def deliver(message: Message) -> str:
    """Post the message to the program; returns the id under which it was posted."""
    number, _colon, to = message.to.removeprefix(START).partition(":")
    bridge = ApiKey.objects.filter(pk=number, messages=True).first()
    if bridge is None or not apikeys.usable(bridge):
        raise Permanent("the key of this bridge counts no longer")
    if not bridge.url:
        raise Permanent("the bridge has no address that takes messages")
    name = f"notice_{message.notice}"
    told: dict[str, Any] = {"jurisdiction_id": book_of(bridge.city_id).slug, "to": to}
    told |= {"text": message.text, "choices": message.choices}
    body = {"type": "message.said", "timestamp": iso(now()), "data": told}
    status, headers = _posted(bridge, name, msgspec.json.encode(body))
    if status == 410:
        raise Gone("HTTP 410: this person takes no more")
    if status in _LATER or status >= 500:
        raise Temporary(f"HTTP {status}", retry_after(headers))
    if not 200 <= status < 300:
        raise Permanent(f"HTTP {status}")
    return name


def fetch(file: str, *, most: int) -> bytes:
    """The bytes of a file at the address that the program gave, as far as `most` hold it.

    Raises Permanent where there is nothing to be had; the errors of `httpcore` for later.
    """
    try:
        return fetched(file, most=most, seconds=60, allowed=allowed(file))
    except Unfetchable as error:
        raise Permanent(str(error)) from error


def _posted(bridge: ApiKey, name: str, body: bytes) -> tuple[int, httpx.Headers]:
    try:
        keys = apikeys.secrets_of(bridge)
        signed = signatures.headers(name, int(now().timestamp()), body, keys)
        status, told = post(
            bridge.url,
            body=body,
            headers=[("Content-Type", "application/json"), ("User-Agent", "Ngoma"), *signed],
            seconds=SECONDS,
            allowed=allowed(bridge.url),
        )
    except (Unfetchable, Sealed) as error:
        raise Temporary(str(error)) from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise Temporary(f"no answer: {type(error).__name__}") from error
    return status, httpx.Headers(told)
