"""The reports of a city in the order in which they came, for open data: in pages, by key."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.queries.visible import ANSWER, Answer, answer, visible
from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import fetch, marks

PAGE = 1000


class Row(NamedTuple):
    """A report with the case it belongs to now. Words, address and what was told are empty where
    not `public`; the position is exact all the same."""

    report_id: int
    reference: str
    received_at: datetime
    channel: str
    public: bool
    words: str
    location: str
    lat: float | None
    lon: float | None
    state: str
    service_id: int | None
    place_id: int | None
    department_id: int | None
    due: datetime | None
    updated_at: datetime
    closed_at: datetime | None
    told: Answer | None
    case_id: int


_PAGE = """
SELECT r.id, r.reference, r.received_at, r.channel, {visible},
       CASE WHEN {visible} THEN r.public_words ELSE '' END,
       CASE WHEN {visible} THEN r.public_location ELSE '' END, r.lat, r.lon,
       c.state, c.service_id, c.place_id, c.department_id, c.due, c.updated_at,
       COALESCE(c.resolved_at, c.closed_at),
       CASE WHEN {visible} THEN {answer} END, c.id
FROM records_report r JOIN records_case c ON c.id = r.case_id
WHERE r.city_id = %s AND r.received_at >= %s AND r.received_at < %s
  AND (r.received_at, r.id) > (%s, %s)
ORDER BY r.received_at, r.id LIMIT %s
"""


def rows(
    city_id: int,
    since: datetime,
    before: datetime,
    *,
    hidden: Sequence[int],
    telling: Sequence[str],
) -> Iterator[Row]:
    """The reports that came in a stretch of time; `hidden` are the services that are not public,
    `telling` the kinds of event whose text is the city's answer."""
    public, parameters = visible(hidden)
    sql = _PAGE.format(visible=public, answer=ANSWER.format(telling=marks(telling)))
    shown = [*parameters * 4, *telling]
    stretch = parameter(since), parameter(before)
    last: tuple[Any, int] = (stretch[0], 0)
    while True:
        page = fetch(sql, [*shown, city_id, *stretch, *last, PAGE])
        yield from map(_row, page)
        if len(page) < PAGE:
            return
        last = page[-1][2], page[-1][0]


def _row(row: Sequence[Any]) -> Row:
    values = list(row)
    for place in (2, 13, 14, 15):
        values[place] = moment(values[place])
    values[4] = bool(values[4])
    values[16] = answer(values[16])
    return Row(*values)
