"""Short links that the city's staff publish: each leads to a page that everybody may see anyway."""

from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ngoma.public.site import Site, page
from ngoma.records.queries import saved_views


@require_safe
@never_cache
@page
def published(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    """Lead to the page of a published view, in the language of the link. What was taken back, or
    never was, leads nowhere."""
    found = saved_views.target(site.book.id, code)
    if found is None:
        raise Http404(code)
    return HttpResponseRedirect(site.url(found.page, **dict(parse_qsl(found.query))))
