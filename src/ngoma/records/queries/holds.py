"""Who holds which case."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError

from ngoma.records.queries.members import full_name
from ngoma.records.sql.moments import parameter
from ngoma.records.sql.statements import execute, fetch


class Holder(NamedTuple):
    """Somebody who holds a case."""

    user_id: int
    name: str


TRIES = 20
MOST_AHEAD = timedelta(minutes=1)
"""A hold that lasts longer than any can is of before the clock was set back."""

_TAKE = """
INSERT INTO records_hold (case_id, user_id, until) VALUES (%s, %s, %s)
ON CONFLICT (case_id) DO UPDATE SET user_id = excluded.user_id, until = excluded.until
WHERE records_hold.user_id = excluded.user_id OR records_hold.until NOT BETWEEN %s AND %s
RETURNING user_id
"""
_HOLDER = """
SELECT u.id, u.first_name, u.last_name, u.username FROM records_hold h
JOIN records_user u ON u.id = h.user_id WHERE h.case_id = %s AND h.until >= %s
"""
_OF_CITY = """
SELECT c.reference, u.id, u.first_name, u.last_name, u.username FROM records_hold h
JOIN records_case c ON c.id = h.case_id JOIN records_user u ON u.id = h.user_id
WHERE c.city_id = %s AND h.until >= %s
"""


def take(case_id: int, user_id: int, *, at: datetime, until: datetime) -> Holder | None:
    """Hold a case, unless somebody else does: that person, or None. What was held before is free.

    Not in one transaction: two who change places would wait for each other. Somebody who goes
    through the queue quickly asks for several cases at the same moment: the last one is theirs.
    """
    for tries in range(1, TRIES + 1):
        execute("DELETE FROM records_hold WHERE user_id = %s AND case_id <> %s", [user_id, case_id])
        try:
            live = (parameter(at), parameter(until + MOST_AHEAD))
            taken = fetch(_TAKE, [case_id, user_id, parameter(until), *live])
        except IntegrityError:  # their own other hold came in between
            if tries == TRIES:
                raise
        else:
            break
    return None if taken else holder(case_id, at)


def holder(case_id: int, at: datetime) -> Holder | None:
    """Who holds the case."""
    for user_id, *name in fetch(_HOLDER, [case_id, parameter(at)]):
        return Holder(user_id, full_name(*name))
    return None


def release(case_id: int) -> None:
    """Let others have the case."""
    execute("DELETE FROM records_hold WHERE case_id = %s", [case_id])


def of_city(city_id: int, at: datetime) -> dict[str, Holder]:
    """Who holds the cases of a city, by their references."""
    rows = fetch(_OF_CITY, [city_id, parameter(at)])
    return {reference: Holder(user_id, full_name(*name)) for reference, user_id, *name in rows}
