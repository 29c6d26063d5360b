"""Reports of the same person, and of many people with the same purpose."""

from datetime import datetime

from ngoma.records.models import OPEN, Report
from ngoma.records.queries.nearby import open_in_box
from ngoma.records.sql.moments import parameter
from ngoma.records.sql.statements import fetch, literals

MOST = 500
"""As many reports are looked at."""

_IDS = "SELECT id FROM ({cases}) AS near"
_AT_PLACE = "SELECT id FROM records_case WHERE city_id = %s AND place_id = %s AND opened_at >= %s"
_TOLD = """
SELECT r.case_id, COALESCE(r.contact_id, -r.id) FROM records_case c
JOIN records_report r ON r.case_id = c.id
WHERE c.id IN ({cases}) AND c.state IN ({open}) AND r.received_at >= %s
  AND (c.service_id = %s OR r.service_id = %s)
ORDER BY r.id DESC LIMIT %s
"""


def of_same_person(contact_id: int, service_id: int, *, since: datetime) -> list[int]:
    """The cases of what a person reported of one service, one for each report, oldest first."""
    told = Report.objects.filter(contact=contact_id, received_at__gte=since)
    own = told.filter(service=service_id) | told.filter(case__service=service_id)
    return list(own.order_by("id").values_list("case", flat=True)[:MOST])


def for_same_purpose(
    city_id: int,
    service_id: int,
    *,
    since: datetime,
    spot: tuple[float, float] | None,
    metres: float,
    place_id: int | None,
) -> tuple[int, list[int]]:
    """How many people report one service about a spot, or in a place where none is known; and the
    open cases of it."""
    if spot is not None:
        near, parameters = open_in_box(city_id, *spot, metres)
        cases = _IDS.format(cases=near)
    elif place_id is not None:
        cases, parameters = _AT_PLACE, [city_id, place_id, parameter(since)]
    else:
        return 0, []
    sql = _TOLD.format(cases=cases, open=literals(OPEN))
    found = fetch(sql, [*parameters, parameter(since), service_id, service_id, MOST])
    return len({person for _case, person in found}), sorted({case for case, _person in found})
