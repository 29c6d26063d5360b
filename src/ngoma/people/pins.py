"""The PIN of a report: four digits with which anybody may ask from any phone how it goes, no more.

As one-time codes, it is kept nowhere: it is made from the report's secret under a key of the
installation. So few may be wrong that four digits are enough.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from ngoma.base.clock import now
from ngoma.people.vault import derived
from ngoma.records.models import PinGuess, Report

DIGITS = 4
MOST_WRONG = 5
"""Wrong PINs for one report before none is taken for it, until a day has passed without another."""

CITY_WRONG = 100
"""Wrong PINs in a city in an hour, for whatever reports, before none is taken there: whoever tries
all reports in turn meets a right one in the fourth day of trying at the earliest, on average."""

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


def pin(report: Report) -> str:
    """The digits: always the same for the same report."""
    digest = hmac.digest(derived("pin"), report.secret.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}}"


def opens(report: Report, typed: str) -> bool:
    """Whether this is the report's PIN. A wrong one counts; after too many none is right."""
    with transaction.atomic():
        new = {"city_id": report.city_id, "at": now()}
        PinGuess.objects.get_or_create(report=report, defaults=new)
        guessed = PinGuess.objects.select_for_update().get(report=report)
        if guessed.at <= now() - A_DAY:
            guessed.wrong = 0
        if guessed.wrong >= MOST_WRONG or _guessed_at(report.city_id):
            return False
        if hmac.compare_digest(pin(report).encode(), typed.encode()):
            return True
        guessed.wrong, guessed.at = guessed.wrong + 1, now()
        guessed.save()
        return False


def forget_old(at: datetime | None = None) -> int:
    """Drop the guesses that count no more. Returns how many; called by the clock."""
    return PinGuess.objects.filter(at__lt=(at or now()) - A_DAY).delete()[0]


def _guessed_at(city_id: int) -> bool:
    lately = PinGuess.objects.filter(city=city_id, at__gt=now() - AN_HOUR)
    return (lately.aggregate(wrong=Sum("wrong"))["wrong"] or 0) >= CITY_WRONG
