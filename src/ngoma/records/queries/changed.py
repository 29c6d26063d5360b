"""In which months of a city something changed: by the events after a mark."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Min

from ngoma.records.models import Case, Report
from ngoma.records.sql.moments import known_moment
from ngoma.records.sql.statements import fetch
from ngoma.records.sql.transactions import after, settled

PAGE = 5000


class Mark(NamedTuple):
    """The last event that somebody read, in the order in which events are read."""

    transaction: int = 0
    event: int = 0


class Changes(NamedTuple):
    """What a page of events tells of one city: the last of them, and moments of opening."""

    mark: Mark
    moments: set[datetime]


_NEWEST = """
SELECT "transaction", id FROM records_event WHERE "transaction" < %s
ORDER BY "transaction" DESC, id DESC LIMIT 1
"""

_PAGE = """
SELECT e."transaction", e.id, e.case_id, c.city_id, c.opened_at FROM (
    SELECT "transaction", id, case_id FROM records_event WHERE {after} AND "transaction" < %s
    ORDER BY "transaction", id LIMIT %s
) e JOIN records_case c ON c.id = e.case_id ORDER BY e."transaction", e.id
"""


def newest() -> Mark:
    """The newest event before which none can still appear."""
    rows = fetch(_NEWEST, [settled()])
    return Mark(*rows[0]) if rows else Mark()


def since(city_id: int, mark: Mark) -> Iterator[Changes]:
    """The changes of a city after a mark, page by page: when the cases that something happened to
    were opened, and when each of their reports came.

    It ends before any transaction that is still open: its events come the next time.
    """
    while True:
        page = fetch(_PAGE.format(after=after()), [*mark, settled(), PAGE])
        if not page:
            return
        mark = Mark(*page[-1][:2])
        own = [row for row in page if row[3] == city_id]
        opened = {known_moment(row[4]) for row in own}
        yield Changes(mark, opened | _came({row[2] for row in own}))


def moments(cases: Collection[int]) -> set[datetime]:
    """When cases were opened, and when each of their reports came."""
    opened = Case.objects.filter(pk__in=cases).values_list("opened_at", flat=True)
    return set(opened) | _came(cases)


def _came(cases: Collection[int]) -> set[datetime]:
    reports = Report.objects.filter(case__in=cases)
    return set(reports.order_by().values_list("received_at", flat=True).distinct())


def extent(city_id: int) -> tuple[datetime, datetime] | None:
    """The first and the last moment at which a case was opened or a report came; None: never."""
    cases = Case.objects.filter(city=city_id).aggregate(Min("opened_at"), Max("opened_at"))
    reports = Report.objects.filter(city=city_id).aggregate(Min("received_at"), Max("received_at"))
    found = [at for at in (*cases.values(), *reports.values()) if at is not None]
    return (min(found), max(found)) if found else None
