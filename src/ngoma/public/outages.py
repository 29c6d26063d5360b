"""What is answered while the database is away or the disk is full: not that something broke, but
that nothing was taken, with all that was typed, and when to try again."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ngoma.public.own_origin import require_own_origin
from ngoma.public.site import Site, find_by_path, show

RETRY_AFTER = "10"
"""Seconds."""


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """503 or 507 as JSON to who speaks that, else as a page in the language of the address."""
    site = _site(request)
    with translation.override(site.language if site else "en"):
        if _speaks_json(request):
            response: HttpResponse = JsonResponse({"error": _("We cannot answer just now")})
        else:
            response = _page(request, site)
    response.status_code = status
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response


def _site(request: HttpRequest) -> Site | None:
    """The city, as far as this process has read of it before."""
    with suppress(Exception):
        return find_by_path(request)
    return None


def _speaks_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return (
        request.content_type == "application/json"
        or request.path.endswith(".json")
        or ("application/json" in accepted and "text/html" not in accepted)
    )


def _page(request: HttpRequest, site: Site | None) -> HttpResponse:
    context: dict[str, Any] = {"fields": _typed(request), "files": _with_files(request)}
    if site is not None:
        with timezone.override(site.book.zone):
            return show(request, site, "outage", context)
    context |= {"site": None, "language": "en", "languages": []}
    return render(request, "public/outage.html.jinja", context)


def _typed(request: HttpRequest) -> Sequence[tuple[str, str]]:
    """What came with a form of our own, so that it can be sent again from the page. What another
    site sent is not offered to be sent as ours; and a password is in no page."""
    if request.method != "POST":
        return ()
    try:
        require_own_origin(request)
        form = list(request.POST.lists())
    except PermissionDenied:
        return ()
    except Exception:  # a body that did not arrive whole
        return ()
    if any("password" in name for name, _values in form):
        return ()
    return [(name, str(value)) for name, values in form for value in values]


def _with_files(request: HttpRequest) -> bool:
    with suppress(Exception):
        return request.method == "POST" and bool(request.FILES)
    return False
