"""The cases that were opened in a stretch of time, as figures are made of them: in pages."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import State
from ngoma.records.queries.visible import open_case
from ngoma.records.sql.moments import known_moment, moment, parameter
from ngoma.records.sql.statements import fetch

PAGE = 2000


class Fact(NamedTuple):
    """What is known of a case; channel and language are those of its first report."""

    case_id: int
    opened_at: datetime
    state: str
    service_id: int | None
    place_id: int | None
    department_id: int | None
    channel: str
    language: str
    reports: int
    answered_at: datetime | None
    answer_due: datetime | None
    resolved_at: datetime | None
    due: datetime | None
    closed_at: datetime | None
    reopenings: int
    transfers: int
    rating: int | None
    quad: int | None
    public: bool
    """Whether everybody may know of its place."""


_PAGE = """
SELECT c.id, c.opened_at, c.state, c.service_id, c.place_id, c.department_id,
       COALESCE(r.channel, ''), COALESCE(r.language, ''), c.reports_count,
       c.answered_at, c.answer_due, c.resolved_at, c.due, c.closed_at,
       c.reopenings, c.transfers, c.rating, c.quad, {public}
FROM records_case c LEFT JOIN records_report r ON r.reference = c.reference
WHERE c.city_id = %s AND (c.opened_at, c.id) > (%s, %s) AND c.opened_at < %s AND c.state <> %s
ORDER BY c.opened_at, c.id LIMIT %s
"""


def pages(
    city_id: int, first: datetime, after: datetime, *, hidden: Sequence[int]
) -> Iterator[list[Fact]]:
    """The cases opened from one moment until before another; what was merged is not among them.
    `hidden` are the services that are not public."""
    public, parameters = open_case(hidden)
    sql = _PAGE.format(public=public)
    last: tuple[Any, int] = parameter(first), 0
    while True:
        found = fetch(sql, [*parameters, city_id, *last, parameter(after), State.MERGED, PAGE])
        if found:
            yield [_fact(row) for row in found]
        if len(found) < PAGE:
            return
        last = parameter(known_moment(found[-1][1])), found[-1][0]


def _fact(row: Sequence[Any]) -> Fact:
    values = list(row)
    values[1] = known_moment(values[1])
    for place in range(9, 14):
        values[place] = moment(values[place])
    values[18] = bool(values[18])
    return Fact(*values)
