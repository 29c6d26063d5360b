"""What it costs to find the cases that a report may repeat, in a city of any size."""

import time
from collections.abc import Iterator
from itertools import islice
from random import Random
from secrets import token_hex

import msgspec
from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.proposals.reading import preview
from ngoma.records.models import Photo, Report

QUESTIONS = 300
EVERY = 3
"""Each so many reports have a photo."""

BATCH = 5000


class Asked(msgspec.Struct):
    """Milliseconds of one reading with its search for duplicates: of the processor and of the
    clock, each the median and the 95th percentile; and how often anything was found."""

    cases: int
    photos: int
    cpu: tuple[float, float]
    wall: tuple[float, float]
    found: int


def measure(book: Book) -> Asked:
    """Ask for duplicates of the city's own reports, as though they came again with a photo."""
    _photograph()
    known = Report.objects.filter(city=book.id, lat__isnull=False).count()
    cpu, wall, found = [], [], 0
    for report in _some(book, known):
        started, ran = time.perf_counter(), time.process_time()
        reading = preview(
            book,
            words=report.words,
            language=report.language,
            lat=report.lat,
            lon=report.lon,
            place_id=report.place_id,
            pictures=_bits(report.pk),
            at=report.received_at,
            except_case=report.case_id,
        )
        cpu.append(time.process_time() - ran)
        wall.append(time.perf_counter() - started)
        found += bool(reading.duplicates)
    return Asked(known, Photo.objects.count(), _middle(cpu), _middle(wall), found)


def _some(book: Book, known: int) -> Iterator[Report]:
    """Reports from everywhere in the city's years."""
    reports = Report.objects.filter(city=book.id, lat__isnull=False).order_by("pk")
    for place in sorted(Random(7).sample(range(known), min(QUESTIONS, known))):
        yield reports[place]


def _photograph() -> None:
    """Give reports photos that look like nothing; their files are not there."""
    if Photo.objects.exists():
        return
    pks = Report.objects.order_by("pk").values_list("pk", flat=True)[::EVERY]
    rows = iter(pks)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            Photo.objects.bulk_create([_photo(pk) for pk in batch])


def _photo(pk: int) -> Photo:
    return Photo(
        report_id=pk, name=token_hex(16), digest="", width=1600, height=1200, original="",
        added_at=now(), blurs=[], edition="00000000", likeness=_bits(pk)[0],
    )  # fmt: skip


def _bits(pk: int) -> tuple[int]:
    return (Random(pk).getrandbits(64) - (1 << 63),)


def _middle(seconds: list[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return tuple(round(1000 * ordered[int(len(ordered) * p)], 1) for p in (0.5, 0.95))  # type: ignore[return-value]
