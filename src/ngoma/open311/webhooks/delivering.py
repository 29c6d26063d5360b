"""Programs are told: at least once, the events of a case in their order, until it is given up.

A program that fails is left alone for a while with everything, so that one that is down costs the
worker one attempt a pause and not one for each event.
"""

from datetime import datetime, timedelta
from urllib.parse import urljoin

import httpcore
import httpx
import msgspec
import structlog
from django.conf import settings
from django.db import transaction

from ngoma.base import signatures
from ngoma.base.clock import iso, now
from ngoma.base.outside import Unfetchable
from ngoma.base.posting import post
from ngoma.cities.book import book_of
from ngoma.notices.http import retry_after
from ngoma.open311.describing import described
from ngoma.open311.extending import noted
from ngoma.open311.webhooks.subscriptions import DELIVER, secrets_of
from ngoma.people.destinations import allowed
from ngoma.people.publicity import TELLING, public_event
from ngoma.people.vault import Sealed
from ngoma.records.models import Delivery, Event, Job, Webhook
from ngoma.records.queries import requests
from ngoma.records.queries.requests import Happened, Wanted
from ngoma.records.sql.statements import decoded, fetch
from ngoma.work.queue import Later, put_many

ANNOUNCE = "webhooks.announce"

SECONDS = 15
"""For one attempt, all of it."""

TRIES = 10
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 12 * 3600.0
"""Seconds; each pause is three times the one before, so that ten attempts take a day."""

LONGEST_REST = 600.0
"""Seconds for which a program is left alone with all other events after it failed with one."""

BEFORE = 5.0
"""Seconds after which is looked again whether an earlier event of the case has been told."""

KEEP = timedelta(days=30)
"""How long it is remembered what was told."""

State = Delivery.State


class NotTaken(Exception):
    """The program did not take a message, or cannot be asked; `after` so many seconds it may."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Ended(NotTaken):
    """The program says that it takes no more (410)."""


log = structlog.get_logger(__name__)


_HOOKS = "SELECT CAST(kinds AS text) FROM records_webhook WHERE city_id = %s AND ended_at IS NULL"


def anybody(event: Event) -> bool:
    """Whether a program wants to hear of events of this city and kind."""
    hooks = fetch(_HOOKS, [event.case.city_id])
    return any(event.kind in decoded(kinds) for (kinds,) in hooks)


def announce(event: int, case: int) -> None:
    """Note which programs are to be told of an event, once. Job `webhooks.announce`."""
    hooks = Webhook.objects.filter(city__case=case, ended_at=None).order_by("pk")
    if not hooks:  # as in most cities
        return
    happened = Event.objects.select_related("case").get(pk=event, case=case)
    if not happened.case.public or public_event(happened.kind, happened.data) is None:
        return
    if _of_demonstration(happened):
        return
    rows = [
        Delivery(webhook=hook, case_id=case, event=happened, since=now())
        for hook in hooks
        if happened.kind in hook.kinds
    ]
    Delivery.objects.bulk_create(rows)
    put_many([Job(kind=DELIVER, data={"delivery": each.pk}, run_at=now()) for each in rows])


def deliver(delivery: int) -> None:
    """Post one event to one program. Job `webhooks.deliver`, which must not run in a transaction.

    Raises Later where it has to wait: for an earlier event of the case, or after a failure.
    """
    rows = Delivery.objects.select_related("webhook", "case", "event")
    row = rows.filter(pk=delivery, state=State.WAITING).first()
    if row is None:  # sent before its worker died, or the program is told nothing any more
        return
    _wait_for_others(row)
    body = message(row.webhook, row.event)
    if row.webhook.ended_at or body is None:
        _end(row, State.DROPPED, "")
        return
    try:
        _post(row.webhook, f"msg_{row.pk}", body)
    except Ended as ended:
        Webhook.objects.filter(pk=row.webhook_id).update(ended_at=now())
        _end(row, State.PARKED, str(ended))
    except NotTaken as refusal:
        _failed(row, refusal)
    else:
        Webhook.objects.filter(pk=row.webhook_id).update(rests_until=None)
        _end(row, State.SENT, "")


def try_out(webhook: Webhook) -> None:
    """Post a message of the type `test`. Raises `NotTaken`."""
    told = {"type": "test", "timestamp": iso(now()), "data": {}}
    name = f"msg_test_{webhook.pk}_{int(now().timestamp())}"
    _post(webhook, name, msgspec.json.encode(told))


def message(webhook: Webhook, event: Event) -> bytes | None:
    """What is posted: the event, and the request as it stands now; None where nothing may be."""
    book = book_of(webhook.city_id)
    language = book.languages[0]
    happened = Happened(event.case_id, event.seq, event.kind, event.at, event.data)
    known = noted(book, happened, language)
    wanted = Wanted(
        city_id=book.id,
        hidden=book.private_services,
        telling=TELLING,
        references=(event.case.reference,),
    )
    rows, _ = requests.page(wanted, limit=1)
    undone = Event.objects.filter(pk=event.pk, undone=True).exists()
    if known is None or not rows or undone:
        return None
    request = described(book, rows[0], language, _address)
    data = {"jurisdiction_id": book.slug, "event": {"number": event.seq, **known}}
    told = {
        "type": f"service_request.{event.kind}",
        "timestamp": iso(event.at),
        "data": {**data, "service_request": request},
    }
    return msgspec.json.encode(told)


def forget_old(at: datetime | None = None) -> int:
    """Forget what was told or given up long ago. Returns how many."""
    old = Delivery.objects.filter(since__lt=(at or now()) - KEEP)
    return old.exclude(state=State.WAITING).delete()[0]


def _of_demonstration(event: Event) -> bool:
    return event.case.reports.filter(demo=True).exists()


def _wait_for_others(row: Delivery) -> None:
    rests_until = row.webhook.rests_until
    if rests_until is not None and rests_until > now():
        raise Later((rests_until - now()).total_seconds())
    earlier = Delivery.objects.filter(
        webhook=row.webhook_id, case=row.case_id, event__lt=row.event_id, state=State.WAITING
    )
    if earlier.exists():
        raise Later(BEFORE)


def _post(webhook: Webhook, name: str, body: bytes) -> None:
    """Post it, signed. Raises `NotTaken`."""
    try:
        signed = signatures.headers(name, int(now().timestamp()), body, secrets_of(webhook))
        status, told = post(
            webhook.url,
            body=body,
            headers=[("Content-Type", "application/json"), ("User-Agent", "Ngoma"), *signed],
            seconds=SECONDS,
            allowed=allowed(webhook.url),
        )
    except (Unfetchable, Sealed) as error:
        raise NotTaken(str(error)) from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise NotTaken(f"no answer: {type(error).__name__}") from error
    if status == 410:
        raise Ended("HTTP 410: the program takes no more")
    if not 200 <= status < 300:
        raise NotTaken(f"HTTP {status}", retry_after(httpx.Headers(told)))


def _failed(row: Delivery, refusal: NotTaken) -> None:
    """Try again later, or give it up after the last attempt. Raises Later."""
    row.attempts += 1
    pause = min(FIRST_PAUSE * 3 ** (row.attempts - 1), LONGEST_PAUSE)
    pause = min(max(pause, refusal.after or 0), LONGEST_PAUSE)
    rests_until = now() + timedelta(seconds=min(pause, LONGEST_REST))
    with transaction.atomic():
        Webhook.objects.filter(pk=row.webhook_id).update(rests_until=rests_until)
        Delivery.objects.filter(pk=row.pk).update(attempts=row.attempts, error=str(refusal)[:200])
    log.warning("webhook failed", webhook=row.webhook_id, delivery=row.pk, reason=str(refusal))
    if row.attempts >= TRIES:
        _end(row, State.PARKED, str(refusal))
        return
    raise Later(pause)


def _end(row: Delivery, state: str, error: str) -> None:
    waiting = Delivery.objects.filter(pk=row.pk, state=State.WAITING)
    sent_at = now() if state == State.SENT else None
    waiting.update(state=state, sent_at=sent_at, error=error[:200])


def _address(path: str) -> str:
    return urljoin(f"{settings.NGOMA_URL}/", path)
