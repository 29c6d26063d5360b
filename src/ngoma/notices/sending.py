"""A notice is sent at most once.

It is marked SENDING, and that is on disk, before a provider hears of it; SENT comes after the
provider's answer. A notice found SENDING was interrupted in between: neither SMTP nor the SMS
services would recognise it as the same message, so it is UNSURE and a person decides. Only what was
surely not accepted is tried again.
"""

import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.notices import (
    africastalking,
    bridge,
    email,
    holding,
    kannel,
    open311,
    proving,
    push,
    resting,
    telegram,
    twilio,
    whatsapp,
)
from ngoma.notices.gateway import (
    Away,
    Gateway,
    Gone,
    Message,
    NotSent,
    Permanent,
    Temporary,
    Unsure,
)
from ngoma.notices.links import CODE, LINK, PIN, STOP, way
from ngoma.notices.replying import REPLY
from ngoma.notices.threads import reply_address
from ngoma.people import codes, pins, vault
from ngoma.records.models import Notice
from ngoma.work.queue import Later

GIVE_UP = timedelta(days=2)
"""How long after its event a notice is still worth sending."""

GONE = "······"
"""Stands where a code was that is not kept any more."""

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 3600.0

_LEADS = ("contact", "report", "code", "event__case")
"""What most notices lead to; a follower's or a colleague's ask for theirs."""
State = Notice.State
log = structlog.get_logger(__name__)


def send(notice: int) -> None:
    """Send a queued notice, once. Job `notices.send`, which must not run in a transaction.

    Raises Later where the provider could not take it now; does nothing where it was sent before.
    """
    row = Notice.objects.select_related(*_LEADS).get(pk=notice)
    if row.state not in {State.QUEUED, State.SENDING}:
        return
    if ending := _ending(row):
        _end(row, *ending)
        return
    name = gateway_name(row)
    if wait := 1.0 if proving.awaited(row) else resting.left(name):
        raise Later(wait)
    message = outgoing(row)
    deliver = GATEWAYS[name]
    if not _claim(row):
        return
    try:
        provider_id = _delivered(name, deliver, message)
    except Temporary as error:
        _again(row, error)
    except Permanent as error:
        _end(row, State.FAILED, str(error))
        if isinstance(error, Gone) and row.contact is not None:
            vault.erase(row.contact)
    except Unsure as error:
        _end(row, State.UNSURE, str(error))
    else:
        _sent(row, name, provider_id)


def _delivered(name: str, deliver: Gateway, message: Message) -> str:
    """Hand the message over, and note whether the service was at work."""
    started = time.monotonic()
    try:
        provider_id = deliver(message)
    except (Away, Unsure):
        if name not in _OF_MANY:
            resting.failed(name, time.monotonic() - started)
        raise
    except NotSent:
        resting.answered(name)
        raise
    resting.answered(name)
    return provider_id


_OF_MANY = frozenset({"push", "open311", "bridge"})
"""Ways that lead to many services: one of them says nothing of the others."""


def outgoing(notice: Notice) -> Message:
    """The message as its reader gets it, to their address, with what the text has places for."""
    leads = way(notice)
    code = codes.digits(notice.code) if notice.code else GONE
    text = notice.text.replace(CODE, code).replace(LINK, leads.link).replace(STOP, leads.stop)
    if notice.report is not None:
        text = text.replace(PIN, pins.pin(notice.report))
    return Message(
        notice=notice.pk,
        to=_address(notice, leads.book),
        sender=_sender(leads.book, notice.channel),
        sender_address=leads.book.settings["notices"]["from"] or settings.NGOMA_MAIL_FROM,
        subject=notice.subject.replace(CODE, code),
        text=text + proving.line(notice),
        link=leads.link,
        thread=leads.thread,
        stop=leads.stop,
        answer=reply_address(notice.report) if notice.report else "",
        choices=tuple(notice.choices or ()),
    )


def _address(notice: Notice, book: Book) -> str:
    """Where the notice goes: to a colleague, to another body, or to a contact of the vault."""
    if notice.user is not None:
        return notice.user.email
    if notice.body:
        return str((book.body(notice.body) or {}).get("email", ""))
    assert notice.contact is not None
    return vault.reveal(notice.contact).address


def gateway_name(notice: Notice) -> str:
    """Through what a notice goes: the outbox where no service is set."""
    if notice.channel in _OF_MANY:
        return notice.channel
    if notice.channel == "sms":
        return settings.NGOMA_SMS or "outbox"
    name, needed = _SERVICES[notice.channel]
    return name if getattr(settings, needed) else "outbox"


_SERVICES = {
    "email": ("smtp", "NGOMA_SMTP_URL"),
    "telegram": ("telegram", "NGOMA_TELEGRAM_TOKEN"),
    "whatsapp": ("whatsapp", "NGOMA_WHATSAPP_TOKEN"),
}
"""By channel: the service, and the setting without which there is none."""


def _outbox(message: Message) -> str:
    """Keep what would have been sent, for the outbox page. Outside a demonstration, an error."""
    if not (settings.NGOMA_DEMO or settings.DEBUG):
        needed = ", ".join(["NGOMA_SMS", *(name for _service, name in _SERVICES.values())])
        raise Permanent(f"no service is set for this kind of message ({needed})")
    return f"outbox-{message.notice}"


GATEWAYS: dict[str, Gateway] = {
    "africastalking": africastalking.deliver,
    "twilio": twilio.deliver,
    "kannel": kannel.deliver,
    "telegram": telegram.deliver,
    "whatsapp": whatsapp.deliver,
    "bridge": bridge.deliver,
    "smtp": email.deliver,
    "push": push.deliver,
    "open311": open311.deliver,
    "outbox": _outbox,
}


def _ending(notice: Notice) -> tuple[str, str] | None:
    """How a notice ends that is not sent now, and why; None where it is sent."""
    if notice.state == State.SENDING:
        return State.UNSURE, "interrupted while it was being sent"
    if unwanted := _unwanted(notice):
        return State.FAILED, unwanted
    if holding.is_held(notice):
        return State.HELD, holding.WHY
    return None


def _unwanted(notice: Notice) -> str:
    """Why the notice is not to be sent any more; empty where it is."""
    if notice.user is not None:
        return "" if notice.user.is_active and notice.user.email else "the colleague has left"
    if notice.body:
        return ""
    if notice.contact is None:
        return "the contact was erased"
    if notice.kind == REPLY:
        return ""
    if notice.event is None:
        return "" if _still_good(notice) else "the code is good no longer"
    if notice.report_id is None and notice.follow_id is None:
        return "it is followed no longer"
    if notice.report_id is None and not notice.event.case.public:
        return "it is not public any more"
    return ""


def _still_good(notice: Notice) -> bool:
    """Whether the code that the notice brings can still be typed."""
    code = notice.code
    return code is not None and code.used_at is None and code.expires_at > now()


def _sender(book: Book, channel: str) -> str:
    name: str = book.settings["notices"]["sender"]
    return settings.NGOMA_SMS_FROM or name if channel == "sms" else name


def _claim(notice: Notice) -> bool:
    """Whether this process is the one to send it; committed at once, whoever may die next."""
    with transaction.atomic(durable=True):
        queued = Notice.objects.filter(pk=notice.pk, state=State.QUEUED)
        return bool(queued.update(state=State.SENDING, attempts=F("attempts") + 1))


def _again(notice: Notice, error: Temporary) -> None:
    """Back to the queue: when the provider said, or after a pause that doubles."""
    if now() - notice.created_at > GIVE_UP:
        _end(notice, State.FAILED, f"given up: {error}")
        return
    _end(notice, State.QUEUED, str(error))
    pause = min(FIRST_PAUSE * 2**notice.attempts, LONGEST_PAUSE)
    raise Later(pause if error.after is None else max(error.after, 1.0)) from error


def _end(notice: Notice, state: str, error: str) -> None:
    """Leave QUEUED or SENDING; a delivery report may have been quicker and knows better."""
    under_way = Notice.objects.filter(pk=notice.pk, state__in=(State.QUEUED, State.SENDING))
    under_way.update(state=state, error=error)
    log.warning("notice not sent", notice=notice.pk, state=str(state), reason=error)


def _sent(notice: Notice, provider: str, provider_id: str) -> None:
    with transaction.atomic():
        row = Notice.objects.filter(pk=notice.pk)
        row.update(provider=provider, provider_id=provider_id, sent_at=now())
        row.filter(state__in=(State.SENDING, State.UNSURE)).update(state=State.SENT, error="")
