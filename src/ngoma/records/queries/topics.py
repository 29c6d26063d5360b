"""What reports say in public, as the comparison of words wants it; and the words that rise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import Topic
from ngoma.records.queries.visible import visible
from ngoma.records.sql.moments import known_moment, parameter
from ngoma.records.sql.statements import fetch

UNKNOWN = "und"
"""Stands for the language where none is known."""

_LETTERS = 1000
"""Of a text that are compared."""


class Told(NamedTuple):
    """A report that is published: its language, case, when it came, the beginning of its words."""

    language: str
    case_id: int
    at: datetime
    words: str


_TOLD = """
SELECT {columns} FROM records_report r
JOIN records_case c ON c.id = r.case_id
WHERE r.city_id = %s AND r.received_at >= %s AND r.received_at < %s AND r.public_words <> ''
  AND c.state <> 'rejected' AND {visible} {condition}
"""
_COLUMNS = f"r.language, r.case_id, r.received_at, substr(r.public_words, 1, {_LETTERS})"


def told(
    city_id: int, since: datetime, until: datetime, *, hidden: Sequence[int], most: int
) -> list[Told]:
    """The newest published reports of a time, the newest first, without those that came from an
    older system. `hidden` are the services that are not public."""
    sql, parameters = _asked(_COLUMNS, city_id, since, until, hidden, "AND r.channel <> 'import'")
    rows = fetch(f"{sql} ORDER BY r.received_at DESC, r.id DESC LIMIT %s", [*parameters, most])
    return [_told(row) for row in rows]


def told_before(
    city_id: int, since: datetime, until: datetime, *, hidden: Sequence[int], most: int
) -> list[Told]:
    """The published reports of a time; of more than `most` each second, third and so on."""
    sql, parameters = _asked("COUNT(*)", city_id, since, until, hidden)
    every = fetch(sql, parameters)[0][0] // most + 1
    sql, parameters = _asked(_COLUMNS, city_id, since, until, hidden, "AND r.id %% %s = 0")
    return [_told(row) for row in fetch(sql, [*parameters, every])]


def rising(city_id: int) -> list[Topic]:
    """The words that rose when they were looked at last, by language, the surest first."""
    return list(Topic.objects.filter(city=city_id).order_by("language", "-z", "words"))


def _asked(
    columns: str,
    city_id: int,
    since: datetime,
    until: datetime,
    hidden: Sequence[int],
    condition: str = "",
) -> tuple[str, list[Any]]:
    seen, parameters = visible(hidden)
    sql = _TOLD.format(columns=columns, visible=seen, condition=condition)
    return sql, [city_id, parameter(since), parameter(until), *parameters]


def _told(row: Sequence[Any]) -> Told:
    language, case_id, at, words = row
    return Told(language or UNKNOWN, case_id, known_moment(at), words)
