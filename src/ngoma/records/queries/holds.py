"""Who holds which case."""

from datetime import datetime
from typing import NamedTuple

from ngoma.records.models import Hold
from ngoma.records.queries.members import full_name
from ngoma.records.sql.moments import parameter
from ngoma.records.sql.statements import execute, fetch


class Holder(NamedTuple):
    """Somebody who holds a case."""

    user_id: int
    name: str


_TAKE = """
INSERT INTO records_hold (case_id, user_id, until) VALUES (%s, %s, %s)
ON CONFLICT (case_id) DO UPDATE SET user_id = excluded.user_id, until = excluded.until
WHERE records_hold.user_id = excluded.user_id OR records_hold.until < %s
"""
_OF_CITY = """
SELECT c.reference, u.id, u.first_name, u.last_name, u.username FROM records_hold h
JOIN records_case c ON c.id = h.case_id JOIN records_user u ON u.id = h.user_id
WHERE c.city_id = %s AND h.until >= %s
"""


def take(case_id: int, user_id: int, *, at: datetime, until: datetime) -> Holder | None:
    """Hold a case, unless somebody else does; what the user held before is free. Who holds it.

    Not in one transaction: two who change places would wait for each other.
    """
    Hold.objects.filter(user=user_id).exclude(case=case_id).delete()
    execute(_TAKE, [case_id, user_id, parameter(until), parameter(at)])
    return holder(case_id, at)


def holder(case_id: int, at: datetime) -> Holder | None:
    """Who holds the case."""
    held = Hold.objects.filter(case=case_id, until__gte=at).select_related("user").first()
    if held is None:
        return None
    user = held.user
    return Holder(user.pk, full_name(user.first_name, user.last_name, user.username))


def release(case_id: int) -> None:
    """Let others have the case."""
    Hold.objects.filter(case=case_id).delete()


def of_city(city_id: int, at: datetime) -> dict[str, Holder]:
    """Who holds the cases of a city, by their references."""
    rows = fetch(_OF_CITY, [city_id, parameter(at)])
    return {reference: Holder(user_id, full_name(*name)) for reference, user_id, *name in rows}
