"""Reports on a map and in a list: the same choice of them, in the address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.public import filters, outlines
from ngoma.public.lines import line
from ngoma.public.site import Site, page, show
from ngoma.records.queries import public_cases

LENGTH = 20


@require_safe
@page
def list_only(request: HttpRequest, site: Site) -> HttpResponse:
    """The list, newest first."""
    return _show(request, site, "list")


@require_safe
@page
def map_and_list(request: HttpRequest, site: Site) -> HttpResponse:
    """The map, with the list beside it."""
    return _show(request, site, "map")


def _show(request: HttpRequest, site: Site, face: str) -> HttpResponse:
    chosen = filters.read(site, request.GET)
    after = filters.cursor(request.GET.get("after", ""))
    rows, more = public_cases.page(filters.wanted(site, chosen), after=after, limit=LENGTH)
    context = {
        "face": face,
        "lines": [line(site, row) for row in rows],
        "first": site.url(face, **chosen.query) if after else "",
        "more": site.url(face, **chosen.query, after=filters.cursor_text(more)) if more else "",
        "other": site.url("map" if face == "list" else "list", **chosen.query),
        "plain": site.url(face),
        "data": site.url("map.json", **chosen.query),
        "view": outlines.whole(site.book, 320, 240).text,
        **filters.choices(site, chosen),
    }
    return show(request, site, "list", context, page=face, asked=request.GET.dict())
