"""Giving a case to a department or a person."""

from datetime import datetime

from ngoma.casework.change import Change, change
from ngoma.casework.errors import BadRequest
from ngoma.people.permissions import Actor, may, staff
from ngoma.records.models import Case, User

ENOUGH_TRANSFERS = 2
"""After so many nobody but a coordinator passes a case on."""


def assign(
    *,
    actor: Actor,
    case_id: int,
    department_id: int,
    user_id: int | None = None,
    text: str = "",
    at: datetime | None = None,
) -> Case:
    """Give the case to a department, and perhaps to one person who works for the city.

    Leaving the department it was with counts as a transfer; after the second a coordinator decides
    where it stays. Raises `BadRequest` where department or person are unknown to the city, and
    where the person may not see the department's cases.
    """
    with change("assign", actor=actor, case_id=case_id, at=at) as held:
        if department_id not in held.book.departments:
            raise BadRequest("department", "unknown")
        if user_id is not None:
            _check_person(user_id, held.case.city_id, department_id)
        transfer = int(held.case.department_id not in (None, department_id))
        if transfer and held.case.transfers >= ENOUGH_TRANSFERS and not _arbitrates(held):
            raise BadRequest("department", "coordinator_decides")
        held.append(
            "assigned", department=department_id, user=user_id, text=text, transfer=transfer
        )
    return held.case


def _arbitrates(held: Change) -> bool:
    return may(held.actor, "arbitrate", held.case.city_id, held.case.department_id)


def _check_person(user_id: int, city_id: int, department_id: int) -> None:
    works_here = User.objects.filter(pk=user_id, memberships__city=city_id, is_active=True)
    user = works_here.first()
    if user is None:
        raise BadRequest("user", "unknown")
    if not may(staff(user), "see", city_id, department_id):
        raise BadRequest("user", "sees_it_not")
