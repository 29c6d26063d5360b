"""The facts that figures are made of: a row a case, of ids, times and numbers.

They stay with the city: single cases can be told by them. A fact does not grow old by itself: of an
open case stands what the city's working clock showed when it was opened, so that whoever reckons
takes that from what the clock shows then.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa

from ngoma.base.months import bounds
from ngoma.base.quad import cell
from ngoma.cities.book import Book
from ngoma.insight.partitions import Kind, Made, made
from ngoma.insight.performing import first_answers, late
from ngoma.records.models import State
from ngoma.records.queries import facts
from ngoma.records.queries.facts import Fact

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""When all working clocks showed nothing."""

CELL_ZOOM = 19
"""Zoom of the cells in which repairs are looked at again: some 76 metres wide at the equator."""

_MOMENT = pa.timestamp("us")
SCHEMA = pa.schema(
    [
        ("case", pa.int64()),
        ("opened_at", _MOMENT),
        ("month", pa.int32()),
        ("day", pa.date32()),
        ("hour", pa.int8()),
        ("service", pa.string()),
        ("district", pa.string()),
        ("place", pa.string()),
        ("department", pa.string()),
        ("channel", pa.string()),
        ("language", pa.string()),
        ("reports", pa.int32()),
        ("public", pa.bool_()),
        ("worked", pa.int32()),
        ("answered", pa.int32()),
        ("answer_due", _MOMENT),
        ("answer_late", pa.bool_()),
        ("solved", pa.int32()),
        ("solved_at", _MOMENT),
        ("due", _MOMENT),
        ("solved_late", pa.bool_()),
        ("ended", pa.int32()),
        ("ending", pa.string()),
        ("waiting", pa.bool_()),
        ("reopened", pa.bool_()),
        ("transfers", pa.int16()),
        ("rating", pa.int8()),
        ("cell", pa.int64()),
    ]
)
"""Times are naive UTC; `day` and `hour` those of the city. Codes are the city's, empty for none.
`worked` is the working clock at the opening; `answered`, `solved` and `ended` are minutes of
working time from there to the first answer, to the solution, and to an end without one. `ending` is
`open`, `solved`, `ended` or `unknown`: an older system said that it ended, but not when. Of what is
not `public`, because it is private or was told as such, nobody outside may know the district."""


def clock(book: Book, at: datetime) -> int:
    """What the city's working clock shows: minutes of working time since the year 2000."""
    return int(book.calendar.between(EPOCH, at).total_seconds() // 60)


def rows(book: Book, month: int) -> Iterator[Made]:
    """The facts of the cases that were opened in a month. Streams."""
    for page in facts.pages(book.id, *bounds(month, book.zone), hidden=book.private_services):
        first = first_answers([fact.case_id for fact in page if fact.reopenings])
        for fact in page:
            answered_at = first.get(fact.case_id, fact.answered_at)
            yield made(fact.case_id, partial(_row, book, month, fact, answered_at))


def _row(book: Book, month: int, fact: Fact, answered_at: datetime | None) -> tuple[Any, ...]:
    local = fact.opened_at.astimezone(book.zone)
    service = book.services.get(fact.service_id) if fact.service_id else None
    district = book.district(fact.place_id)
    worked = clock(book, fact.opened_at)

    def taken(at: datetime | None) -> int | None:
        return None if at is None else clock(book, at) - worked

    return (
        *(fact.case_id, _naive(fact.opened_at), month, local.date(), local.hour),
        service.code if service else "",
        *(_code(book.places, district), _code(book.places, fact.place_id)),
        _code(book.departments, fact.department_id),
        *(fact.channel, fact.language, fact.reports),
        fact.public,
        *(worked, taken(answered_at), _naive(fact.answer_due)),
        None if answered_at is None else late(answered_at, fact.answer_due),
        *(taken(fact.resolved_at), _naive(fact.resolved_at), _naive(fact.due)),
        None if fact.resolved_at is None else late(fact.resolved_at, fact.due),
        None if fact.resolved_at else taken(fact.closed_at),
        *(_ending(fact), fact.state == State.WAITING),
        *(fact.reopenings > 0, fact.transfers, fact.rating),
        None if fact.quad is None else cell(fact.quad, CELL_ZOOM),
    )


def _ending(fact: Fact) -> str:
    if fact.resolved_at is not None:
        return "solved"
    if fact.state not in (State.CLOSED, State.REJECTED, State.REFERRED):
        return "open"
    return "ended" if fact.closed_at is not None else "unknown"


def _code(entries: Mapping[int, Any], key: int | None) -> str:
    entry = None if key is None else entries.get(key)
    return entry.code if entry else ""


def _naive(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)


def _reads(book: Book) -> Any:
    return {
        "calendar": book.settings["calendar"],
        "country": book.country,
        "services": [(each.id, each.code, each.public) for each in book.services.values()],
        "places": [(each.id, each.code, each.parent_id) for each in book.places.values()],
        "departments": [(each.id, each.code) for each in book.departments.values()],
    }


CASES = Kind(name="cases", version=2, schema=SCHEMA, rows=rows, reads=_reads)
