"""Whether a report may be accepted without a person: where the city allows it for the service, and
as long as what was proposed with confidence has been right nearly always.

One in ten of such reports is still left to people, so that there is something to measure by; where
too few were measured, or too many were wrong, all are left to them again, without anybody's doing.
"""

import zlib
from collections.abc import Sequence
from datetime import timedelta

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.proposals import quality
from ngoma.proposals.quality import Sums
from ngoma.records.models import Report
from ngoma.triage.interface import Reading

PRECISION = 0.98
ENOUGH = 100
"""Confident proposals of the service that people decided on in four weeks."""

FRESH = timedelta(days=2)
"""How old a measurement may be."""

LEFT = 10
"""One in so many is left to people."""

ALIKE = 0.3
"""A case as likely as this to be the same problem is for a person to look at."""


def may_stand(book: Book, report: Report, reading: Reading, flags: Sequence[object]) -> bool:
    """Whether the reading of a report may stand as it is: confident, calm, at a known place, like
    no other case, under no rule of special handling, and of a service that may."""
    best = reading.services[0].service_id if reading.services else None
    return (
        best is not None
        and reading.confident
        and reading.urgency.level == "no"
        and not flags
        and report.place_id is not None
        and report.service_id in (None, best)
        and all(each.probability < ALIKE for each in reading.duplicates)
        and not _left(report.reference)
        and best in allowed(book)
    )


def allowed(book: Book) -> set[int]:
    """The services whose reports may be accepted alone today."""
    wanted = {
        book.service_by_code[code].id
        for code in book.settings.get("alone", ())
        if not book.service_by_code[code].retired
    }
    return wanted & _precise(book.id) if wanted else set()


def standing(book: Book) -> list[tuple[int, bool, Sums]]:
    """The services that the city lets be accepted alone: whether they are today, and what was
    measured of what was proposed."""
    now_allowed, measured = allowed(book), quality.newest(book.id)
    known = measured.figures.by.get("proposal", []) if measured else []
    sums = {int(each.key): each.now for each in known}
    ids = [book.service_by_code[code].id for code in book.settings.get("alone", ())]
    return [(each, each in now_allowed, sums.get(each, Sums())) for each in ids]


def _precise(city_id: int) -> set[int]:
    """The services that were proposed rightly often enough, by the newest measurement."""
    measured = quality.newest(city_id)
    if measured is None or now() - measured.at > FRESH:
        return set()
    return {
        int(each.key)
        for each in measured.figures.by.get("proposal", ())
        if each.now.sure >= ENOUGH and each.now.sure_right >= PRECISION * each.now.sure
    }


def _left(reference: str) -> bool:
    """Whether people decide on this one in any case; the same each time it is asked."""
    return zlib.crc32(reference.encode()) % LEFT == 0
