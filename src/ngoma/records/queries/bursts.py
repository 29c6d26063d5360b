"""Reports with a position, as the scan for bursts wants them; and the bursts that are not over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from ngoma.base.quad import distance_m
from ngoma.records.models import Burst
from ngoma.records.sql.moments import known_moment, parameter
from ngoma.records.sql.statements import fetch, marks


class Came(NamedTuple):
    """A report: of which service as far as is known, where, when, of which case, its words, and of
    which contact (0: of none)."""

    service_id: int
    lat: float
    lon: float
    at: datetime
    case_id: int
    words: str
    teller: int


_CAME = """
SELECT {service}, r.lat, r.lon, r.received_at, r.case_id, {words},
       COALESCE(r.contact_id, 0)
FROM records_report r
JOIN records_case c ON c.id = r.case_id
LEFT JOIN records_proposal p ON p.report_id = r.id
WHERE r.city_id = %s AND r.received_at >= %s AND r.received_at < %s AND r.lat IS NOT NULL
  AND c.state <> 'rejected' AND {condition}
ORDER BY r.received_at DESC, r.id DESC
"""
_SERVICE = "COALESCE(c.service_id, p.service_id, r.service_id)"


def came(city_id: int, since: datetime, until: datetime) -> list[Came]:
    """The reports of a time, the newest first, with the beginnings of their words.

    Not what came from an older system: nobody waits for it, and it may all come at once.
    """
    condition = f"{_SERVICE} IS NOT NULL AND r.channel <> 'import'"
    sql = _CAME.format(service=_SERVICE, words="substr(r.words, 1, 400)", condition=condition)
    return _read(fetch(sql, [city_id, parameter(since), parameter(until)]))


def came_before(
    city_id: int, services: Sequence[int], since: datetime, until: datetime
) -> list[Came]:
    """The reports of some services in a time, those from an older system with them, without their
    words."""
    condition = f"{_SERVICE} IN ({marks(services)})"
    sql = _CAME.format(service=_SERVICE, words="''", condition=condition)
    return _read(fetch(sql, [city_id, parameter(since), parameter(until), *services]))


def unended(city_id: int) -> list[Burst]:
    """The bursts of a city that are not over, the largest first."""
    return list(Burst.objects.filter(city=city_id, ended_at=None).order_by("-reports", "-pk"))


_AROUND = """
SELECT service_id, radius_m, lat, lon FROM records_burst WHERE city_id = %s AND ended_at IS NULL
"""


def services_bursting(city_id: int, lat: float, lon: float) -> frozenset[int]:
    """The services of which a burst is going on around a point, or in all of the city."""
    return frozenset(
        service_id
        for service_id, radius_m, *middle in fetch(_AROUND, [city_id])
        if radius_m is None or distance_m(lat, lon, *middle) <= radius_m
    )


def since(city_id: int, at: datetime) -> list[Burst]:
    """The bursts of a city that are not over, and those found since a time; the newest first."""
    found = Burst.objects.filter(Q(ended_at=None) | Q(found_at__gte=at), city=city_id)
    return list(found.order_by("-found_at", "-pk"))


def found(city_id: int, first: datetime, after: datetime) -> list[Burst]:
    """The bursts of a city that were found from one moment until before another, in order."""
    rows = Burst.objects.filter(city=city_id, found_at__gte=first, found_at__lt=after)
    return list(rows.order_by("found_at", "pk"))


def _read(rows: Iterable[Sequence[Any]]) -> list[Came]:
    return [Came._make([*row[:3], known_moment(row[3]), *row[4:]]) for row in rows]
