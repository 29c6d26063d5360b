"""Opening a case for a first report, and joining a case that is already known.

Both are entered with the case as it is then, for the report to be written: what follows depends on
who told it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from ngoma.base.clock import now
from ngoma.casework import consequences
from ngoma.casework.change import Change, change
from ngoma.casework.deadlines import dues
from ngoma.cities.book import Book
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Urgency


@contextmanager
def open_case(
    *,
    actor: Actor,
    book: Book,
    reference: str,
    channel: str,
    service_id: int | None,
    place_id: int | None,
    lat: float | None,
    lon: float | None,
    at: datetime | None = None,
) -> Iterator[Case]:
    """Open a case: routed to its owner, with its first promises. `reference` is its first report's.

    Anybody may: reporting needs no permission.
    """
    at = at or now()
    service = book.services.get(service_id) if service_id else None
    urgency = service_urgency(service.danger if service else "")
    case = Case(city_id=book.id, reference=reference, version=0)
    with transaction.atomic(savepoint=False):  # without its case a report is not accepted either
        held = Change(case, actor, at)
        held.append(
            "opened",
            reference=reference,
            channel=channel,
            service=service_id,
            place=place_id,
            department=book.owner(service_id, place_id),
            urgency=urgency,
            public=service.public if service else True,
            lat=lat,
            lon=lon,
            **dues(book, service_id, urgency, at).data(),
        )
        held.write()
        yield case
        consequences.follow(held.events)


@contextmanager
def join(
    *, actor: Actor, case_id: int, reference: str, at: datetime | None = None
) -> Iterator[Case]:
    """One more voice for a known problem: `reference` is the new report's."""
    with change("join", actor=actor, case_id=case_id, at=at) as held:
        held.append("joined", reference=reference)
        yield held.case


def service_urgency(danger: str) -> int:
    """How urgent a report of a service is of itself; `danger` as the pack says it."""
    return {"now": Urgency.NOW, "soon": Urgency.SOON}.get(danger, Urgency.NO)
