"""The map alone, for a frame in anybody's page: the only page of ours that may be framed."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from ngoma.public import filters
from ngoma.public.listing import mapped
from ngoma.public.site import Site, page, show


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@cache_control(public=True, max_age=60)
@page
def embed(request: HttpRequest, site: Site) -> HttpResponse:
    """The map with the address's filters, and the ways to the list and to the whole page."""
    chosen = filters.read(site, request.GET)
    context = {
        **mapped(site, chosen),
        "picture": site.url("map/reports.svg", **chosen.query),
        "list": site.url("list", **chosen.query),
        "map": site.url("map", **chosen.query),
    }
    return show(request, site, "embed", context)
