"""Recorded requests, imported: what stands in the file, and what is kept of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ngoma.cities.book import Book
from ngoma.intake.history.mapping import Mapping
from ngoma.intake.history.sources import Source
from ngoma.records.models import Case, Event, Report

EXCERPTS = Path(__file__).parents[2] / "data"
SETS = Path(__file__).parents[4] / "shared" / "data" / "requests"


def stated(values: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something: to Open311, absent, empty and null are the same."""
    full = {
        key: stated(value) if isinstance(value, dict) else value for key, value in values.items()
    }
    return {key: value for key, value in full.items() if value not in (None, "", [], {})}


def in_file(path: Path, mapping: Mapping) -> list[dict[str, Any]]:
    """What the rows of a file state."""
    with Source(path, mapping) as source:
        return [stated(row.values) for row in source.rows()]


def kept(book: Book) -> Iterator[dict[str, Any]]:
    """What the rows stated, found again in the reports and events of a city."""
    events = Event.objects.filter(case__city=book.id, kind="recorded").order_by("case__reports")
    for data, words in events.values_list("data", "case__reports__words").iterator():
        source = dict(data["source"])
        if words:
            source.setdefault("description", words)
        yield source


def cases(book: Book) -> dict[str, Case]:
    """The cases of a city by the ids that their requests had."""
    reports = Report.objects.filter(city=book.id).select_related("case")
    return {report.key: report.case for report in reports}
