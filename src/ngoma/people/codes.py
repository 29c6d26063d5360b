"""One-time codes: six digits by which somebody shows that they read what is sent to a contact.

The digits are kept nowhere. They are made from the row of the code under a key of the installation
when they are sent and when they are typed, so neither the database nor a copy of it gives any away.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from ngoma.base.clock import now
from ngoma.people import vault
from ngoma.records.models import Code, Contact, Report

DIGITS = 6
MOST_WRONG = 5
"""Wrong codes that may be typed before one is void: a guess succeeds five times in a million."""

LIVES = {
    Code.Purpose.VERIFY: timedelta(days=2),
    Code.Purpose.REPORTS: timedelta(minutes=15),
    Code.Purpose.FOLLOW: timedelta(minutes=15),
}
"""How long a code is good. One that rides in the receipt of a report may be read much later."""

PACES = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
"""How many codes go to one contact in a time: nobody's phone can be flooded with them."""

CITY_WRONG = 200
"""How many wrong codes for lists of reports are typed in a city before none is taken, for an hour.

Five guesses at each of many contacts would open some list in the end; so many at most, and it takes
hundreds of days."""

KEEP = timedelta(days=1)
"""How long a code that is good no longer still counts against another one."""

SOON = timedelta(hours=1)
"""How long after a report its code may still have to be made, on the slowest day."""

CITY_HOURLY = 300
"""How many codes go to contacts that have never been confirmed, in one hour of one city: what a
stranger with a list of numbers can make it pay for."""


class TooMany(Exception):
    """No code is made or taken now: the contact or the city has had as many as it may."""


def make(
    contact: Contact,
    purpose: Code.Purpose,
    *,
    report: Report | None = None,
    at: datetime | None = None,
) -> Code:
    """A new code for a contact; those it has stay good. Raises `TooMany`.

    One that confirms an address rides in a message that goes anyway, and is always made.
    """
    at = at or now()
    with transaction.atomic():
        # Whoever asks for the same contact at the same moment waits here.
        Contact.objects.select_for_update().get(pk=contact.pk)
        if purpose != Code.Purpose.VERIFY and _too_many(contact, at):
            raise TooMany
        return Code.objects.create(
            contact=contact,
            purpose=purpose,
            report=report,
            salt=secrets.token_hex(16),
            created_at=at,
            expires_at=at + LIVES[purpose],
        )


def digits(code: Code) -> str:
    """What is to be typed."""
    message = f"{code.pk}\0{code.purpose}\0{code.salt}".encode()
    number = int.from_bytes(hmac.digest(vault.derived("code"), message, hashlib.sha256))
    return f"{number % 10**DIGITS:0{DIGITS}}"


def use(
    purpose: Code.Purpose,
    typed: str,
    *,
    city_id: int,
    finder: str,
    report: Report | None = None,
    at: datetime | None = None,
) -> Contact | None:
    """The contact, if what was typed is one of its codes; the code is then used up.

    `finder` is the contact's (`vault.finder`). None otherwise, and a wrong one counts against every
    code that could have been meant; so it does whoever else types at the same moment. Raises
    `TooMany` for every contact while a city's lists of reports are being guessed at.
    """
    at = at or now()
    if purpose == Code.Purpose.REPORTS and _guessed_at(city_id, at):
        raise TooMany
    given = _read(typed)
    with transaction.atomic():
        live = _live(purpose, city_id, finder, at)
        if report is not None:
            live = live.filter(report=report)
        codes = list(live.select_for_update(of=("self",)).select_related("contact"))
        for code in codes:
            if hmac.compare_digest(digits(code).encode(), given.encode()):
                return _used(code, at)
        live.update(attempts=F("attempts") + 1)
    return None


def forget_old(at: datetime | None = None) -> int:
    """Drop the codes that count no more. Returns how many."""
    old = Code.objects.filter(expires_at__lt=(at or now()) - KEEP)
    return old.delete()[1].get("records.Code", 0)


def awaited(report: Report, *, at: datetime | None = None) -> bool:
    """Whether a code that confirms a report's address can be typed, or is still to be sent."""
    at = at or now()
    if report.demo:
        return False
    sent = Code.objects.filter(report=report, purpose=Code.Purpose.VERIFY)
    if sent.exists():
        return sent.filter(_good(at)).exists()
    return report.received_at > at - SOON


def _read(typed: str) -> str:
    """The digits of what was typed, however they are parted and in whatever script."""
    return "".join(str(int(each)) for each in typed[:64] if each.isdecimal())


def _used(code: Code, at: datetime) -> Contact:
    Code.objects.filter(pk=code.pk).update(used_at=at)
    contact = code.contact
    vault.confirm(contact, at)
    return contact


def _live(purpose: Code.Purpose, city_id: int, finder: str, at: datetime) -> QuerySet[Code]:
    meant = Code.objects.filter(
        purpose=purpose,
        contact__city=city_id,
        contact__finder=finder,
    )
    return meant.filter(_good(at))


def _good(at: datetime) -> Q:
    """Which codes can still be typed."""
    return Q(used_at=None, expires_at__gt=at, attempts__lt=MOST_WRONG)


def _guessed_at(city_id: int, at: datetime) -> bool:
    lately = Code.objects.filter(
        purpose=Code.Purpose.REPORTS,
        contact__city=city_id,
        created_at__gt=at - timedelta(hours=1),
    )
    return (lately.aggregate(wrong=Sum("attempts"))["wrong"] or 0) >= CITY_WRONG


def _too_many(contact: Contact, at: datetime) -> bool:
    messages = Code.objects.exclude(purpose=Code.Purpose.VERIFY)
    sent = messages.filter(contact=contact)
    # What was made later than now, before the clock was set back, counts as much.
    near = ((sent.filter(created_at__range=(at - span, at + span)), most) for span, most in PACES)
    if any(found.count() >= most for found, most in near):
        return True
    if contact.verified_at is not None:
        return False
    unknown = messages.filter(
        contact__city=contact.city_id,
        contact__verified_at=None,
        created_at__gt=at - timedelta(hours=1),
    )
    return unknown.count() >= CITY_HOURLY
