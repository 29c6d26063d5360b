"""Who of a city's staff is responsible for a department's cases, and who leads whom."""

from collections.abc import Sequence

from django.db.models import Q

from ngoma.records.models import Department, Membership, Role, User


def with_roles(city_id: int, roles: Sequence[str], department_id: int | None) -> list[User]:
    """The active people who have one of the roles in the department, else in the nearest one above
    it where somebody has, else in the whole city."""
    for each in [*_upwards(department_id), None]:
        found = _members(city_id, roles, Q(department=each))
        if found:
            return found
    return []


def above(city_id: int, department_id: int | None) -> list[User]:
    """The supervisors above the department: of the nearest one above it that has any, else those
    of the whole city."""
    chain = _upwards(department_id)
    return with_roles(city_id, [Role.SUPERVISOR], chain[1] if len(chain) > 1 else None)


def named(city_id: int, usernames: Sequence[str]) -> list[User]:
    """The active members of the city with these user names."""
    known = User.objects.filter(memberships__city=city_id, is_active=True)
    return list(known.filter(username__in=usernames).distinct())


def _members(city_id: int, roles: Sequence[str], where: Q) -> list[User]:
    members = Membership.objects.filter(where, city=city_id, role__in=roles, user__is_active=True)
    return list(User.objects.filter(memberships__in=members).distinct().order_by("pk"))


def _upwards(department_id: int | None) -> list[int]:
    """A department and those above it, from near to far."""
    chain: list[int] = []
    while department_id is not None and department_id not in chain:
        chain.append(department_id)
        parent = Department.objects.filter(pk=department_id).values_list("parent", flat=True)
        department_id = parent.first()
    return chain
