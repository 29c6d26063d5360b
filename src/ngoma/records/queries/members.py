"""Who works for a city, as what, and what waits for them there."""

from typing import NamedTuple

from ngoma.records.models import User
from ngoma.records.sql.statements import fetch


class Member(NamedTuple):
    """A role in a city; without a department in all of it."""

    city_id: int
    role: str
    department_id: int | None


_ROLES = """
SELECT m.city_id, m.role, m.department_id FROM records_membership m
JOIN records_user u ON u.id = m.user_id WHERE m.user_id = %s AND u.is_active
"""
_UNREAD = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM records_alert a JOIN records_case c ON c.id = a.case_id
    WHERE a.user_id = %s AND c.city_id = %s AND a.read_at IS NULL LIMIT %s) AS counted
"""
_FILTERS = """
SELECT id, name, query FROM records_savedfilter WHERE user_id = %s AND city_id = %s
ORDER BY name LIMIT %s
"""


def roles(user_id: int) -> list[Member]:
    """The roles of somebody in all cities; none of who has left."""
    return [Member(*row) for row in fetch(_ROLES, [user_id])]


def unread(user_id: int, city_id: int, most: int) -> int:
    """How many alerts somebody has not read; more than `most` are not counted."""
    return int(fetch(_UNREAD, [user_id, city_id, most])[0][0])


def filters(user_id: int, city_id: int, most: int) -> list[tuple[int, str, str]]:
    """The choices of the queue that somebody keeps, by name: number, name, query."""
    return fetch(_FILTERS, [user_id, city_id, most])


def of_city(city_id: int) -> list[tuple[int, str]]:
    """The id and name of everybody who works for the city, by name."""
    users = User.objects.filter(memberships__city=city_id, is_active=True).distinct()
    return sorted(((each.pk, each.get_full_name() or each.username) for each in users), key=_name)


def mentionable(city_id: int, limit: int = 100) -> list[tuple[str, str]]:
    """User name and name of people who work for the city, by name."""
    users = User.objects.filter(memberships__city=city_id, is_active=True).distinct()
    found = users.order_by("first_name", "last_name", "username")[:limit]
    return [(each.username, called(each)) for each in found]


def numbered(city_id: int, username: str) -> int | None:
    """The id of somebody who works for the city; None: of nobody."""
    found = User.objects.filter(memberships__city=city_id, is_active=True, username=username)
    return found.values_list("pk", flat=True).first()


def called(user: User | None) -> str:
    """How somebody is called; empty for nobody."""
    return full_name(user.first_name, user.last_name, user.username) if user else ""


def full_name(first: str | None, last: str | None, username: str | None) -> str:
    """How a member of staff is called; empty for nobody."""
    return " ".join(filter(None, (first, last))) or username or ""


def _name(member: tuple[int, str]) -> str:
    return member[1].casefold()
