"""Who follows a case or a place without having reported it: they hear what everybody may know."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ngoma.base.clock import now
from ngoma.people import vault
from ngoma.people.vault import Address
from ngoma.records.models import Case, Contact, Event, Follow, Place

PURPOSE = "follow"
"""Of the contacts of followers: kept apart from those of reporters, and no longer than needed."""

UNCONFIRMED = timedelta(days=1)


def follow(
    city_id: int,
    address: Address,
    *,
    language: str,
    case: Case | None = None,
    place: Place | None = None,
    confirmed: bool = False,
    at: datetime | None = None,
) -> Follow:
    """Note that an address wants to hear of a case or a place. Again, it is the same.

    Nothing is sent to it but a code before it is confirmed; a browser confirms itself.
    """
    at = at or now()
    with transaction.atomic():
        contact = vault.keep(city_id, address, language=language, purpose=PURPOSE, at=at)
        found, _new = Follow.objects.get_or_create(
            contact=contact,
            case=case,
            place=place,
            defaults={
                "city_id": city_id,
                "language": language,
                "secret": secrets.token_urlsafe(18),
                "created_at": at,
            },
        )
        if confirmed and found.confirmed_at is None:
            found.confirmed_at = at
            found.save(update_fields=["confirmed_at"])
    return found


def confirm(
    contact: Contact, *, case: Case | None, place: Place | None, at: datetime | None = None
) -> Follow | None:
    """The follow that somebody has shown to be theirs, confirmed; None where there is none."""
    found = Follow.objects.filter(contact=contact, case=case, place=place).first()
    if found is not None and found.confirmed_at is None:
        found.confirmed_at = at or now()
        found.save(update_fields=["confirmed_at"])
    return found


def stop(follow: Follow) -> None:
    """Forget a follow, and its contact where that follows nothing else."""
    contact = follow.contact
    with transaction.atomic():
        follow.delete()
        if not Follow.objects.filter(contact=contact).exists():
            vault.erase(contact)


def erase_unconfirmed(at: datetime | None = None) -> int:
    """Forget who was named as a follower and never confirmed it. Called by the clock."""
    old = Follow.objects.filter(confirmed_at=None, created_at__lt=(at or now()) - UNCONFIRMED)
    found = list(old.select_related("contact")[:500])
    for each in found:
        stop(each)
    return len(found)


def move(event: int, case: int) -> None:
    """Job after a case was merged: who followed it follows the case that it became part of."""
    into = Event.objects.only("data").get(pk=event, case=case).data["into"]
    with transaction.atomic():
        already = Follow.objects.filter(case=into).values("contact")
        Follow.objects.filter(case=case, contact__in=already).delete()
        Follow.objects.filter(case=case).update(case=into)
