"""SMS by Twilio, and the photos of an MMS: /2010-04-01/Accounts/{Sid}/Messages.json
(https://www.twilio.com/docs/messaging/api)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from django.conf import settings

from ngoma.notices import http
from ngoma.notices.gateway import Message, Permanent, Temporary, Unsure
from ngoma.notices.links import here

LIVE = "https://api.twilio.com"

_LATER = {14107, 20429, 30001}  # too many requests, and a queue that is full


def deliver(message: Message) -> str:
    """Hand the message over; returns its `sid`. A sender MG… is a messaging service."""
    account = settings.NGOMA_SMS_USER
    base = settings.NGOMA_SMS_URL or LIVE
    service = message.sender.startswith("MG")
    form = {
        "To": message.to,
        "MessagingServiceSid" if service else "From": message.sender,
        "Body": message.text,
        "StatusCallback": here(f"/channels/twilio/{message.notice}/"),
    }
    response = http.post(
        f"{base}/2010-04-01/Accounts/{account}/Messages.json",
        form,
        auth=(account, settings.NGOMA_SMS_KEY),
    )
    answer = http.json(response)
    if response.is_success:
        if not answer.get("sid"):
            raise Unsure("the answer makes no sense")
        return str(answer["sid"])
    code = answer.get("code")
    reason = f"{code or response.status_code} {answer.get('message', '')}"
    raise (Temporary if code in _LATER else Permanent)(reason)


def media(url: str) -> str:
    """A photo of a message as `fetch` takes it; empty for an address that is not Twilio's."""
    base = settings.NGOMA_SMS_URL or LIVE
    return url.removeprefix(base) if url.startswith(f"{base}/") else ""


def fetch(file: str, *, most: int) -> bytes:
    """The bytes of a photo, as far as `most` hold it. Raises what `http` does."""
    base = settings.NGOMA_SMS_URL or LIVE
    return http.get(base + file, most=most, auth=(settings.NGOMA_SMS_USER, settings.NGOMA_SMS_KEY))


def signature(url: str, form: Iterable[tuple[str, str]]) -> str:
    """What Twilio writes into X-Twilio-Signature of a form it posts to `url`.

    HMAC-SHA1 with the account's token over the address and each name with its value, sorted, equal
    pairs once (https://www.twilio.com/docs/usage/security#validating-requests).
    """
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(settings.NGOMA_SMS_KEY.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
