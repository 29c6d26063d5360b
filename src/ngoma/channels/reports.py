"""Delivery reports, as the services of SMS post them."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.clock import now
from ngoma.channels import callbacks
from ngoma.notices.receipts import delivered
from ngoma.work.queue import put

AGAIN_AFTER = timedelta(minutes=1)


@csrf_exempt
@require_POST
@callbacks.hidden
def africastalking(request: HttpRequest) -> HttpResponse:
    """A report by Africa's Talking.

    It may come before the answer to our own request; then it is looked at again.
    """
    form = callbacks.form(request)
    message, status = form.get("id"), form.get("status")
    if not message or not status:
        return HttpResponseBadRequest("id and status are needed\n", "text/plain")
    reason = form.get("failureReason", "")
    if not delivered("africastalking", message, status, reason=reason):
        report = {"provider_id": message, "status": status, "reason": reason}
        put("notices.receipt", {"provider": "africastalking", **report}, run_at=now() + AGAIN_AFTER)
    return HttpResponse(status=204)


@require_safe
@callbacks.hidden
def kannel(request: HttpRequest, notice: int) -> HttpResponse:
    """A report by Kannel about the notice in its address."""
    status = request.GET.get("status", "")
    if not status:
        return HttpResponseBadRequest("status is needed\n", "text/plain")
    delivered("kannel", f"kannel-{notice}", status, notice=notice)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
@callbacks.twilio
def twilio(request: HttpRequest, notice: int) -> HttpResponse:
    """A report by Twilio about the notice in its address."""
    form = callbacks.form(request)
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
