"""Who follows a case or a place without having reported it: they hear what everybody may know."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ngoma.base.clock import now
from ngoma.notices.codes import ask
from ngoma.people import vault
from ngoma.people.vault import Address
from ngoma.records.models import Case, Code, Contact, Follow, Place

PURPOSE = "follow"
"""Of the contacts of followers: kept apart from those of reporters, and no longer than needed."""

UNCONFIRMED = timedelta(days=1)
"""How long an address is kept to which a code was sent and that nobody has shown to be theirs."""

MOST = 50
"""Things that one contact may follow in a city."""


class TooMany(Exception):
    """The contact follows as much as it may."""


def ask_code(city_id: int, address: Address, language: str) -> None:
    """Send a code to an address, whoever it is. What is kept of a known one stays as it was.

    Which it was the caller does not learn, nor by the time that it takes.
    """
    with transaction.atomic():
        vault.keep_new(city_id, address, language=language, purpose=PURPOSE, lasts=UNCONFIRMED)
        ask(city_id, vault.finder(city_id, address.address), Code.Purpose.FOLLOW, language)


def follow(
    city_id: int,
    address: Address,
    *,
    language: str,
    case: Case | None = None,
    place: Place | None = None,
    at: datetime | None = None,
) -> Follow:
    """Let an address hear of a case or a place: one that was shown to be its owner's by a code, or
    a browser, which asked its owner itself. Again, it is the same. Raises `TooMany`.
    """
    at = at or now()
    with transaction.atomic():
        contact = vault.keep(city_id, address, language=language, purpose=PURPOSE, at=at)
        # Whoever follows with the same contact at the same moment waits here.
        Contact.objects.select_for_update().get(pk=contact.pk)
        own = Follow.objects.filter(contact=contact)
        known = own.filter(case=case, place=place).first()
        if known is not None:
            own.filter(pk=known.pk).update(language=language)
            return known
        if own.count() >= MOST:
            raise TooMany
        return Follow.objects.create(
            city_id=city_id,
            contact=contact,
            case=case,
            place=place,
            language=language,
            secret=secrets.token_urlsafe(18),
            created_at=at,
            confirmed_at=at,
        )


def stop(follow: Follow) -> None:
    """Forget a follow, and its contact where that follows nothing else."""
    contact = follow.contact
    with transaction.atomic():
        follow.delete()
        if not Follow.objects.filter(contact=contact).exists():
            vault.erase(contact)
