"""WhatsApp's Cloud API: messages out, files in
(developers.facebook.com/docs/whatsapp/cloud-api)."""

from typing import Any

from django.conf import settings

from ngoma.notices import http
from ngoma.notices.gateway import Gone, Message, Permanent, Temporary, Unsure

LIVE = "https://graph.facebook.com/v21.0"
START = "whatsapp:"
"""Before a number, so that it is like no other address."""

_LATER = {4, 80007, 130429, 131016, 131048, 131056, 133004}  # too much at once, or not at work
_NOBODY = {131026, 131050}  # not on WhatsApp, or wants no messages


def deliver(message: Message) -> str:
    """Hand the message over; returns its `wamid`."""
    body = {
        "messaging_product": "whatsapp",
        "to": message.to.removeprefix(START),
        "type": "text",
        "text": {"body": message.text, "preview_url": False},
    }
    url = f"{_base()}/{settings.NGOMA_WHATSAPP_NUMBER}/messages"
    answer = http.json(http.post(url, body=body, headers=_headers()))
    sent = answer.get("messages")
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        return str(sent[0].get("id", ""))
    error = answer.get("error")
    if not isinstance(error, dict):
        raise Unsure("the answer makes no sense")
    raise _failure(error)(f"{error.get('code')} {error.get('message', '')}")


def fetch(file: str, *, most: int) -> bytes:
    """The bytes of a file under WhatsApp's name for it, as far as `most` hold it.

    Raises what `http` does.
    """
    told = http.get(f"{_base()}/{file}", most=100_000, headers=_headers())
    url = http.parsed(told).get("url")
    if not isinstance(url, str):
        raise Permanent("the file is no longer there")
    return http.get(url, most=most, headers=_headers())


def _failure(error: dict[str, Any]) -> type[Temporary] | type[Permanent]:
    if error.get("code") in _NOBODY:
        return Gone
    return Temporary if error.get("code") in _LATER else Permanent


def _base() -> str:
    return settings.NGOMA_WHATSAPP_URL or LIVE


def _headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.NGOMA_WHATSAPP_TOKEN}"}
