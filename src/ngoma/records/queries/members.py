"""Who works for a city."""

from ngoma.records.models import User


def of_city(city_id: int) -> list[tuple[int, str]]:
    """The id and name of everybody who works for the city, by name."""
    users = User.objects.filter(memberships__city=city_id, is_active=True).distinct()
    return sorted(((each.pk, each.get_full_name() or each.username) for each in users), key=_name)


def mentionable(city_id: int, limit: int = 100) -> list[tuple[str, str]]:
    """User name and name of people who work for the city, by name."""
    users = User.objects.filter(memberships__city=city_id, is_active=True).distinct()
    found = users.order_by("first_name", "last_name", "username")[:limit]
    return [(each.username, called(each)) for each in found]


def called(user: User | None) -> str:
    """How somebody is called; empty for nobody."""
    return full_name(user.first_name, user.last_name, user.username) if user else ""


def full_name(first: str | None, last: str | None, username: str | None) -> str:
    """How a member of staff is called; empty for nobody."""
    return " ".join(filter(None, (first, last))) or username or ""


def _name(member: tuple[int, str]) -> str:
    return member[1].casefold()
