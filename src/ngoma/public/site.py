"""A city as one reader sees it, and the wrapper that opens every page of it.

A city's pages start at `/<slug>/`, or at `/` of a host name of its own. A language other than the
city's own is the next part of the path, so that every link keeps its language and can be cached.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import pgettext
from django.views.decorators.gzip import gzip_page

from ngoma.base import clock
from ngoma.cities.book import Book, UnknownCity, book, books, by_host
from ngoma.look.speaking import Speaking
from ngoma.public.own_origin import require_own_origin
from ngoma.public.unchanged import SAFE, tag_of, tagged
from ngoma.records.sql import replica


@dataclass(frozen=True, slots=True)
class Site(Speaking):
    """A city in one language. `base` is where its pages start, without a slash at the end."""

    book: Book
    language: str
    base: str

    def url(self, page: str = "", /, **query: Any) -> str:
        """The address of a page of this city in this language."""
        return self.url_in(self.language, page, **query)

    def url_in(self, language: str, page: str = "", /, **query: Any) -> str:
        """The address of a page in another language of the city."""
        part = "" if language == self.book.languages[0] else f"/{language}"
        asked = {key: value for key, value in query.items() if value not in (None, "")}
        return f"{self.base}{part}/{quote(page)}" + (f"?{urlencode(asked)}" if asked else "")

    @property
    def notice(self) -> str:
        """What has to be said on every page: that this is a demonstration. Empty otherwise."""
        return self.text(self.book.settings.get("demo", {}).get("notice", {}))

    def place(self, place_id: int | None, *, exact: bool = True) -> str:
        """The name of a place and of the whole it lies in: 'Bwaise I, Kawempe'; empty for none.

        Not `exact`: of the whole alone.
        """
        chain = self.book.chain(place_id)
        names = [self.text(self.book.places[each].names) for each in chain]
        if len(names) < 2 or not exact:
            return names[-1] if names else ""
        # Some languages name the whole first.
        return pgettext("place", "%(part)s, %(whole)s") % {"part": names[0], "whole": names[-1]}


View = Callable[..., HttpResponse]
"""A view of a request, a site, and the parts of the address."""


def page(view: View) -> View:
    """Open a city's page: find city and language, speak it, and refuse forms of other origins."""

    @gzip_page
    @wraps(view)
    def opened(
        request: HttpRequest, city: str | None = None, language: str | None = None, **rest: Any
    ) -> HttpResponse:
        site = find(request, city, language)
        if site is None:
            raise Http404("no such city or language")
        if language == site.book.languages[0]:
            return HttpResponsePermanentRedirect(_without_language(request, language))
        with translation.override(site.language), timezone.override(site.book.zone):
            try:
                require_own_origin(request)
                response = tagged(request, view(request, site, **rest))
            except Http404:
                response = show(request, site, "error", {"status": 404}, status=404)
            except (PermissionDenied, SuspiciousOperation):
                response = show(request, site, "error", {"status": 403}, status=403)
        response["Content-Language"] = site.language
        if not city:
            patch_vary_headers(response, ["Host"])
        return response

    opened.csrf_exempt = True  # type: ignore[attr-defined] # see own_origin.py
    return opened


def from_replica(view: View) -> View:
    """Let a view that only reads be answered by the replica, where there is one: not to staff, who
    may have changed just now what they read. What is not there yet is looked for at the primary."""

    @wraps(view)
    def answered(request: HttpRequest, site: Site, **rest: Any) -> HttpResponse:
        if request.method not in SAFE or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return view(request, site, **rest)
        return replica.read(partial(view, request, site, **rest), missing=Http404)

    return answered


def find(request: HttpRequest, city: str | None, language: str | None) -> Site | None:
    """The city by its slug, else by the host name; None where there is none in that language."""
    try:
        found = book(city) if city else by_host(request.get_host())
    except UnknownCity:
        return None
    if found is None or (language and language not in found.languages):
        return None
    base = f"/{city}" if city else ""
    return Site(found, language or found.languages[0], base)


def find_by_path(request: HttpRequest) -> Site | None:
    """The city and language that an address means which leads to no page."""
    first, second, *_ = [*request.path.strip("/").split("/"), "", ""]
    return (
        find(request, first, second)
        or find(request, first, None)
        or find(request, None, first)
        or find(request, None, None)
        if first
        else find(request, None, None)
    )


def show(
    request: HttpRequest,
    site: Site,
    template: str,
    context: Mapping[str, Any],
    *,
    page: str | None = None,
    asked: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a template of the door.

    `page` is its address in the city and `asked` its query, for the other languages.
    """
    switch = []
    if page is not None:
        switch = [(each, site.url_in(each, page, **asked or {})) for each in site.book.languages]
    known = {
        "site": site,
        "language": site.language,
        "languages": switch,
        "origin": f"{request.scheme}://{request.get_host()}",
        **context,
    }
    return render(request, f"public/{template}.html.jinja", known, status=status)


def tag(request: HttpRequest, site: Site, *parts: object) -> str:
    """The tag of a page that is made of these parts, of its address and of the words of the city,
    and tells how long ago something was only by the day."""
    where = request.scheme, request.get_host(), site.base, site.language
    today = timezone.localdate(clock.now(), site.book.zone)
    return tag_of(*where, site.book.id, site.book.version, today, *parts)


def only_city() -> Book | None:
    """The installation's city, if it has just one."""
    known = books()
    return known[0] if len(known) == 1 else None


def _without_language(request: HttpRequest, language: str) -> str:
    return request.get_full_path().replace(f"/{language}/", "/", 1)
