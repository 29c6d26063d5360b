"""Which programs are told of what: added, given another secret, taken away."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from ngoma.base.clock import now
from ngoma.base.signatures import new_secret
from ngoma.people import destinations
from ngoma.people.sealing import seal, unseal
from ngoma.records.models import Delivery, Job, Webhook
from ngoma.work.queue import put_many

KINDS = (
    *("opened", "accepted", "corrected", "rejected", "referred", "assigned", "started", "asked"),
    *("answered", "extended", "resolved", "closed", "reopened", "merged", "escalated", "rated"),
)
"""Kinds of event that a program can be told of; what of each is public, `publicity` says."""

DELIVER = "webhooks.deliver"
State = Delivery.State


class WebhookError(ValueError):
    """A webhook that cannot be as it is wished; the text says why."""


def add(city_id: int, url: str, kinds: Iterable[str]) -> tuple[Webhook, str]:
    """Tell a program at this address from now on; returns its secret too, for the last time.

    Raises `WebhookError` for an address or a kind of event that cannot be.
    """
    chosen = list(dict.fromkeys(kinds))
    unknown = [kind for kind in chosen if kind not in KINDS]
    if unknown or not chosen:
        raise WebhookError(f"there is no event {', '.join(unknown)}; there are {', '.join(KINDS)}")
    try:
        destinations.check(url)
    except destinations.BadDestination as bad:
        raise WebhookError(str(bad)) from None
    secret = new_secret()
    with transaction.atomic():
        webhook = Webhook.objects.create(
            city_id=city_id, url=url, kinds=chosen, secret=b"", created_at=now()
        )
        webhook.secret = seal(secret, str(webhook))
        webhook.save(update_fields=["secret"])
    return webhook, secret


def rotate(number: int, *, overlap: timedelta) -> str:
    """Give it another secret, and return that; the present one signs as well for a while.

    Raises `WebhookError` for an unknown number.
    """
    secret = new_secret()
    with transaction.atomic():
        webhook = find(number)
        webhook.former, webhook.former_until = webhook.secret, now() + overlap
        webhook.secret = seal(secret, str(webhook))
        webhook.save(update_fields=["secret", "former", "former_until"])
    return secret


def secrets_of(webhook: Webhook) -> list[str]:
    """The secrets that sign now, the newest first. Raises `Sealed`."""
    sealed = [webhook.secret]
    if webhook.former is not None and webhook.former_until and webhook.former_until > now():
        sealed.append(webhook.former)
    return [unseal(bytes(each), str(webhook)) for each in sealed]


def remove(number: int) -> None:
    """Tell it nothing any more. Raises `WebhookError` for an unknown number."""
    find(number).delete()


def resend(number: int) -> int:
    """Begin anew with what was given up, and with a program that had ended; returns how many.

    Raises `WebhookError` for an unknown number.
    """
    with transaction.atomic():
        webhook = find(number)
        Webhook.objects.filter(pk=webhook.pk).update(ended_at=None, rests_until=None)
        parked = webhook.deliveries.filter(state=State.PARKED)
        numbers = list(parked.order_by("event").values_list("pk", flat=True))
        parked.update(state=State.WAITING, attempts=0, since=now(), error="")
        put_many([Job(kind=DELIVER, data={"delivery": each}, run_at=now()) for each in numbers])
    return len(numbers)


def find(number: int) -> Webhook:
    """The webhook. Raises `WebhookError`."""
    found = Webhook.objects.select_related("city").filter(pk=number).first()
    if found is None:
        raise WebhookError(f"there is no webhook {number}; see: ngoma webhook list")
    return found


def told() -> list[str]:
    """A line for each webhook: what it is told of, how it goes, and what was given up."""
    counted = Webhook.objects.select_related("city").annotate(
        waiting=Count("deliveries", Q(deliveries__state=State.WAITING)),
        parked=Count("deliveries", Q(deliveries__state=State.PARKED)),
        last=Max("deliveries__sent_at"),
    )
    return [
        f"{hook.pk}  {hook.city.slug}  {hook.url}  {','.join(hook.kinds)}  "
        + (f"last told {hook.last:%Y-%m-%d %H:%M}" if hook.last else "never told")
        + f"  {hook.waiting} waiting  {hook.parked} given up"
        + ("  takes no more" if hook.ended_at else "")
        for hook in counted.order_by("pk")
    ]
