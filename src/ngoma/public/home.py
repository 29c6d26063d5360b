"""The front pages: of the installation, which offers its cities, and of a city."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ngoma.base import clock
from ngoma.base.remembered import remembered
from ngoma.cities.book import books, by_host
from ngoma.look.formats import autonym
from ngoma.public import sharing
from ngoma.public.cards import Card
from ngoma.public.lines import fixes, line
from ngoma.public.sharing import share
from ngoma.public.site import Site, from_replica, only_city, page, show, tag
from ngoma.public.unchanged import unless_known
from ngoma.records.queries import public_cases
from ngoma.records.queries.public_cases import Figures, Wanted

RECENT = 6


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """A city at its own host; else the only city; else all cities to choose from."""
    if by_host(request.get_host()):
        return home(request)
    only = only_city()
    if only is not None:
        return HttpResponseRedirect(f"/{only.slug}/")
    spoken = list(dict.fromkeys(each for book in books() for each in book.languages)) or ["en"]
    asked = request.GET.get("lang", "")
    language = asked if asked in spoken else "en" if "en" in spoken else spoken[0]
    context = {
        "language": language,
        "offers": [] if asked else [offer(each, f"/?lang={each}") for each in spoken],
        "addresses": lambda city: {each: city.url_in(each) for each in city.book.languages},
        "languages": [(each, f"/?lang={each}") for each in spoken],
        "cities": [Site(book, book.language(language), f"/{book.slug}") for book in books()],
        "site": None,
    }
    with translation.override(language):
        return render(request, "public/cities.html.jinja", context)


@require_safe
@page
@from_replica
def home(request: HttpRequest, site: Site) -> HttpResponse:
    """The big button, find-my-report, what is counted, what was fixed, what was reported."""
    recent, _more = public_cases.page(Wanted(city_id=site.book.id, at=clock.now()), limit=RECENT)
    told = {
        "figures": figures(site.book.id, _week_ago()),
        "fixes": fixes(site, _fixed_lately(site.book.id)),
        "recent": [line(site, row) for row in recent],
    }
    return unless_known(
        request, tag(request, site, "home", told), lambda: _home(request, site, told)
    )


def _home(request: HttpRequest, site: Site, told: Mapping[str, object]) -> HttpResponse:
    context = {
        **told,
        "example": f"{site.book.prefix} 7F3 K29",
        "offers": [offer(each, site.url_in(each)) for each in _others(site)],
        "share": share(request, site, _title(site), _promise(), page="", card=sharing.FILE),
    }
    return show(request, site, "home", context, page="")


def offer(language: str, address: str) -> tuple[str, str, str]:
    """A language with the address of a page in it, and the words that offer it, in itself."""
    with translation.override(language):
        words = _("Read this in %(language)s") % {"language": autonym(language)}
    return language, address, words


def _others(site: Site) -> list[str]:
    """The languages to offer: none where the address names one."""
    own, *others = site.book.languages
    return others if site.language == own else []


@require_safe
@page
@from_replica
def card(request: HttpRequest, site: Site) -> HttpResponse:
    """The card of the city."""
    return sharing.answer(request, city_card(site))


def city_card(site: Site) -> Card:
    """The city's invitation, with what it repaired last."""
    fixed = fixes(site, _fixed_lately(site.book.id))[:1]
    photos = [
        pair
        for each in fixed
        for pair in ((each.before.name, _("Before")), (each.after.name, _("After")))
    ]
    return Card(city=site.name, title=_title(site), sentence=_promise(), photos=tuple(photos))


def _title(site: Site) -> str:
    return _("Tell %(city)s what needs fixing") % {"city": site.name}


def _promise() -> str:
    return _("Show us the problem and where it is. We tell you who will fix it, and by which day.")


@remembered(10)
def figures(city_id: int, since: datetime) -> Figures:
    """What the front page counts, at most some seconds old."""
    return public_cases.figures(city_id, since=since, at=clock.now())


@remembered(60)
def _fixed_lately(city_id: int) -> tuple[int, ...]:
    return tuple(public_cases.fixed_with_photos(city_id, limit=4))


def _week_ago() -> datetime:
    """Seven days ago at midnight, in the city's zone: a week whatever the weekday."""
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=7)
