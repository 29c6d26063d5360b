"""What a reader sees when a page is not there, may not be seen, or is broken."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from ngoma.public import outages
from ngoma.public.site import find_by_path, show
from ngoma.work import failures


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400. Nothing of the request is read again, not even its host: it may be what is wrong."""
    return HttpResponse("This request cannot be read.\n", "text/plain", status=400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, in the language that the address names."""
    return _page(request, 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, in the language that the address names."""
    return _page(request, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or an outage where the database is away or the disk is full. Asks the database nothing:
    it may be what is broken."""
    status = failures.status(sys.exc_info()[1])
    return _bare(request, 500) if status is None else outages.answer(request, status)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    site = find_by_path(request)
    if site is None:
        return _bare(request, status)
    with translation.override(site.language), timezone.override(site.book.zone):
        return show(request, site, "error", {"status": status}, status=status)


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    context: dict[str, Any] = {"status": status, "language": "en", "site": None, "languages": []}
    with translation.override("en"):
        return render(request, "public/error.html.jinja", context, status=status)
