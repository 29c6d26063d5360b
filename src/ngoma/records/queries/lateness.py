"""Cases for which it is time: what is late, what reminds, and what may be closed.

Each question has an index of its own that holds the few cases it can be about, so it costs the same
in a city of a million cases. The conditions stand here word for word as in those indexes, because
SQLite takes a partial index only then.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from ngoma.records.models.case import ACTIVE
from ngoma.records.sql.moments import known_moment, parameter
from ngoma.records.sql.statements import fetch, literals

AT_ONCE = 100
"""As many cases are found in one go."""

_LATE = """
SELECT {column}, id FROM records_case
WHERE {condition} AND state IN ({active}) AND {column} < %s AND ({column}, id) > (%s, %s)
ORDER BY {column}, id LIMIT %s
"""
_FINISHED = """
SELECT {column}, id FROM records_case
WHERE state = '{state}' AND city_id = %s AND {column} < %s AND ({column}, id) > (%s, %s)
ORDER BY {column}, id LIMIT %s
"""
REMINDING = """
SELECT at, case_id FROM records_nextreminder
WHERE at <= %s AND (at, case_id) > (%s, %s) ORDER BY at, case_id LIMIT %s
"""
UNANSWERED = _LATE.format(
    column="answer_due",
    condition="answered_at IS NULL AND escalation < 1",
    active=literals(ACTIVE),
)
UNSOLVED = _LATE.format(column="due", condition="escalation < 2", active=literals(ACTIVE))
RESOLVED = _FINISHED.format(column="resolved_at", state="resolved")
WAITING = _FINISHED.format(column="paused_at", state="waiting")


class Timely(NamedTuple):
    """A case, and the moment since when it is time for it."""

    since: datetime
    case_id: int


START = Timely(datetime(1, 1, 1, tzinfo=UTC), 0)
"""Before all cases."""


def unanswered(at: datetime, after: Timely) -> list[Timely]:
    """Cases whose first answer is late and was not yet called so, the oldest promise first."""
    return _found(UNANSWERED, [parameter(at)], after)


def unsolved(at: datetime, after: Timely) -> list[Timely]:
    """Cases whose solution is late and was not yet called so."""
    return _found(UNSOLVED, [parameter(at)], after)


def resolved(city_id: int, before: datetime, after: Timely) -> list[Timely]:
    """Cases of a city that were resolved before a moment and are not closed."""
    return _found(RESOLVED, [city_id, parameter(before)], after)


def waiting(city_id: int, before: datetime, after: Timely) -> list[Timely]:
    """Cases of a city that have waited for their reporters since before a moment."""
    return _found(WAITING, [city_id, parameter(before)], after)


def reminding(at: datetime, after: Timely) -> list[Timely]:
    """Cases that have reached a rung of their ladder."""
    return _found(REMINDING, [parameter(at)], after)


def _found(sql: str, parameters: list[object], after: Timely) -> list[Timely]:
    rows = fetch(sql, [*parameters, parameter(after.since), after.case_id, AT_ONCE])
    return [Timely(known_moment(since), case_id) for since, case_id in rows]
