"""A city in the morning: what the row of a digest holds, and what is asked for to make it."""

from collections.abc import Iterable
from datetime import date

import msgspec

from ngoma.records.models import OPEN, Case, Digest, Membership, User


class Day(msgspec.Struct):
    """A day of the city: how many reports came, and how many usually come on such a weekday."""

    day: date
    reports: int
    usual: float | None


class Word(msgspec.Struct):
    """A rising word: in how many reports, and in how many usually; the departments of its cases."""

    words: str
    reports: int
    usual: float
    departments: list[int | None]


class Rise(msgspec.Struct):
    """A burst of reports on a service; the departments of its cases. `place`: none is all of the
    city."""

    service: int
    place: int | None
    hours: float
    reports: int
    usual: float
    departments: list[int | None]


class Load(msgspec.Struct):
    """A department with cases that are late, or open and dangerous."""

    department: int | None
    late: int
    dangers: int


class Figures(msgspec.Struct):
    """What a digest tells of, each list in the order in which it is told."""

    days: list[Day]
    words: list[Word]
    bursts: list[Rise]
    loads: list[Load]


def figures(digest: Digest) -> Figures:
    """What a row holds."""
    return msgspec.convert(digest.figures, Figures)


def dangers(city_id: int) -> dict[int | None, int]:
    """How many dangers are open, by department."""
    found = Case.objects.filter(city=city_id, state__in=OPEN, urgency=2)
    departments = list(found.values_list("department", flat=True))
    return {each: departments.count(each) for each in departments}


def departments_of(cases: Iterable[int]) -> dict[int, int | None]:
    """The departments that have these cases."""
    return dict(Case.objects.filter(pk__in=set(cases)).values_list("pk", "department"))


def readers(city_id: int) -> list[User]:
    """Who works for the city and wants its digest by mail."""
    members = Membership.objects.filter(city=city_id)
    wanted = User.objects.filter(memberships__in=members, digest=True, is_active=True)
    return list(wanted.exclude(email="").distinct().order_by("pk"))
