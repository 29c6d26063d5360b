"""The work of a city: cases by what is asked of them, and how much each department has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import ACTIVE, OPEN
from ngoma.records.queries.members import full_name
from ngoma.records.sql.moments import known_moment, moment, parameter
from ngoma.records.sql.statements import fetch, literals, marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which cases: all that are not None have to hold. Open ones come by the promised date,
    others by their last change; `late_at` leaves only what is late then, `tasked` what has an open
    part for one of these departments, `transfers` what was passed on as often."""

    city_id: int
    states: Sequence[str]
    departments: Sequence[int] | None = None
    services: Sequence[int] | None = None
    places: Sequence[int] | None = None
    assignee: int | None = None
    ids: Sequence[int] | None = None
    late_at: datetime | None = None
    tasked: Sequence[int] | None = None
    transfers: int = 0

    @property
    def by_due(self) -> bool:
        """Whether every state asked for is an open one."""
        return set(self.states) <= set(OPEN)


class Row(NamedTuple):
    """A case in the list."""

    id: int
    reference: str
    state: str
    urgency: int
    service_id: int | None
    place_id: int | None
    department_id: int | None
    due: datetime | None
    updated_at: datetime
    reports: int
    assignee: str
    words: str


class Load(NamedTuple):
    """The open cases of a department."""

    department_id: int
    new: int
    accepted: int
    working: int
    waiting: int
    late: int
    today: int


_PAGE = """
SELECT c.id, c.reference, c.state, c.urgency, c.service_id, c.place_id, c.department_id, c.due,
       c.updated_at, c.reports_count, u.first_name, u.last_name, u.username,
       COALESCE(substr(r.words, 1, 160), '')
FROM records_case c
LEFT JOIN records_report r ON r.reference = c.reference
LEFT JOIN records_user u ON u.id = c.assignee_id
WHERE {conditions} ORDER BY {order} LIMIT %s
"""
# One run of the index for each state: what is due first is found without sorting all that is open.
_FIRST_DUE = """
SELECT id FROM (
    SELECT c.id FROM records_case c WHERE {conditions} AND c.state = %s
    ORDER BY c.due, c.id LIMIT {limit}
) AS first_due"""
# A run of the index for each number: what has ended is not looked at.
_COUNT = """(SELECT COUNT(*) FROM records_case c
  WHERE c.city_id = d.city_id AND c.department_id = d.id AND {condition})"""
_ACTIVE = f"c.state IN ({literals(ACTIVE)})"
_NUMBERS = (
    *(f"c.state = '{state}'" for state in OPEN),
    f"{_ACTIVE} AND c.due < %s",
    f"{_ACTIVE} AND c.due >= %s AND c.due < %s",
)
_LOADS = """
SELECT d.id, {numbers} FROM records_department d WHERE d.city_id = %s {departments}
"""

Key = tuple[datetime, int]


def page(
    asked: Asked, *, after: Key | None = None, limit: int = 50
) -> tuple[list[Row], Key | None]:
    """The cases after a key, and the key of the next page."""
    conditions, parameters = _conditions(asked)
    column, direction, sign = ("c.due", "", ">") if asked.by_due else ("c.updated_at", "DESC", "<")
    if after is not None:
        conditions.append(f"({column}, c.id) {sign} (%s, %s)")
        parameters += [parameter(after[0]), after[1]]
    states = [str(state) for state in asked.states]
    if asked.by_due:
        run = _FIRST_DUE.format(conditions=" AND ".join(conditions), limit=limit + 1)
        conditions = [f"c.id IN ({' UNION ALL '.join([run] * len(states)) or 'NULL'})"]
        parameters = [value for state in states for value in (*parameters, state)]
    else:
        conditions.append(f"c.state IN ({marks(states)})")
        parameters += states
    sql = _PAGE.format(
        conditions=" AND ".join(conditions),
        order=f"{column} {direction}, c.id {direction}",
    )
    rows = [_row(row) for row in fetch(sql, [*parameters, limit + 1])]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    at = last.due if asked.by_due else last.updated_at
    return rows[:limit], (at, last.id) if at else None


def loads(
    city_id: int, departments: Sequence[int] | None, *, at: datetime, tonight: datetime
) -> list[Load]:
    """How many open cases each department has, and how many of them are late or due today."""
    only, parameters = "", []
    if departments is not None:
        only = f"AND d.id IN ({marks(departments)})"
        parameters = list(departments)
    times = [parameter(at), parameter(at), parameter(tonight)]
    numbers = ", ".join(_COUNT.format(condition=each) for each in _NUMBERS)
    sql = _LOADS.format(numbers=numbers, departments=only)
    found = fetch(sql, [*times, city_id, *parameters])
    return [load for load in (Load(*row) for row in found) if any(load[1:])]


def _conditions(asked: Asked) -> tuple[list[str], list[Any]]:
    """What is asked for, but for the states."""
    conditions = ["c.city_id = %s"]
    parameters: list[Any] = [asked.city_id]
    for column, ids in (
        ("department_id", asked.departments),
        ("service_id", asked.services),
        ("place_id", asked.places),
        ("id", asked.ids),
    ):
        if ids is not None:
            conditions.append(f"c.{column} IN ({marks(ids)})")
            parameters += ids
    if asked.assignee is not None:
        conditions.append("c.assignee_id = %s")
        parameters.append(asked.assignee)
    if asked.tasked is not None:
        part = "SELECT t.case_id FROM records_task t WHERE t.open AND t.department_id IN"
        conditions.append(f"c.id IN ({part} ({marks(asked.tasked)}))")
        parameters += asked.tasked
    if asked.transfers:
        conditions.append("c.transfers >= %s")
        parameters.append(asked.transfers)
    if asked.late_at is not None:
        conditions.append("c.state <> 'waiting' AND c.due < %s")
        parameters.append(parameter(asked.late_at))
    return conditions, parameters


def _row(values: Sequence[Any]) -> Row:
    *told, first, last, username, words = values
    row = Row._make([*told, full_name(first, last, username), words])
    return row._replace(due=moment(row.due), updated_at=known_moment(row.updated_at))
