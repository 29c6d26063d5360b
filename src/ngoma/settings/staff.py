"""Adding who works with Ngoma: people, and programs with a key."""

import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from ngoma.base.clock import now
from ngoma.people import apikeys, sessions
from ngoma.records.models import City, Department, Membership, Role, User


class StaffError(ValueError):
    """Somebody or something that cannot be added; the text says why."""


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


def reset_factor(name: str) -> None:
    """Take away the second factor of somebody who lost it, and end their sessions.

    Raises StaffError for an unknown user.
    """
    user = _user(name)
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        sessions.end(user)


def sign_out(name: str) -> int:
    """End all sessions of somebody; returns how many. Raises StaffError for an unknown user."""
    return sessions.end(_user(name))


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise StaffError(f"there is no user {name}")
    return user


def add_key(name: str, *, city: str, updates: bool = False, days: int = 0) -> str:
    """Add the API key of a program; returns it, for the last time.

    With `updates` it may tell what was done with cases. It ends after `days`, never for 0. Raises
    StaffError for a city not known.
    """
    expires_at = now() + timedelta(days=days) if days else None
    return apikeys.create(_city(city).pk, name=name, updates=updates, expires_at=expires_at)


def _city(slug: str) -> City:
    found = City.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
        raise StaffError(f"there is no city {slug}; there are: {known}")
    return found


def _place_of_work(slug: str, role: str, department: str) -> dict[str, object]:
    if role not in Role.values:
        raise StaffError(f"--role must be one of {', '.join(Role.values)}")
    city = _city(slug)
    departments = {each.code: each for each in Department.objects.filter(city=city)}
    if department and department not in departments:
        known = ", ".join(sorted(departments))
        raise StaffError(f"{slug} has no department {department}; there are: {known}")
    return {"city": city, "role": role, "department": departments.get(department)}
