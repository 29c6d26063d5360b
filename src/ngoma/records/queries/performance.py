"""The kept figures of a city's work, by month, service, place or department; loads of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import OPEN
from ngoma.records.queries.members import full_name
from ngoma.records.sql.counts import SPANS, WORK
from ngoma.records.sql.moments import parameter
from ngoma.records.sql.statements import fetch, literals, marks

BY = ("month", "service", "place", "department")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of which cases: opened from one month to another; None or 0: of all."""

    city_id: int
    first: int
    last: int
    departments: Sequence[int] | None = None
    service: int = 0
    places: Sequence[int] | None = None


class Work(NamedTuple):
    """Sums under one key. `stars` from one to five."""

    key: int
    cases: int
    answered: int
    answered_late: int
    solved: int
    solved_late: int
    reopened: int
    transfers: int
    passed_on: int
    stars: tuple[int, ...]


class Load(NamedTuple):
    """The open cases of a person."""

    username: str
    name: str
    open: int
    late: int
    week: int


_LOADS = """
SELECT u.id, u.first_name, u.last_name, u.username, COUNT(*),
       SUM(CASE WHEN c.state <> 'waiting' AND c.due < %s THEN 1 ELSE 0 END),
       SUM(CASE WHEN c.due >= %s AND c.due < %s THEN 1 ELSE 0 END)
FROM records_case c JOIN records_user u ON u.id = c.assignee_id
WHERE c.city_id = %s AND c.assignee_id IS NOT NULL AND c.state IN ({open}) {only}
GROUP BY u.id ORDER BY 6 DESC, 5 DESC, u.id
"""


def work(asked: Asked, by: str) -> list[Work]:
    """The sums for each key of one kind (of `BY`)."""
    sums = ", ".join(f"CAST(SUM({name}) AS bigint)" for name in WORK.sums)
    conditions, parameters = _conditions(asked)
    sql = f"SELECT {by}, {sums} FROM {WORK.name} WHERE {conditions} GROUP BY {by} ORDER BY {by}"  # noqa: S608 - ours
    return [Work._make([*row[:9], tuple(row[9:])]) for row in fetch(sql, parameters)]


def spans(asked: Asked, by: str) -> dict[tuple[int, int], dict[int, int]]:
    """How many cases are in each bucket, by the key and by which time (1 answer, 2 solution)."""
    conditions, parameters = _conditions(asked)
    sql = f"""SELECT {by}, which, bucket, CAST(SUM(cases) AS bigint) FROM {SPANS.name}
              WHERE {conditions} GROUP BY {by}, which, bucket"""  # noqa: S608 - ours
    found: dict[tuple[int, int], dict[int, int]] = {}
    for key, which, bucket, cases in fetch(sql, parameters):
        found.setdefault((key, which), {})[bucket] = cases
    return found


def loads(
    city_id: int,
    *,
    departments: Sequence[int] | None,
    user_id: int | None,
    at: datetime,
    week: datetime,
) -> list[Load]:
    """The open cases of each person, who has most late ones first; `user_id`: of one alone."""
    only, parameters = "", [parameter(at), parameter(at), parameter(week), city_id]
    if departments is not None:
        only += f" AND c.department_id IN ({marks(departments)})"
        parameters += departments
    if user_id is not None:
        only += " AND c.assignee_id = %s"
        parameters.append(user_id)
    rows = fetch(_LOADS.format(open=literals(OPEN), only=only), parameters)
    return [Load(row[3], full_name(*row[1:4]), *row[4:]) for row in rows]


def _conditions(asked: Asked) -> tuple[str, list[Any]]:
    conditions = "city_id = %s AND month BETWEEN %s AND %s"
    parameters: list[Any] = [asked.city_id, asked.first, asked.last]
    for column, ids in (("department", asked.departments), ("place", asked.places)):
        if ids is not None:
            conditions += f" AND {column} IN ({marks(ids)})"
            parameters += ids
    if asked.service:
        conditions += " AND service = %s"
        parameters.append(asked.service)
    return conditions, parameters
