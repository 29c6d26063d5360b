"""What there is to watch: jobs that wait, readers that are behind, messages on their way, dates
that have passed. Each question has an index that holds little else, for it is asked all day."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from ngoma.records.models import ACTIVE, OPEN, Bookmark
from ngoma.records.sql.moments import known_moment, moment, parameter
from ngoma.records.sql.statements import fetch, literals, marks
from ngoma.records.sql.transactions import after

MOST_EVENTS = 100_000
"""A reader that is farther behind is said to be so far."""

MOST_NOTICES = 10_000
"""As many of the messages sent last tell how long messages take."""


class Jobs(NamedTuple):
    """Jobs of a kind: due, for later, given up; `oldest` is since when one is due."""

    kind: str
    due: int
    later: int
    parked: int
    oldest: datetime | None


class Reader(NamedTuple):
    """A reader of all events: its bookmark, events after it, and when the first happened."""

    name: str
    event: int
    behind: int
    since: datetime | None


class Waiting(NamedTuple):
    """Messages of a channel in a state in which they have not surely reached the provider: all of
    them, those made since a moment, and the oldest."""

    state: str
    channel: str
    notices: int
    lately: int
    oldest: datetime


class Standing(NamedTuple):
    """Cases of a city on which the city has to act, and how many of them are past their date."""

    city_id: int
    open: int
    late: int


_JOBS = """
SELECT kind,
       SUM(CASE WHEN parked_at IS NULL AND run_at <= %s THEN 1 ELSE 0 END),
       SUM(CASE WHEN parked_at IS NULL AND run_at > %s THEN 1 ELSE 0 END),
       SUM(CASE WHEN parked_at IS NULL THEN 0 ELSE 1 END),
       MIN(CASE WHEN parked_at IS NULL AND run_at <= %s THEN run_at END)
FROM records_job GROUP BY kind ORDER BY kind
"""
_BEHIND = """
SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM records_event WHERE {after} LIMIT %s) few),
       (SELECT at FROM records_event WHERE {after} ORDER BY "transaction", id LIMIT 1)
"""
_SENT = """
SELECT channel, created_at, sent_at FROM records_notice
WHERE sent_at IS NOT NULL AND sent_at >= %s ORDER BY sent_at DESC LIMIT %s
"""
_NOT_SENT = """
SELECT state, channel, COUNT(*), SUM(CASE WHEN created_at >= %s THEN 1 ELSE 0 END), MIN(created_at)
FROM records_notice WHERE state IN ('queued', 'sending', 'failed', 'unsure')
GROUP BY state, channel ORDER BY state, channel
"""
_STANDING = """
SELECT city_id, COUNT(*), SUM(CASE WHEN state IN ({active}) AND due < %s THEN 1 ELSE 0 END)
FROM records_case WHERE city_id IN ({cities}) AND state IN ({open})
GROUP BY city_id ORDER BY city_id
"""


def jobs(at: datetime) -> list[Jobs]:
    """The queue, kind by kind."""
    rows = fetch(_JOBS, [parameter(at)] * 3)
    return [Jobs._make((*counts, moment(oldest))) for *counts, oldest in rows]


def readers() -> list[Reader]:
    """All readers that have begun. Most have the same bookmark, which is asked about once."""
    found = Bookmark.objects.order_by("reader").values_list("reader", "transaction", "event")
    marked = [(name, (transaction, event)) for name, transaction, event in found]
    behind = {mark: _behind(mark) for mark in {mark for _, mark in marked}}
    return [Reader(name, mark[1], *behind[mark]) for name, mark in marked]


def sent(since: datetime) -> list[tuple[str, float]]:
    """Channel, and seconds between making and sending, of the last messages since a moment."""
    return [
        (channel, (known_moment(end) - known_moment(start)).total_seconds())
        for channel, start, end in fetch(_SENT, [parameter(since), MOST_NOTICES])
    ]


def not_sent(since: datetime) -> list[Waiting]:
    """Messages that wait, failed or may not have been sent, by state and channel."""
    rows = fetch(_NOT_SENT, [parameter(since)])
    return [Waiting._make((*counts, known_moment(oldest))) for *counts, oldest in rows]


def standing(cities: Collection[int], at: datetime) -> list[Standing]:
    """How the open cases of cities stand; a city without any is left out."""
    sql = _STANDING.format(active=literals(ACTIVE), open=literals(OPEN), cities=marks(cities))
    return [Standing(*row) for row in fetch(sql, [parameter(at), *cities])]


def _behind(mark: Sequence[int]) -> tuple[int, datetime | None]:
    ((count, at),) = fetch(_BEHIND.format(after=after()), [*mark, MOST_EVENTS, *mark])
    return count, moment(at)
