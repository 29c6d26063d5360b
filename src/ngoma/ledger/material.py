"""What the entries of a batch of events are made of, fetched at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ngoma.ledger import entries
from ngoma.ledger.entries import BRINGING, Names
from ngoma.records.models import Case, City, Event, Photo, Report

_OWNER = ("pk", "city_id", "reference")


class Material:
    """Cities, reports and photos of some events."""

    def __init__(self, events: Sequence[Event], names: Names | None = None) -> None:
        self._names = names or Names()
        owners = Case.objects.filter(pk__in={event.case_id for event in events})
        self._owner: dict[int, tuple[int, str]] = {
            pk: (city, name) for pk, city, name in owners.values_list(*_OWNER)
        }
        self._slug = dict(City.objects.values_list("pk", "slug"))
        brought = {event.data["reference"] for event in events if event.kind in BRINGING}
        reports = Report.objects.filter(reference__in=brought)
        self._reports = {report.reference: report for report in reports}
        self._photos: dict[int, list[Photo]] = defaultdict(list)
        for photo in Photo.objects.filter(report__in=self._reports.values()):
            self._photos[photo.report_id or 0].append(photo)

    def city(self, event: Event) -> str:
        """The slug of an event's city."""
        return self._slug[self._owner[event.case_id][0]]

    def case(self, event: Event) -> str:
        """The reference of an event's case."""
        return self._owner[event.case_id][1]

    def report(self, event: Event) -> Report | None:
        """The report that an event brought."""
        return self._reports.get(event.data["reference"]) if event.kind in BRINGING else None

    def fields(self, event: Event) -> dict[str, Any]:
        """The fields of an event as it stands in the database."""
        report = self.report(event)
        photos = self._photos.get(report.pk, ()) if report else ()
        return entries.fields(event, report, photos, self._names)
