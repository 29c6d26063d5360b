"""Giving a case to a department or a person."""

from datetime import datetime

from ngoma.casework.change import change
from ngoma.casework.errors import BadRequest
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Membership


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

    Leaving the department it was with counts as a transfer. Raises `BadRequest` where department or
    person are unknown to the city.
    """
    with change("assign", actor=actor, case_id=case_id, at=at) as held:
        if department_id not in held.book.departments:
            raise BadRequest("department", "unknown")
        if user_id is not None and not _works_for(user_id, held.case.city_id):
            raise BadRequest("user", "unknown")
        transfer = int(held.case.department_id not in (None, department_id))
        held.append(
            "assigned", department=department_id, user=user_id, text=text, transfer=transfer
        )
    return held.case


def _works_for(user_id: int, city_id: int) -> bool:
    return Membership.objects.filter(user=user_id, city=city_id, user__is_active=True).exists()
