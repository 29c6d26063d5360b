"""When, where and about what reports came: one by one, and as the kept sums of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ngoma.records.sql.moments import known_moment
from ngoma.records.sql.statements import fetch, marks


class Told(NamedTuple):
    """A report. Its service is that of its case, else what was proposed last, else what the
    reporter chose; its place that of its case, else its own."""

    report_id: int
    city_id: int
    at: datetime
    service_id: int | None
    place_id: int | None
    channel: str


class Day(NamedTuple):
    """The reports of a day (of the city, counted from 1970) on a service in a district; 0: none."""

    day: int
    service: int
    place: int
    reports: int


class Hour(NamedTuple):
    """The same of an hour (of the city's clock, counted from 1970)."""

    hour: int
    service: int
    place: int
    reports: int


_TOLD = """
SELECT r.id, r.city_id, r.received_at, COALESCE(c.service_id, p.service_id, r.service_id),
       COALESCE(c.place_id, r.place_id), r.channel
FROM records_report r
JOIN records_case c ON c.id = r.case_id
LEFT JOIN records_proposal p
  ON p.id = (SELECT MAX(id) FROM records_proposal WHERE report_id = r.id)
WHERE r.case_id IN ({cases})
"""
_BY_DAY = """
SELECT day, service, place, CAST(SUM(reports) AS bigint) FROM records_day_arrivals
WHERE city_id = %s AND day BETWEEN %s AND %s GROUP BY day, service, place
"""
_BY_HOUR = """
SELECT hour, service, place, CAST(SUM(reports) AS bigint) FROM records_hour_arrivals
WHERE city_id = %s AND hour BETWEEN %s AND %s GROUP BY hour, service, place
"""
_BY_CHANNEL = """
SELECT channel, CAST(SUM(reports) AS bigint) FROM records_hour_arrivals
WHERE city_id = %s AND hour BETWEEN %s AND %s GROUP BY channel
"""
_FIRST = "SELECT MIN(day) FROM records_day_arrivals WHERE city_id = %s"


def told(cases: Sequence[int]) -> list[Told]:
    """All reports that these cases have now."""
    rows = fetch(_TOLD.format(cases=marks(cases)), cases)
    return [Told._make([*row[:2], known_moment(row[2]), *row[3:]]) for row in rows]


def by_day(city_id: int, first: int, last: int) -> list[Day]:
    """How many came, from one day to another; what had none is left out."""
    return [Day(*row) for row in fetch(_BY_DAY, [city_id, first, last])]


def by_hour(city_id: int, first: int, last: int) -> list[Hour]:
    """How many came, from one hour to another; what had none is left out."""
    return [Hour(*row) for row in fetch(_BY_HOUR, [city_id, first, last])]


def by_channel(city_id: int, first: int, last: int) -> dict[int, int]:
    """How many came from one hour to another, by the number of the channel."""
    return dict(fetch(_BY_CHANNEL, [city_id, first, last]))


def first_day(city_id: int) -> int | None:
    """The day on which the first report came; None where none came."""
    day: int | None = fetch(_FIRST, [city_id])[0][0]
    return day
