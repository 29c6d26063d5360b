"""Reports with a position, as the scan for bursts wants them; and the bursts that are not over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ngoma.records.models import Burst
from ngoma.records.sql.moments import known_moment, parameter
from ngoma.records.sql.statements import fetch, marks


class Came(NamedTuple):
    """A report: of which service as far as is known, where, when, of which case, its words."""

    service_id: int
    lat: float
    lon: float
    at: datetime
    case_id: int
    words: str


# What came from an older system says nothing of when people told it.
_CAME = """
SELECT {service}, r.lat, r.lon, r.received_at, r.case_id, {words}
FROM records_report r
JOIN records_case c ON c.id = r.case_id
LEFT JOIN records_proposal p ON p.report_id = r.id
WHERE r.city_id = %s AND r.received_at >= %s AND r.received_at < %s AND r.lat IS NOT NULL
  AND r.channel <> 'import' AND c.state <> 'rejected' AND {condition}
ORDER BY r.received_at DESC, r.id DESC
"""
_SERVICE = "COALESCE(c.service_id, p.service_id, r.service_id)"


def came(city_id: int, since: datetime, until: datetime) -> list[Came]:
    """The reports of a time, the newest first, with the beginnings of their words."""
    sql = _CAME.format(
        service=_SERVICE, words="substr(r.words, 1, 400)", condition=f"{_SERVICE} IS NOT NULL"
    )
    return _read(fetch(sql, [city_id, parameter(since), parameter(until)]))


def came_before(
    city_id: int, services: Sequence[int], since: datetime, until: datetime
) -> list[Came]:
    """The reports of some services in a time, without their words."""
    condition = f"{_SERVICE} IN ({marks(services)})"
    sql = _CAME.format(service=_SERVICE, words="''", condition=condition)
    return _read(fetch(sql, [city_id, parameter(since), parameter(until), *services]))


def unended(city_id: int) -> list[Burst]:
    """The bursts of a city that are not over, the largest first."""
    return list(Burst.objects.filter(city=city_id, ended_at=None).order_by("-reports", "-pk"))


def _read(rows: Iterable[Sequence[Any]]) -> list[Came]:
    return [Came._make([*row[:3], known_moment(row[3]), *row[4:]]) for row in rows]
