"""Nothing private is in any byte that is published, whatever was said, hidden, erased or corrected.

Reports are made with secrets in every field that can hold one; a model says which of what was said
may be published at all. Every file of the publication is searched: as it lies there, unpacked, and
Parquet row by row, since it is packed within.
"""

import gzip
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings as installed
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, erasing, redacting, talking
from ngoma.cities.book import Book
from ngoma.insight.opendata import manifest
from ngoma.people.permissions import Actor
from ngoma.records.models import Report
from tests.insight.opendata.conftest import tell, without_lights
from tests.insight.opendata.reading import night

pytestmark = pytest.mark.once

FATES = ("stays", "redacted", "erased", "hidden")
"""What becomes of a report's words after the first night; hidden: its kind turns out private."""


@dataclass(frozen=True)
class Told:
    """What one resident reports, and what becomes of it."""

    private: bool
    fate: str


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(told=[Told(private, fate) for private in (False, True) for fate in FATES])
@given(
    told=st.lists(st.builds(Told, st.booleans(), st.sampled_from(FATES)), min_size=1, max_size=4)
)
def test_nothing_private_is_in_any_published_byte(
    told: list[Told], town: Book, coordinator: Actor
) -> None:
    shutil.rmtree(installed.NGOMA_DATA, ignore_errors=True)
    with transaction.atomic():
        _live(told, without_lights(town), coordinator)
        transaction.set_rollback(True)


def _live(told: list[Told], town: Book, officer: Actor) -> None:
    """Report, publish, take back what is to be taken back, publish on the next day, and search."""
    reports = [_report(town, officer, number, each) for number, each in enumerate(told)]
    night(town)
    for number, (each, report) in enumerate(zip(told, reports, strict=True)):
        _search(town, number, report, shown=not each.private)
        _change(each, report, town, officer)
    with frozen(now() + timedelta(days=1)):
        night(town)
    for number, (each, report) in enumerate(zip(told, reports, strict=True)):
        open_ = not each.private and each.fate != "hidden"
        assert bool(holds(town, report.reference)) == open_
        _search(town, number, report, shown=open_ and each.fate == "stays")
        for what in (f"answer-{number}-", *map(str, _position(number))):
            assert bool(holds(town, what)) == open_, what
    assert len(manifest.versions(town.slug)) in (1, 2)


def _report(town: Book, officer: Actor, number: int, each: Told) -> Report:
    report = tell(
        town,
        f"key-{number}-secret",
        words=f"said-{number}- call 0772 1234{number:02} or r{number}@secret.example",
        location=f"where-{number}- near the market, +256 772 1234{number:02}",
        email=f"contact{number}@secret.example",
        name=f"Okello-{number}-",
        service="light" if each.private else "pothole",
        lat=_position(number)[0],
        lon=_position(number)[1],
    )
    talking.note(actor=officer, case_id=report.case_id, text=f"note-{number}-")
    deciding.accept(actor=officer, case_id=report.case_id, text=f"answer-{number}-")
    return report


def _position(number: int) -> tuple[float, float]:
    return _degrees(0.15, number), _degrees(32.05, number)


def _degrees(start: float, number: int) -> float:
    """Another position for each report."""
    return round(start + 0.0012 + number / 10_000, 4)


def _change(each: Told, report: Report, town: Book, officer: Actor) -> None:
    if each.fate == "redacted":
        redacting.redact(actor=officer, report_id=report.pk, words="", location="")
    elif each.fate == "erased":
        erasing.erase(actor=officer, report_id=report.pk)
    elif each.fate == "hidden":
        light = town.service_by_code["light"].id
        deciding.correct(actor=officer, case_id=report.case_id, service_id=light)


def _search(town: Book, number: int, report: Report, *, shown: bool) -> None:
    """What is never public is nowhere; words and exact place are there only where they are."""
    for secret in (
        # Fewer digits than these occur in hashes by chance.
        *(f" 1234{number:02}", f"7721234{number:02}", "secret.example"),
        *(f"Okello-{number}-", f"note-{number}-"),
        *(report.secret, f"key-{number}-secret"),
    ):
        assert holds(town, secret) == []
    for secret in (f"said-{number}-", f"where-{number}-"):
        assert bool(holds(town, secret)) == shown, secret


def holds(town: Book, secret: str) -> list[str]:
    """The published files that hold a secret."""
    forms = (secret.encode(), repr(secret)[1:-1].encode())
    return [name for name, content in published(town) if any(form in content for form in forms)]


def published(town: Book) -> Iterator[tuple[str, bytes]]:
    """Everything that can be asked for, unpacked, by the names of files; and the names."""
    within = manifest.folder(town.slug)
    for path in sorted(path for path in within.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield path.name, path.name.encode() + b"\n" + content
        if path.suffix == ".gz":
            yield path.name, gzip.decompress(content)
        if path.suffix == ".parquet":
            yield path.name, _unpacked(path)


def _unpacked(path: Path) -> bytes:
    """All rows, positions as numbers, and what the file says of itself: least and greatest too."""
    table = pq.read_table(path)
    points = [
        struct.unpack("<BIdd", each) for each in table.column("geometry").drop_null().to_pylist()
    ]
    itself = pq.read_metadata(path).to_dict()
    return repr([table.to_pylist(), points, table.schema.metadata, itself]).encode()
