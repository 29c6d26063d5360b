"""What the city does with what people tell it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.people.vault import KEEP
from ngoma.public.site import Site, page, show


@require_safe
@page
def your_data(request: HttpRequest, site: Site) -> HttpResponse:
    """What is public, what is private, for how long, and how to have it erased."""
    return show(request, site, "your-data", {"years": KEEP.days // 365}, page="your-data")
