"""Sums of the kept counts, by place: how cases stand there, and how it went month by month."""

from collections.abc import Sequence
from typing import NamedTuple

from ngoma.records.models import Kind
from ngoma.records.sql.statements import fetch, marks

_STANDING = """
SELECT service, CAST(SUM(CASE WHEN kind IN ({open}) THEN cases ELSE 0 END) AS BIGINT),
       CAST(SUM(CASE WHEN kind = {fixed} THEN days_365 ELSE 0 END) AS BIGINT)
FROM records_count WHERE city_id = %s AND cell = 0 AND place IN ({places}) GROUP BY service
"""
_OPEN = """
SELECT place, CAST(SUM(cases) AS BIGINT) FROM records_count
WHERE city_id = %s AND cell = 0 AND place IN ({places}) AND kind IN ({open}) GROUP BY place
"""
_MONTHS = """
SELECT month, CAST(SUM(opened) AS BIGINT), CAST(SUM(fixed) AS BIGINT) FROM records_month
WHERE city_id = %s AND place IN ({places}) AND month >= %s GROUP BY month
"""
_KINDS = {"open": f"{Kind.OPEN:d}, {Kind.LATE:d}", "fixed": f"{Kind.FIXED:d}"}


class Standing(NamedTuple):
    """Of one service (0: not said): the open, and those of the last year that were fixed."""

    service_id: int
    open: int
    fixed: int


class Month(NamedTuple):
    """What was opened and what was fixed in a month, counted from the year 0."""

    month: int
    opened: int
    fixed: int


def standing(city_id: int, place_ids: Sequence[int]) -> list[Standing]:
    """How the public cases in exactly these places stand, by service."""
    sql = _STANDING.format(places=marks(place_ids), **_KINDS)
    return [Standing(*row) for row in fetch(sql, [city_id, *place_ids])]


def open_by_place(city_id: int, place_ids: Sequence[int]) -> dict[int, int]:
    """How many open cases lie in each place itself (not counting the places in it)."""
    return dict(fetch(_OPEN.format(places=marks(place_ids), **_KINDS), [city_id, *place_ids]))


def months(city_id: int, place_ids: Sequence[int], *, since: int) -> list[Month]:
    """The months from `since` on, of exactly these places; those without a case are left out."""
    rows = fetch(_MONTHS.format(places=marks(place_ids)), [city_id, *place_ids, since])
    return [Month(*row) for row in rows]
