"""Views: a page of the desk and its filters that somebody keeps under a name, shares with
colleagues by a link, or publishes by a short one where residents have such a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ngoma.base.characters import clean, whole
from ngoma.base.clock import now
from ngoma.casework.errors import NotAllowed
from ngoma.desk.publishing import counterpart
from ngoma.desk.site import Desk, page, say, show
from ngoma.records.models import SavedView
from ngoma.records.queries import saved_views
from ngoma.records.queries.members import called

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = structlog.get_logger(__name__)

MOST = 50
"""As many views one may keep in a city."""
_BESIDE = 12
"""As many stand on the page they are of."""
_ROWS = 50
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of public links: none that look like others."""
_LENGTH = 8


class Kind(NamedTuple):
    """A page that can be kept: its title, its filters, and the verb it is for; empty: for all."""

    title: Promise
    fields: tuple[str, ...]
    verb: str = "oversee"


PAGES = {
    "work": Kind(
        gettext_lazy("Cases"),
        ("state", "department", "service", "place", "assignee", "late", "parts", "passed"),
        "",
    ),
    "board": Kind(gettext_lazy("Board"), ("department",), ""),
    "situation": Kind(gettext_lazy("Situation"), ("span", "place")),
    "performance": Kind(
        gettext_lazy("How promises are kept"), ("department", "service", "place", "from", "to")
    ),
    "outcomes": Kind(
        gettext_lazy("Did it work?"),
        ("department", "months", "service", "district", "channel", "language", "month"),
    ),
    "forecast": Kind(gettext_lazy("What there is to expect"), ("service", "place")),
    "topics": Kind(gettext_lazy("What rises"), ("service", "place", "language")),
    "reading": Kind(gettext_lazy("How reports are read"), ()),
}
"""By their addresses below the desk. What somebody searches for is no filter here: a search may
name somebody."""


@dataclass(frozen=True)
class Beside:
    """The views of the page that is shown, and what would be kept of it. It is asked for only
    where a page shows it."""

    desk: Desk
    page: str
    chosen: dict[str, str]

    @property
    def query(self) -> str:
        """What is chosen, as an address carries it."""
        return urlencode(self.chosen)

    @cached_property
    def listed(self) -> list[SavedView]:
        """One's own and those of colleagues."""
        desk = self.desk
        return saved_views.of_page(desk.user.pk, desk.book.id, self.page, _BESIDE)


@dataclass(frozen=True, slots=True)
class Line:
    """A view in the list. `url` leads to its page, `link` is what colleagues open, `public` what
    everybody does; `publishable`: residents have such a page."""

    row: SavedView
    title: Promise
    filters: str
    owner: str
    url: str
    link: str
    public: str
    publishable: bool


def beside(desk: Desk, page: str, chosen: Mapping[str, Any]) -> Beside:
    """The views of a page, beside what is chosen on it."""
    return Beside(desk, page, _filters(page, chosen))


def _filters(page: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Those of the fields that are filters of the page and say something, in their order."""
    named = {name: clean(str(given.get(name) or "")) for name in PAGES[page].fields}
    return {name: value for name, value in named.items() if value}


@page
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One's own views, those of colleagues, and what is public; or one more is kept."""
    if request.method == "POST":
        return _keep(request, desk)
    after = whole(request.GET.get("after", ""))
    shared = saved_views.of_colleagues(desk.user.pk, desk.book.id, _allowed(desk), after, _ROWS + 1)
    publishes = desk.may_somewhere("publish")
    public = saved_views.published(desk.book.id).exclude(user=desk.user.pk)[:_ROWS]
    context = {
        "own": [_line(request, desk, each) for each in _own(desk)],
        "shared": [_line(request, desk, each) for each in shared[:_ROWS]],
        "public": [_line(request, desk, each) for each in public] if publishes else [],
        "publishes": publishes,
        "more": desk.url("views/", after=shared[_ROWS - 1].pk) if shared[_ROWS:] else "",
    }
    return show(request, desk, "views", context)


@page
@require_safe
def open_(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Lead to the page of a view: one's own, or one that a colleague shares."""
    found = saved_views.seen(desk.user.pk, desk.book.id).filter(pk=number).first()
    if found is None:
        raise Http404(number)
    return HttpResponseRedirect(_url(desk, found))


@page
@require_POST
def alter(request: HttpRequest, desk: Desk, number: int, change: str) -> HttpResponse:
    """Do one of `CHANGES` to a view, and say what was done."""
    if change not in CHANGES:
        raise Http404(change)
    CHANGES[change](request, desk, number)
    return HttpResponseRedirect(desk.url("views/"))


def _keep(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the page that is shown under a name, then show it again."""
    page = request.POST.get("page", "")
    if page not in PAGES:
        raise Http404(page)
    chosen = _filters(page, dict(parse_qsl(request.POST.get("query", "")[:1000])))
    query, name = urlencode(chosen), _name(request)
    if not name:
        say(request, gettext("Give it a name first."), tone="sun")
    elif len(query) > 400:
        say(request, gettext("These are more filters than can be kept."), tone="sun")
    elif _own(desk).count() >= MOST:
        say(request, gettext("You keep as many as there can be: drop one first."), tone="sun")
    else:
        kept = SavedView(user=desk.user, city_id=desk.book.id, page=page, query=query, name=name)
        _store(request, kept, gettext("Kept as “%(name)s”.") % {"name": name})
    return HttpResponseRedirect(desk.url(f"{page}/", **chosen))


def _rename(request: HttpRequest, desk: Desk, number: int) -> None:
    found, name = _one(desk, number), _name(request)
    if not name:
        say(request, gettext("Give it a name first."), tone="sun")
        return
    found.name = name
    _store(request, found, gettext("Renamed."))


def _share(request: HttpRequest, desk: Desk, number: int) -> None:
    _own(desk).filter(pk=_one(desk, number).pk).update(shared=True)
    say(request, gettext("Colleagues see it in their lists, and its link opens to them."))


def _unshare(request: HttpRequest, desk: Desk, number: int) -> None:
    _own(desk).filter(pk=_one(desk, number).pk).update(shared=False)
    say(request, gettext("It is yours alone again."))


def _publish(request: HttpRequest, desk: Desk, number: int) -> None:
    """Give it a public link, where residents have such a page."""
    if not desk.may_somewhere("publish"):
        raise NotAllowed("publish")
    found = _one(desk, number)
    public = counterpart(found.page, dict(parse_qsl(found.query)))
    if public is None:
        say(request, gettext("Residents have no page that shows this."), tone="sun")
    elif found.code is None:
        found.code = get_random_string(_LENGTH, _LETTERS)
        found.public_page, found.public_query = public
        found.save(update_fields=["code", "public_page", "public_query"])
        log.info("view published", view=found.pk, by=desk.user.pk)
        say(request, gettext("It has a public link."))


def _revoke(request: HttpRequest, desk: Desk, number: int) -> None:
    """Take a public link back: one's own, or that of anybody for who may publish."""
    public = saved_views.published(desk.book.id).filter(pk=number)
    if not desk.may_somewhere("publish"):
        public = public.filter(user=desk.user)
    if not public.update(code=None, public_page="", public_query=""):
        raise Http404(number)
    log.info("view no longer public", view=number, by=desk.user.pk)
    say(request, gettext("The public link leads nowhere any more."))


def _remove(request: HttpRequest, desk: Desk, number: int) -> None:
    found = _one(desk, number)
    saved_views.forget(desk.book.id, _long_ago())
    _own(desk).filter(pk=found.pk).update(removed_at=now())
    said = gettext("“%(name)s” is removed.") % {"name": found.name}
    say(request, said, undo=(f"views/{number}/undo/", number))


def _undo(request: HttpRequest, desk: Desk, number: int) -> None:
    removed = saved_views.removed(desk.user.pk, desk.book.id, _long_ago())
    found = removed.filter(pk=number).first()
    if found is None:
        raise Http404(number)
    found.removed_at = None
    _store(request, found, gettext("“%(name)s” is there again.") % {"name": found.name})


CHANGES: dict[str, Callable[[HttpRequest, Desk, int], None]] = {
    "rename": _rename,
    "share": _share,
    "unshare": _unshare,
    "publish": _publish,
    "revoke": _revoke,
    "remove": _remove,
    "undo": _undo,
}
"""What can be done to a view."""


def _own(desk: Desk) -> "QuerySet[SavedView]":
    return saved_views.own(desk.user.pk, desk.book.id)


def _one(desk: Desk, number: int) -> SavedView:
    """A view of this person. Raises `Http404`."""
    found = _own(desk).filter(pk=number).first()
    if found is None:
        raise Http404(number)
    return found


def _name(request: HttpRequest) -> str:
    return clean(request.POST.get("name", "").replace("\n", " "))[:60]


def _store(request: HttpRequest, row: SavedView, done: str) -> None:
    """Write it and say so; not where another one has its name."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        say(request, gettext("You have a view of that name already."), tone="sun")
    else:
        say(request, done)


def _long_ago() -> datetime:
    """Before this nothing that was removed is brought back; a browser may be a little slow."""
    return now() - timedelta(seconds=int(settings.NGOMA_UNDO) + 5)


def _allowed(desk: Desk) -> list[str]:
    """The pages that this person may open."""
    return [name for name, kind in PAGES.items() if not kind.verb or desk.may_somewhere(kind.verb)]


def _url(desk: Desk, row: SavedView) -> str:
    return desk.url(f"{row.page}/", **dict(parse_qsl(row.query)))


def _line(request: HttpRequest, desk: Desk, row: SavedView) -> Line:
    chosen = dict(parse_qsl(row.query))
    public = f"/{desk.book.slug}/v/{row.code}" if row.code else ""
    return Line(
        row=row,
        title=PAGES[row.page].title,
        filters=" · ".join(f"{name}={value}" for name, value in chosen.items()),
        owner=called(row.user),
        url=_url(desk, row),
        link=request.build_absolute_uri(desk.url(f"views/{row.pk}/")),
        public=request.build_absolute_uri(public) if public else "",
        publishable=counterpart(row.page, chosen) is not None,
    )
