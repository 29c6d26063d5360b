"""WhatsApp's Cloud API: messages out, files in
(developers.facebook.com/docs/whatsapp/cloud-api)."""

from typing import Any

from django.conf import settings

from ngoma.notices import http
from ngoma.notices.gateway import Gone, Message, Permanent, Temporary, Unsure

LIVE = "https://graph.facebook.com/v21.0"
START = "whatsapp:"
"""Before a number, so that it is like no other address."""

_OPENS = "1 2 3"
"""On the button that opens a list: in any language."""
_LONGEST_LIST, _LONGEST_ROW = 1024, 24
"""Characters of a text with a list, and of a row."""

_LATER = {4, 80007, 130429, 131016, 131048, 131056, 133004}  # too much at once, or not at work
_NOBODY = {131026, 131050}  # not on WhatsApp, or wants no messages


def deliver(message: Message) -> str:
    """Hand the message over; returns its `wamid`."""
    told = _list(message) if message.choices else _text(message)
    body = {"messaging_product": "whatsapp", "to": message.to.removeprefix(START), **told}
    url = f"{_base()}/{settings.NGOMA_WHATSAPP_NUMBER}/messages"
    answer = http.json(http.post(url, body=body, headers=_headers()))
    sent = answer.get("messages")
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        return str(sent[0].get("id", ""))
    error = answer.get("error")
    if not isinstance(error, dict):
        raise Unsure("the answer makes no sense")
    raise _failure(error)(f"{error.get('code')} {error.get('message', '')}")


def _text(message: Message) -> dict[str, Any]:
    return {"type": "text", "text": {"body": message.text, "preview_url": False}}


def _list(message: Message) -> dict[str, Any]:
    """The text with a list to choose from; who chooses answers with the id of the row."""
    rows = [{"id": each[:200], "title": each[:_LONGEST_ROW]} for each in message.choices]
    action = {"button": _OPENS, "sections": [{"rows": rows}]}
    text = {"text": message.text[:_LONGEST_LIST]}
    return {"type": "interactive", "interactive": {"type": "list", "body": text, "action": action}}


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
