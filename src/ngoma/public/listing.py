"""Reports on a map and in a list: the same choice of them, in the address."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from ngoma.base.characters import clean
from ngoma.look import outlines
from ngoma.public import filters, mapping
from ngoma.public.filters import Filters
from ngoma.public.forms import number
from ngoma.public.lines import line
from ngoma.public.mapping import PICTURE
from ngoma.public.site import Site, from_replica, page, show, tag
from ngoma.public.unchanged import unless_known
from ngoma.records.queries import public_cases, public_map

LENGTH = 20


@require_safe
@page
@from_replica
def list_only(request: HttpRequest, site: Site) -> HttpResponse:
    """The list, newest first."""
    chosen = filters.read(site, request.GET)
    return _show(request, site, "list", chosen, {})


@require_safe
@page
@from_replica
def map_and_list(request: HttpRequest, site: Site) -> HttpResponse:
    """The map, with the list beside it; or where a tap on its picture leads."""
    chosen = filters.read(site, request.GET)
    if "tap.x" in request.GET:
        return HttpResponseRedirect(site.url("map", **_closer(request, site, chosen).query))
    frame = mapping.framed(site, chosen)
    further = replace(chosen, box=frame.around(frame.lat, frame.lon, 2).box)
    context = {
        **mapped(site, chosen),
        "picture": site.url("map/reports.svg", **chosen.query),
        "further": site.url("map", **further.query),
        "size": PICTURE,
        "frame": _frame(site, request.build_absolute_uri(site.url("embed", **chosen.query))),
    }
    return _show(request, site, "map", chosen, context)


@require_safe
@page
@from_replica
def part(request: HttpRequest, site: Site) -> HttpResponse:
    """The list alone, as the page `map` has it: for a map that was moved."""
    chosen = filters.read(site, request.GET)
    return _bare(request, site, "list-part", _listed(request, site, "map", chosen))


@require_safe
@page
@from_replica
def one(request: HttpRequest, site: Site, reference: str) -> HttpResponse:
    """One report in a few words, for the bubble of its point on the map."""
    row = public_cases.one(site.book.id, clean(reference))
    if row is None:
        raise Http404(reference)
    return _bare(request, site, "bubble", {"line": line(site, row)})


def mapped(site: Site, chosen: Filters) -> dict[str, str]:
    """What a page tells its map."""
    everywhere = chosen.everywhere
    return {
        "tiles": site.url_in(site.book.languages[0], "tiles/"),
        "tile_query": site.url("", **everywhere).partition("?")[2],
        "part": site.url("list/part", **everywhere),
        "box": filters.box_text(chosen.box or outlines.whole(site.book, 1, 1).box),
    }


def _closer(request: HttpRequest, site: Site, chosen: Filters) -> Filters:
    """The choice with half as large a box around where the picture was tapped."""
    frame = mapping.framed(site, chosen)
    x, y = (number(request.GET.get(f"tap.{axis}", "")) or 0.0 for axis in "xy")
    # Whatever is sent, the tap was on the picture.
    lat, lon = frame.point(min(max(x, 0), PICTURE[0]), min(max(y, 0), PICTURE[1]))
    return replace(chosen, box=frame.around(lat, lon, 0.5).box)


def _listed(request: HttpRequest, site: Site, face: str, chosen: Filters) -> dict[str, Any]:
    """A page of the list."""
    wanted = filters.wanted(site, chosen)
    inside = public_map.inside(wanted, chosen.box) if chosen.box else None
    after = filters.cursor(request.GET.get("after", ""))
    rows, more = public_cases.page(wanted, inside=inside, after=after, limit=LENGTH)
    return {
        "lines": [line(site, row) for row in rows],
        "inside": inside,
        "most": public_map.LISTED,
        "everywhere": site.url(face, **chosen.everywhere),
        "first": site.url(face, **chosen.query) if after else "",
        "more": site.url(face, **chosen.query, after=filters.cursor_text(more)) if more else "",
    }


def _show(
    request: HttpRequest, site: Site, face: str, chosen: Filters, more: dict[str, Any]
) -> HttpResponse:
    told = _listed(request, site, face, chosen) | more

    def answer() -> HttpResponse:
        context = {
            "face": face,
            "other": site.url("map" if face == "list" else "list", **chosen.query),
            "plain": site.url(face),
            **filters.choices(site, chosen),
            **told,
        }
        return show(request, site, "list", context, page=face, asked=request.GET.dict())

    return unless_known(request, tag(request, site, request.get_full_path(), told), answer)


def _frame(site: Site, address: str) -> str:
    """The HTML that shows the map in somebody else's page."""
    title = f"{_('Map of reports')}, {site.name}"
    sizes = 'width="100%" height="480" loading="lazy"'
    return str(Markup(f'<iframe src="{{}}" title="{{}}" {sizes}></iframe>').format(address, title))  # noqa: S704 - what is not ours is put in by format


def _bare(request: HttpRequest, site: Site, template: str, context: dict[str, Any]) -> HttpResponse:
    """A piece of a page, without its frame."""
    return render(request, f"public/{template}.html.jinja", {"site": site, **context})
