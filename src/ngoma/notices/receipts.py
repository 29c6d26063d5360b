"""What became of a message: delivery reports, in any order and any number of times."""

from ngoma.notices.gateway import without_addresses
from ngoma.records.models import Notice

State = Notice.State

# Africa's Talking: https://developers.africastalking.com/docs/sms/notifications
# Twilio: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
# Kannel: the user guide, "Delivery reports"
# WhatsApp: developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components#statuses-object
_MEANING = {
    "africastalking": {
        "Success": State.DELIVERED,
        "Failed": State.FAILED,
        "Rejected": State.FAILED,
        "Expired": State.FAILED,
        "AbsentSubscriber": State.FAILED,
        "Sent": State.SENT,
        "Submitted": State.SENT,
        "Buffered": State.SENT,
    },
    "twilio": {
        "delivered": State.DELIVERED,
        "read": State.DELIVERED,
        "failed": State.FAILED,
        "undelivered": State.FAILED,
        "sent": State.SENT,
        "sending": State.SENT,
        "queued": State.SENT,
        "accepted": State.SENT,
    },
    "kannel": {
        "1": State.DELIVERED,
        "2": State.FAILED,
        "4": State.SENT,
        "8": State.SENT,
        "16": State.FAILED,
    },
    "whatsapp": {
        "delivered": State.DELIVERED,
        "read": State.DELIVERED,
        "failed": State.FAILED,
        "sent": State.SENT,
    },
}
# A report only ever moves a notice forward: delivered is never taken back, and failed only by it.
_BEFORE = {
    State.SENT: (State.UNSURE, State.HELD),
    State.FAILED: (State.SENDING, State.SENT, State.UNSURE, State.HELD),
    State.DELIVERED: (State.SENDING, State.SENT, State.UNSURE, State.FAILED, State.HELD),
}


def delivered(
    provider: str, provider_id: str, status: str, *, reason: str = "", notice: int | None = None
) -> bool:
    """Take in a delivery report; False where its message is not known (yet).

    `notice` names the notice where the report's address does: it finds one whose answer was lost.
    A status that is not known changes nothing. Raises LookupError for an unknown provider.
    """
    messages = Notice.objects.filter(provider=provider, provider_id=provider_id)
    if notice is not None:
        messages = Notice.objects.filter(pk=notice, channel="sms")
    if not messages.exists():
        return False
    state = _MEANING[provider].get(status)
    if state is not None:
        error = without_addresses(f"{status} {reason}".strip())[:300]
        before = messages.filter(state__in=_BEFORE[state])
        before.update(state=state, error=error if state == State.FAILED else "")
    return True


def again(provider: str, provider_id: str, status: str, reason: str) -> None:
    """Take in a report that came before its message was known. Job `notices.receipt`."""
    delivered(provider, provider_id, status, reason=reason)
