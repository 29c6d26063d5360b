"""A city's desk as one member of staff sees it, and the wrapper that opens every page of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext

from ngoma.base.clock import now
from ngoma.base.references import show as show_reference
from ngoma.casework.errors import NotAllowed, UnknownCase
from ngoma.cities.book import Book, UnknownCity, book
from ngoma.desk import codes, naming
from ngoma.desk.languages import LANGUAGES, language_of
from ngoma.look.channels import CHANNELS
from ngoma.look.speaking import Speaking
from ngoma.people.permissions import SHARED_VERBS, VERBS, Actor, departments_for, may, staff
from ngoma.records.models import User
from ngoma.records.queries import casefiles
from ngoma.records.queries.members import unread
from ngoma.records.queries.photos import inside_url as photo_url
from ngoma.records.queries.tasks import taking_part


@dataclass(frozen=True, slots=True)
class Notice:
    """Something said at the top of a page. `undo`: where below the desk the step can be taken back,
    and its number, for `seconds` more."""

    text: str
    tone: str
    undo: tuple[str, int] | None = None
    seconds: int = 0


NAMES = {
    "show_reference": show_reference,
    "photo_url": photo_url,
    "ago": naming.ago,
    "due": naming.due,
    "channel": CHANNELS.get,
    "urgencies": naming.URGENCIES,
}
"""What every template of the desk may call."""


@dataclass(frozen=True, kw_only=True)
class Desk(Speaking):
    """A city, who works for it, and the language they work in."""

    book: Book
    user: User
    actor: Actor
    language: str

    def url(self, page: str = "", /, **query: Any) -> str:
        """The address of a page of this desk."""
        asked = {key: value for key, value in query.items() if value not in (None, "")}
        return f"/desk/{self.book.slug}/{page}" + (
            f"?{urlencode(asked, doseq=True)}" if asked else ""
        )

    def code(self, kind: str, number: int | None) -> str:
        """What stands for a service, place or department in an address; empty for None."""
        return codes.written(self.book, kind, number)

    def case_url(self, reference: str, step: str = "", /, **query: Any) -> str:
        """The address of a case, or of something done to it."""
        return self.url(f"cases/{reference}/{step}", **query)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages one can work in."""
        return LANGUAGES

    def place(self, place_id: int | None) -> str:
        """The name of a place and of the whole it lies in; empty for none."""
        chain = self.book.chain(place_id)
        ends = dict.fromkeys((chain[-1], chain[0])) if chain else ()
        return " ".join(self.text(self.book.places[each].names) for each in ends)

    @cached_property
    def departments(self) -> tuple[int, ...] | None:
        """The departments whose cases this person sees; None: all of the city."""
        return self.departments_for("see")

    def departments_for(self, verb: str) -> tuple[int, ...] | None:
        """The departments for whose cases this person may do something; None: all of the city."""
        return departments_for(self.actor, verb, self.book.id)

    def may(self, verb: str, department_id: int | None) -> bool:
        """Whether this person may do this to a case of the department."""
        return may(self.actor, verb, self.book.id, department_id)

    def may_do(self, verb: str, case_id: int, department_id: int | None) -> bool:
        """Whether this person may do this to a case: for its department, or for one that has a part
        of it."""
        if self.may(verb, department_id):
            return True
        return verb in SHARED_VERBS and any(self.may(verb, each) for each in taking_part(case_id))

    def may_somewhere(self, verb: str) -> bool:
        """Whether this person's roles in the city allow it in any department."""
        roles = VERBS[verb]
        return any(g.city_id == self.book.id and g.role in roles for g in self.actor.grants)

    def case(self, reference: str) -> casefiles.Head:
        """The case. Raises `Http404`, or `NotAllowed` for one of another department."""
        found = casefiles.head(self.book.id, reference)
        if found is None:
            raise Http404(reference)
        if not self.may_do("see", found.id, found.department_id):
            raise NotAllowed("see")
        return found

    @cached_property
    def unread(self) -> int:
        """How many alerts this person has not read; more than 99 are not counted."""
        return unread(self.user.pk, self.book.id, 100)

    @property
    def tonight(self) -> datetime:
        """The end of the present day in the city."""
        today = now().astimezone(self.book.zone).date()
        return datetime.combine(today + timedelta(days=1), time(), self.book.zone)


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a page of a city's desk to who works there; to others there is no such page."""

    @wraps(view)
    def opened(request: HttpRequest, city: str, **rest: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return sign_in(request)
        desk = find(request, request.user, city)
        if desk is None:
            raise Http404("no such city, or no work in it")
        with translation.override(desk.language), timezone.override(desk.book.zone):
            try:
                response = view(request, desk, **rest)
            except (Http404, UnknownCase):
                response = _sorry(request, desk, 404)
            except NotAllowed:
                response = _sorry(request, desk, 403)
        return private(response)

    return opened


def find(request: HttpRequest, user: User, city: str) -> Desk | None:
    """The desk of the city; None where there is no such city or the user does not work for it."""
    try:
        found = book(city)
    except UnknownCity:
        return None
    actor = staff(user)
    if not any(grant.city_id == found.id for grant in actor.grants):
        return None
    language = language_of(request, user, found.languages)
    return Desk(book=found, user=user, actor=actor, language=language)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the login and back; a script is told to open the login as a page."""
    address = "/desk/login/?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        back = request.headers.get("HX-Current-URL", "/desk/")
        address = "/desk/login/?" + urlencode({"next": "/" + back.split("/", 3)[-1]})
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def private(response: HttpResponse) -> HttpResponse:
    """Nothing of the desk is kept by a browser or by anything between."""
    patch_cache_control(response, no_store=True, private=True)
    patch_vary_headers(response, ["Cookie", "Accept-Language", "HX-Target"])
    return response


def show(
    request: HttpRequest, desk: Desk, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render a template of the desk."""
    known = {"desk": desk, "notices": said(request), **NAMES, **context}
    known["language"] = desk.language
    return render(request, f"desk/{template}.html.jinja", known, status=status)


def say(
    request: HttpRequest, text: str, *, tone: str = "leaf", undo: tuple[str, int] | None = None
) -> None:
    """Say something on the page that is shown next, perhaps with a way to take a step back."""
    tags = [tone, *map(str, undo or ()), *([str(int(now().timestamp()))] if undo else [])]
    messages.success(request, text, extra_tags=" ".join(tags))


def said(request: HttpRequest) -> list[Notice]:
    """What is to be said on this page."""
    return [_notice(each) for each in messages.get_messages(request)]


def _notice(message: Message) -> Notice:
    tone, *undo = (message.extra_tags or "leaf").split()
    if len(undo) != 3:
        return Notice(str(message), tone)
    where, number, at = undo
    left = int(at) + int(settings.NGOMA_UNDO) - int(now().timestamp())
    return Notice(str(message), tone, (where, int(number)) if left > 0 else None, left)


def _sorry(request: HttpRequest, desk: Desk, status: int) -> HttpResponse:
    if status == 404:
        title = gettext("There is no such page")
        say = gettext("Check the reference, or search for words of the report.")
    else:
        title = gettext("You may not do this")
        say = gettext(
            "This case belongs to another department, or your role does not include this step. "
            "Ask your coordinator to assign it, or somebody of that department to do it."
        )
    return show(request, desk, "sorry", {"title": title, "say": say}, status)
