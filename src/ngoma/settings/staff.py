"""Adding people who work with Ngoma."""

import secrets

from django.db import transaction

from ngoma.records.models import City, Department, Membership, Role, User


class StaffError(ValueError):
    """Somebody who cannot be added; the text says why."""


@transaction.atomic
def add_user(
    name: str, *, city: str = "", role: str = "", department: str = "", administrator: bool = False
) -> str:
    """Add a user, with a role in a city (or in one department of it). Returns a new password.

    `administrator` opens Django's admin. Raises StaffError for a name taken or a word not known.
    """
    if User.objects.filter(username=name).exists():
        raise StaffError(f"there is a user {name} already")
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(
        name, password=password, is_staff=administrator, is_superuser=administrator
    )
    if city:
        Membership.objects.create(user=user, **_place_of_work(city, role, department))
    elif not administrator:
        raise StaffError("say in which --city and --role, or --administrator")
    return password


def _place_of_work(slug: str, role: str, department: str) -> dict[str, object]:
    if role not in Role.values:
        raise StaffError(f"--role must be one of {', '.join(Role.values)}")
    city = City.objects.filter(slug=slug).first()
    if city is None:
        known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
        raise StaffError(f"there is no city {slug}; there are: {known}")
    found = Department.objects.filter(city=city, code=department).first() if department else None
    if department and found is None:
        raise StaffError(f"{slug} has no department {department}")
    return {"city": city, "role": role, "department": found}
