"""SMS by Africa's Talking, and recordings of calls: /version1/messaging
(https://developers.africastalking.com/docs/sms)."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from ngoma.notices import http
from ngoma.notices.gateway import Message, Permanent, Temporary, Unsure

LIVE = "https://api.africastalking.com"
SANDBOX = "https://api.sandbox.africastalking.com"

_ACCEPTED = {100, 101, 102}  # processed, sent, queued
_LATER = {405, 500, 501}  # balance used up, error at the service, error at the network


def deliver(message: Message) -> str:
    """Hand the message over; returns its `messageId`. User name `sandbox` uses the sandbox."""
    user = settings.NGOMA_SMS_USER
    base = settings.NGOMA_SMS_URL or (SANDBOX if user == "sandbox" else LIVE)
    form = {
        "username": user,
        "to": message.to,
        "message": message.text,
        "bulkSMSMode": "1",
        "enqueue": "1",
    }
    if message.sender:
        form["from"] = message.sender
    headers = {"apiKey": settings.NGOMA_SMS_KEY, "Accept": "application/json"}
    response = http.post(f"{base}/version1/messaging", form, headers=headers)
    if not response.is_success:
        raise Permanent(f"HTTP {response.status_code}: {response.text[:200]}")
    return _accepted(http.json(response))


def media(url: str) -> str:
    """A recording as `fetch` takes it; empty for an address that is not the service's."""
    parts = urlsplit(url)
    theirs = parts.scheme == "https" and (parts.hostname or "").endswith(".africastalking.com")
    own = settings.NGOMA_SMS_URL
    return url if theirs or (own and url.startswith(f"{own}/")) else ""


def fetch(file: str, *, most: int) -> bytes:
    """The bytes of a recording, as far as `most` hold it. Raises what `http` does."""
    return http.get(file, most=most)


def _accepted(answer: dict[str, Any]) -> str:
    data = answer.get("SMSMessageData")
    recipients = data.get("Recipients") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(recipients, list):
        raise Unsure("the answer makes no sense")
    if not recipients:
        raise Permanent(str(data.get("Message", "no recipient")))
    recipient = recipients[0]
    code, status = recipient.get("statusCode"), str(recipient.get("status", ""))
    if code in _ACCEPTED:
        return str(recipient.get("messageId", ""))
    if not isinstance(code, int):
        raise Unsure("the answer makes no sense")
    raise (Temporary if code in _LATER else Permanent)(f"{code} {status}")
