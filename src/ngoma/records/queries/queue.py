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
    """Whose queue: of a city, of some departments alone (None: of all); `tonight` ends the day."""

    city_id: int
    departments: Sequence[int] | None
    tonight: datetime

    def key(self, row: Row) -> Key:
        """Where the row stands."""
        return self.place(row.urgency, row.answer_due, row.id)

    def place(self, urgency: int, due: datetime, case_id: int) -> Key:
        """Where a case with this urgency and promise stands."""
        group = "danger" if urgency == 2 else "today" if due < self.tonight else "new"
        return Key(group, due, case_id)


_RUN = """
SELECT * FROM (
    SELECT c.id, c.answer_due FROM records_case c
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
_COUNT = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM records_case c
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


def counts(waiting: Waiting) -> dict[str, int]:
    """How many wait in each group; more than `MOST` are not counted."""
    parts, parameters = [], []
    for group in GROUPS:
        more, departments = _departments(waiting)
        urgencies = ", ".join(str(each) for each in _URGENCIES[group])
        parts.append(f"({_COUNT.format(urgencies=urgencies, more=more)})")
        parameters += [waiting.city_id, *_span(waiting, group), *departments, MOST + 1]
    (found,) = fetch(f"SELECT {', '.join(parts)}", parameters)
    return dict(zip(GROUPS, found, strict=True))


def _group(waiting: Waiting, group: str, after: Key | None, limit: int) -> list[Row]:
    more, departments = _departments(waiting)
    if after is not None:
        more += " AND (c.answer_due, c.id) > (%s, %s)"
        departments = [*departments, parameter(after.due), after.id]
    runs, parameters = [], []
    for number, urgency in enumerate(_URGENCIES[group]):
        runs.append(_RUN.format(more=more, number=number))
        span = _span(waiting, group)
        parameters += [waiting.city_id, urgency, *span, *departments, limit]
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


def _departments(waiting: Waiting) -> tuple[str, list[Any]]:
    if waiting.departments is None:
        return "", []
    condition = f"AND c.department_id IN ({marks(waiting.departments)})"
    return condition, list(waiting.departments)


def _row(values: Sequence[Any]) -> Row:
    row = list(values)
    row[3], row[4] = moment(row[3]), moment(row[4])
    return Row(*row)
