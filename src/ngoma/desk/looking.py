"""Who looked at personal data, when and what for: for auditors and administrators."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.base.characters import whole
from ngoma.casework.errors import NotAllowed
from ngoma.desk.naming import PURPOSES
from ngoma.desk.site import Desk, page, show
from ngoma.look.tables import as_file
from ngoma.records.models import PersonalRead
from ngoma.records.queries.members import called, of_city

ROWS = 100
MOST = 100_000
"""Rows of a file: more are had by asking for shorter times."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose looks, what for, and the first and last day of them; None: of all."""

    person: int | None
    purpose: str | None
    since: date | None
    until: date | None


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The looks at people of this city, newest first; with `csv` as a file."""
    if not desk.may("audit", None):
        raise NotAllowed("audit")
    asked = _asked(request)
    looks = _looks(desk, asked)
    if request.GET.get("csv"):
        return _file(desk, looks[:MOST])
    after = whole(request.GET.get("after", ""))
    if after is not None:
        looks = looks.filter(pk__lt=after)
    found = list(looks[: ROWS + 1])
    chosen = asdict(asked)
    context = {
        "looks": found[:ROWS],
        "more": desk.url("looks/", **chosen, after=found[ROWS - 1].pk) if found[ROWS:] else "",
        "file": desk.url("looks/", **chosen, csv=1),
        "members": of_city(desk.book.id),
        "purposes": PURPOSES,
        "asked": asked,
    }
    return show(request, desk, "looks", context)


def _asked(request: HttpRequest) -> Asked:
    purpose = request.GET.get("purpose", "")
    return Asked(
        person=whole(request.GET.get("person", "")),
        purpose=purpose if purpose in PURPOSES else None,
        since=_day(request.GET.get("since", "")),
        until=_day(request.GET.get("until", "")),
    )


def _day(text: str) -> date | None:
    """A day as a form sends it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _looks(desk: Desk, asked: Asked) -> "QuerySet[PersonalRead]":
    looks = PersonalRead.objects.filter(city=desk.book.id).select_related("user").order_by("-id")
    if asked.person is not None:
        looks = looks.filter(user=asked.person)
    if asked.purpose is not None:
        looks = looks.filter(purpose=asked.purpose)
    if asked.since is not None:
        looks = looks.filter(at__gte=_midnight(desk, asked.since))
    if asked.until is not None and asked.until < date.max:
        looks = looks.filter(at__lt=_midnight(desk, asked.until + timedelta(days=1)))
    return looks


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=desk.book.zone)


def _file(desk: Desk, looks: "QuerySet[PersonalRead]") -> HttpResponse:
    rows = (
        (
            look.at.astimezone(desk.book.zone).isoformat(timespec="seconds"),
            called(look.user),
            look.purpose,
            look.contact_id,
        )
        for look in looks.iterator()
    )
    return as_file(f"{desk.book.slug}-looks", ("at", "person", "purpose", "contact"), rows)
