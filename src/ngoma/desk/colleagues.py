"""Who works for the city, and where they are signed in: an administrator signs them out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.characters import whole
from ngoma.casework.errors import NotAllowed
from ngoma.desk.naming import ROLES, ago
from ngoma.desk.site import Desk, page, say, show
from ngoma.people import sessions
from ngoma.records.models import Membership, Role, SignIn, User
from ngoma.records.queries.members import called

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with their roles, how often they are signed in, and when they were last there."""

    id: int
    name: str
    roles: list[str]
    signed_in: int
    last_seen: datetime | None
    factor: bool


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody who works for the city, by name."""
    _allowed(desk)
    context = {"colleagues": _colleagues(desk), "ago": ago}
    return show(request, desk, "colleagues", context)


@page
@require_POST
def sign_out(request: HttpRequest, desk: Desk) -> HttpResponse:
    """End all sessions of somebody but the one that asks; the next thing they do asks them to
    sign in."""
    _allowed(desk)
    number = whole(request.POST.get("person", "")) or 0
    person = User.objects.filter(pk=number, memberships__city=desk.book.id).first()
    if person is None:
        raise Http404(number)
    count = sessions.end(person, but=request.session.session_key or "")
    log.info("signed out", person=person.pk, by=desk.user.pk, sessions=count)
    say(request, gettext("Signed out: %(name)s") % {"name": called(person)})
    return HttpResponseRedirect(desk.url("people/"))


def _allowed(desk: Desk) -> None:
    if not desk.may("settings", None):
        raise NotAllowed("settings")


def _colleagues(desk: Desk) -> list[Colleague]:
    members = Membership.objects.filter(city=desk.book.id, user__is_active=True)
    roles: defaultdict[int, list[str]] = defaultdict(list)
    people: dict[int, User] = {}
    for member in members.select_related("user").order_by("pk"):
        people[member.user_id] = member.user
        roles[member.user_id].append(_role(desk, member))
    seats = _seats(list(people))
    secured = set(Authenticator.objects.filter(user__in=people).values_list("user", flat=True))
    found = [
        Colleague(
            id=number,
            name=called(person),
            roles=roles[number],
            signed_in=len(seats[number]),
            last_seen=max((seat.seen_at for seat in seats[number]), default=None),
            factor=number in secured,
        )
        for number, person in people.items()
    ]
    return sorted(found, key=lambda each: each.name.casefold())


def _seats(people: Sequence[int]) -> defaultdict[int, list[SignIn]]:
    seats: defaultdict[int, list[SignIn]] = defaultdict(list)
    for seat in sessions.alive().filter(user__in=people):
        seats[seat.user_id].append(seat)
    return seats


def _role(desk: Desk, member: Membership) -> str:
    name = str(ROLES[Role(member.role)])
    if member.department_id is None:
        return name
    return f"{name}, {desk.department(member.department_id)}"
