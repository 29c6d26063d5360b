"""What makes a city's pages an application of the phone: its manifest, and the worker that opens
them without a network."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ngoma.look.formats import direction
from ngoma.public.site import Site, page, show

KEPT = ("", "report", "mine", "offline")
"""The pages that open without a network; none of them holds anything of a person."""


@require_safe
@cache_control(public=True, max_age=3600)
@page
def manifest(request: HttpRequest, site: Site) -> HttpResponse:
    """The application, in the language of its address (W3C Web Application Manifest)."""
    return _json(
        {
            "id": f"{site.base}/",
            "name": f"Ngoma {site.name}",
            "short_name": site.name,
            "description": _(
                "Show the problem and where it is. You hear who will fix it, and by which day."
            ),
            "lang": site.language,
            "dir": direction(site.language),
            "start_url": site.url(),
            "scope": f"{site.base}/",
            "display": "standalone",
            "background_color": "#FBFAF7",
            "theme_color": "#FBFAF7",
            "icons": [_icon(192), _icon(512), {**_icon(512), "purpose": "maskable"}],
            "shortcuts": [{"name": _("Report a problem"), "url": site.url("report")}],
        },
        "application/manifest+json",
    )


@require_safe
@page
def offline(request: HttpRequest, site: Site) -> HttpResponse:
    """What is shown in place of a page that is not kept, when there is no network."""
    return show(request, site, "offline", {}, page="offline")


@require_safe
@cache_control(no_cache=True)
@page
def worker(request: HttpRequest, site: Site) -> HttpResponse:
    """The service worker of the city's pages: what it keeps, and the script that does it.

    The address of the script changes with it, and so a browser sees that there is a new one.
    """
    kept = {
        "pages": [site.url_in(each, name) for each in site.book.languages for name in KEPT],
        "outline": [site.url_in(each, "outline.json") for each in site.book.languages],
    }
    script = msgspec.json.encode(static("public/worker.js")).decode()
    text = f"self.kept = {msgspec.json.encode(kept).decode()};\nimportScripts({script});\n"
    return HttpResponse(text, content_type="text/javascript")


def _icon(side: int) -> dict[str, str]:
    return {
        "src": static(f"public/icon-{side}.png"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
    }


def _json(value: Any, content_type: str) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type=content_type)
