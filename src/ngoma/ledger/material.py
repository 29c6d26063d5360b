"""What the entries of a batch of events are made of, fetched at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ngoma.ledger import entries
from ngoma.ledger.entries import Happening
from ngoma.ledger.naming import Names
from ngoma.records.queries import ledger as rows
from ngoma.records.queries.ledger import Shown, Told


class Material:
    """Cities, reports and photos of some events."""

    def __init__(self, events: Sequence[Happening], names: Names) -> None:
        self._names = names
        self._owner = rows.owners({event.case_id for event in events})
        self._reports = rows.reports({each for event in events if (each := _brought(event))})
        self._photos: dict[int, list[Shown]] = defaultdict(list)
        for photo in rows.photos([report.id for report in self._reports.values()]):
            self._photos[photo.report_id].append(photo)

    def city(self, event: Happening) -> str:
        """The slug of an event's city."""
        return self._names.code("city", self._owner[event.case_id][0])

    def case(self, event: Happening) -> str:
        """The reference of an event's case."""
        return self._owner[event.case_id][1]

    def report(self, event: Happening) -> Told | None:
        """The report that an event brought."""
        named = _brought(event)
        return self._reports.get(named) if named else None

    def fields(self, event: Happening, *, raw: bool = False) -> dict[str, Any]:
        """The fields of an event as it stands in the database; `raw`: unread, as a whole.

        Raises whatever may go wrong with an event whose data is nonsense.
        """
        if raw:
            return entries.as_it_stands(event)
        entries.reference(event)
        report = self.report(event)
        photos = self._photos.get(report.id, ()) if report else ()
        return entries.fields(event, report, photos, self._names)


def _brought(event: Happening) -> str | None:
    """The reference of the report that an event brought, if it names one."""
    try:
        return entries.reference(event)
    except LookupError:
        return None
