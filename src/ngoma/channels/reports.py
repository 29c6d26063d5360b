"""Delivery reports, as the services of SMS post them. Each shows that it comes from the service."""

from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ngoma.base.clock import now
from ngoma.notices.links import here
from ngoma.notices.receipts import delivered
from ngoma.notices.twilio import signature
from ngoma.work.queue import put

AGAIN_AFTER = timedelta(minutes=1)


@csrf_exempt
@require_POST
def africastalking(request: HttpRequest, word: str) -> HttpResponse:
    """A report by Africa's Talking, which signs nothing: the address ends in NGOMA_SMS_HOOK.

    It may come before the answer to our own request; then it is looked at again.
    """
    expected = settings.NGOMA_SMS_HOOK
    if not expected or not compare_digest(word.encode(), expected.encode()):
        return HttpResponseForbidden("not the address of delivery reports\n", "text/plain")
    form = _form(request)
    message, status = form.get("id"), form.get("status")
    if not message or not status:
        return HttpResponseBadRequest("id and status are needed\n", "text/plain")
    reason = form.get("failureReason", "")
    if not delivered("africastalking", message, status, reason=reason):
        report = {"provider_id": message, "status": status, "reason": reason}
        put("notices.receipt", {"provider": "africastalking", **report}, run_at=now() + AGAIN_AFTER)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def twilio(request: HttpRequest, notice: int) -> HttpResponse:
    """A report by Twilio about the notice in its address, signed with the account's token."""
    address = here(request.get_full_path())
    given = request.headers.get("X-Twilio-Signature", "")
    expected = signature(address, _pairs(request))
    if not settings.NGOMA_SMS_KEY or not compare_digest(given.encode(), expected.encode()):
        return HttpResponseForbidden("the signature is wrong\n", "text/plain")
    form = _form(request)
    if not form.get("MessageSid") or not form.get("MessageStatus"):
        return HttpResponseBadRequest("MessageSid and MessageStatus are needed\n", "text/plain")
    delivered(
        "twilio",
        form["MessageSid"],
        form["MessageStatus"],
        reason=form.get("ErrorCode", ""),
        notice=notice,
    )
    return HttpResponse(status=204)


def _form(request: HttpRequest) -> Mapping[str, str]:
    return {name: value.replace("\0", "") for name, value in _pairs(request)}


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """The form as posted, empty values too, for that is what is signed; nothing if it is absurd."""
    body = request.body.decode("utf-8", "replace")
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []
