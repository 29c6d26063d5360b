"""The queue: what nobody in the city has read yet, danger first, then by the promised answer.

Hot reads. A group is read as a few runs of one index, so that its first rows cost the same however
many wait behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ngoma.records.sql.moments import moment, parameter
from ngoma.records.sql.statements import fetch, marks

GROUPS = ("danger", "today", "new")
"""Danger; to be answered before the day is over; everything else."""
MOST = 1000
"""As far as the queue is counted."""

_URGENCIES = {"danger": (2,), "today": (1, 0), "new": (1, 0)}
_EVER = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


class Row(NamedTuple):
    """A case that waits. `words` are the start of its first report's."""

    id: int
    reference: str
    urgency: int
    answer_due: datetime
    opened_at: datetime
    service_id: int | None
    place_id: int | None
    reports: int
    location: str
    words: str


class Key(NamedTuple):
    """Where a row stands in the queue."""

    group: str
    due: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose queue: of a city, of some departments alone (None: of all); `tonight` ends the day.

    `places`, `language` and `channel` (of the first report) leave less of it, and so does `rule`:
    a rule of special handling that found something in one of the reports.
    """

    city_id: int
    departments: Sequence[int] | None
    tonight: datetime
    places: Sequence[int] | None = None
    language: str = ""
    channel: str = ""
    rule: str = ""

    def key(self, row: Row) -> Key:
        """Where the row stands."""
        return self.place(row.urgency, row.answer_due, row.id)

    def place(self, urgency: int, due: datetime, case_id: int) -> Key:
        """Where a case with this urgency and promise stands."""
        group = "danger" if urgency == 2 else "today" if due < self.tonight else "new"
        return Key(group, due, case_id)


_RUN = """
SELECT * FROM (
    SELECT c.id, c.answer_due FROM records_case c {told}
    WHERE c.city_id = %s AND c.state = 'received' AND c.urgency = %s
      AND c.answer_due >= %s AND c.answer_due < %s {more}
    ORDER BY c.answer_due, c.id LIMIT %s) AS run{number}
"""
_ROWS = """
SELECT c.id, c.reference, c.urgency, c.answer_due, c.opened_at, c.service_id, c.place_id,
       c.reports_count, COALESCE(r.location, ''), COALESCE(substr(r.words, 1, 160), '')
FROM ({runs}) AS waiting
JOIN records_case c ON c.id = waiting.id
LEFT JOIN records_report r ON r.reference = c.reference
ORDER BY c.answer_due, c.id LIMIT %s
"""
_FLAGGED = """
AND EXISTS (SELECT 1 FROM records_report t JOIN records_proposal p ON p.report_id = t.id
            WHERE t.case_id = c.id AND CAST(p.flags AS TEXT) LIKE %s)"""
_THESE = """
SELECT c.id, c.reference, c.urgency, c.answer_due, c.opened_at, c.service_id, c.place_id,
       c.reports_count, COALESCE(f.location, ''), COALESCE(substr(f.words, 1, 160), '')
FROM records_case c LEFT JOIN records_report f ON f.reference = c.reference {told}
WHERE c.city_id = %s AND c.state = 'received' {more} AND c.id IN ({ids})
"""
_COUNT = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM records_case c {told}
    WHERE c.city_id = %s AND c.state = 'received' AND c.urgency IN ({urgencies})
      AND c.answer_due >= %s AND c.answer_due < %s {more} LIMIT %s) AS counted
"""


def page(waiting: Waiting, *, after: Key | None = None, limit: int = 50) -> list[Row]:
    """The next rows of the queue, group by group."""
    rows: list[Row] = []
    start = GROUPS.index(after.group) if after else 0
    for group in GROUPS[start:]:
        if len(rows) < limit:
            within = after if after and after.group == group else None
            rows += _group(waiting, group, within, limit - len(rows))
    return rows


def these(waiting: Waiting, ids: Sequence[int]) -> list[Row]:
    """Those of the cases that wait in this queue."""
    more, parameters = _narrowed(waiting)
    sql = _THESE.format(told=_told(waiting), more=more, ids=marks(ids))
    found = fetch(sql, [waiting.city_id, *parameters, *ids])
    return [_row(row) for row in found]


def counts(waiting: Waiting) -> dict[str, int]:
    """How many wait in each group; more than `MOST` are not counted."""
    parts, parameters = [], []
    for group in GROUPS:
        more, narrowed = _narrowed(waiting)
        urgencies = ", ".join(str(each) for each in _URGENCIES[group])
        count = _COUNT.format(told=_told(waiting), urgencies=urgencies, more=more)
        parts.append(f"({count})")
        parameters += [waiting.city_id, *_span(waiting, group), *narrowed, MOST + 1]
    (found,) = fetch(f"SELECT {', '.join(parts)}", parameters)
    return dict(zip(GROUPS, found, strict=True))


def _group(waiting: Waiting, group: str, after: Key | None, limit: int) -> list[Row]:
    more, narrowed = _narrowed(waiting)
    if after is not None:
        more += " AND (c.answer_due, c.id) > (%s, %s)"
        narrowed = [*narrowed, parameter(after.due), after.id]
    runs, parameters = [], []
    for number, urgency in enumerate(_URGENCIES[group]):
        runs.append(_RUN.format(told=_told(waiting), more=more, number=number))
        span = _span(waiting, group)
        parameters += [waiting.city_id, urgency, *span, *narrowed, limit]
    sql = _ROWS.format(runs=" UNION ALL ".join(runs))
    return [_row(row) for row in fetch(sql, [*parameters, limit])]


def _span(waiting: Waiting, group: str) -> tuple[Any, Any]:
    first, last = _EVER
    span = {
        "danger": (first, last),
        "today": (first, waiting.tonight),
        "new": (waiting.tonight, last),
    }
    start, end = span[group]
    return parameter(start), parameter(end)


def _told(waiting: Waiting) -> str:
    """The first report too, where something is asked of it."""
    asked = waiting.language or waiting.channel
    return "JOIN records_report r ON r.reference = c.reference" if asked else ""


def _narrowed(waiting: Waiting) -> tuple[str, list[Any]]:
    """The conditions that leave less of a queue."""
    more = ""
    parameters: list[Any] = []
    for column, ids in (("department_id", waiting.departments), ("place_id", waiting.places)):
        if ids is not None:
            more += f" AND c.{column} IN ({marks(ids)})"
            parameters += list(ids)
    for column, value in (("language", waiting.language), ("channel", waiting.channel)):
        if value:
            more += f" AND r.{column} = %s"
            parameters.append(value)
    if waiting.rule:
        more += _FLAGGED
        parameters.append(f'%"rule": "{waiting.rule}"%')
    return more, parameters


def _row(values: Sequence[Any]) -> Row:
    row = list(values)
    row[3], row[4] = moment(row[3]), moment(row[4])
    return Row(*row)
