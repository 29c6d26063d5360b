"""stub"""

from django.http import HttpRequest, HttpResponse

from ngoma.public.site import Site, page, show


@page
def mine(request: HttpRequest, site: Site) -> HttpResponse:
    return show(request, site, "mine", {}, page="mine")
