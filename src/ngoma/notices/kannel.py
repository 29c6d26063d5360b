"""SMS by a gateway of one's own that speaks Kannel's interface: modems, or SMPP to an operator
(https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html, "Using the HTTP interface to
smsbox")."""

from urllib.parse import quote

from django.conf import settings

from ngoma.notices import http, sms
from ngoma.notices.gateway import Message, Permanent, Temporary, Unsure
from ngoma.notices.links import here

REPORTS = 1 | 2 | 8 | 16
"""Delivery reports that are wanted: delivered, failed, sent, rejected."""


def deliver(message: Message) -> str:
    """Hand the message over to `/cgi-bin/sendsms` at NGOMA_SMS_URL; it has no id but ours. Kannel
    takes no form, but a text whose heads say what is to be done with it."""
    hook = quote(settings.NGOMA_SMS_HOOK, safe="")
    asked = {
        "X-Kannel-Username": settings.NGOMA_SMS_USER,
        "X-Kannel-Password": settings.NGOMA_SMS_KEY,
        "X-Kannel-To": message.to,
        "X-Kannel-From": message.sender,
        "X-Kannel-Coding": "0" if sms.is_gsm(message.text) else "2",
        "X-Kannel-DLR-Mask": str(REPORTS),
        "X-Kannel-DLR-Url": here(f"/channels/kannel/{hook}/report/{message.notice}/?status=%d"),
        "Content-Type": "text/plain; charset=UTF-8",
    }
    address = f"{settings.NGOMA_SMS_URL}/cgi-bin/sendsms"
    response = http.post(address, text=message.text, headers=asked)
    said = response.text.strip()[:200]
    if response.is_success:
        if not said.startswith(("0:", "3:")):  # accepted; queued until the operator answers
            raise Unsure("the answer makes no sense")
        return f"kannel-{message.notice}"
    raise (Temporary if response.status_code == 503 else Permanent)(
        f"{response.status_code} {said}"
    )
