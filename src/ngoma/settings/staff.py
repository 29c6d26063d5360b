"""Adding who works with Ngoma: people, and programs with a key."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from ngoma.base.clock import now
from ngoma.people import apikeys, destinations, sessions
from ngoma.records.models import ApiKey, City, Department, Membership, Role, User


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


SCOPES = ("report", "updates", "messages")
"""What a key may be for: handing requests in, telling what was done with them, and being the bridge
of another messenger, which is a key's one purpose."""


def add_key(
    name: str, *, city: str, scopes: Sequence[str] = ("report",), days: int = 0, url: str = ""
) -> str:
    """Add the API key of a program; returns it, for the last time.

    It ends after `days`, never for 0. A bridge is told messages at `url`. Raises StaffError for a
    city or a scope not known, and for an address that nothing can be posted to.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise StaffError(f"--scope must be {' or '.join(SCOPES)}, and may be given again")
    expires_at = now() + timedelta(days=days) if days else None
    if "messages" in scopes:
        return _add_bridge(name, city_of(city), scopes, url, expires_at)
    if url:
        raise StaffError("--url is for --scope messages")
    return apikeys.create(
        city_of(city).pk,
        name=name,
        reports="report" in scopes,
        updates="updates" in scopes,
        expires_at=expires_at,
    )


def _add_bridge(
    name: str, city: City, scopes: Sequence[str], url: str, expires_at: datetime | None
) -> str:
    if set(scopes) != {"messages"}:
        raise StaffError(
            "a key with --scope messages has no other scope: it signs, and is not sent"
        )
    try:
        if url:
            destinations.check(url)
    except destinations.BadDestination as bad:
        raise StaffError(str(bad)) from None
    return apikeys.create_bridge(city.pk, name=name, url=url, expires_at=expires_at)


def rotate_key(name: str, *, city: str = "", hours: int = 24) -> str:
    """Give a program another key; returns it, for the last time. The one before counts for `hours`.

    Raises StaffError where there is no usable key of this name, or there are several.
    """
    found = ApiKey.objects.filter(name=name, **({"city": city_of(city)} if city else {}))
    keys = [each for each in found if apikeys.usable(each)]
    if not keys:
        raise StaffError(f"there is no key {name} that counts; see: ngoma key list")
    if len(keys) > 1:
        raise StaffError(f"there are {len(keys)} keys {name}; say of which --city, or revoke one")
    return apikeys.rotate(keys[0], overlap=timedelta(hours=hours))


def keys_told() -> list[str]:
    """A line for each key of a program: what it may, on which day it was last shown, its end."""
    rows = ApiKey.objects.select_related("city").order_by("city__slug", "name", "pk")
    return ["  ".join(_told(row)) for row in rows]


def _told(key: ApiKey) -> Iterator[str]:
    yield from (key.city.slug, key.name)
    scopes = zip(SCOPES, (key.reports, key.updates, key.messages), strict=True)
    yield ",".join(name for name, may in scopes if may)
    yield f"last used {key.used_on}" if key.used_on else "never used"
    if key.revoked_at:
        yield "revoked"
    elif not apikeys.usable(key):
        yield "ended"
    elif key.expires_at:
        yield f"ends {key.expires_at:%Y-%m-%d}"


def city_of(slug: str) -> City:
    """The city. Raises StaffError."""
    found = City.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(City.objects.values_list("slug", flat=True)) or "none yet"
        raise StaffError(f"there is no city {slug}; there are: {known}")
    return found


def _place_of_work(slug: str, role: str, department: str) -> dict[str, object]:
    if role not in Role.values:
        raise StaffError(f"--role must be one of {', '.join(Role.values)}")
    city = city_of(slug)
    departments = {each.code: each for each in Department.objects.filter(city=city)}
    if department and department not in departments:
        known = ", ".join(sorted(departments))
        raise StaffError(f"{slug} has no department {department}; there are: {known}")
    return {"city": city, "role": role, "department": departments.get(department)}
