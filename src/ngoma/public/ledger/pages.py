"""The ledger for people: what it is, how it stands, and one entry by its short form."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ngoma.base.ledger_codes import BadCode
from ngoma.ledger import publishing, receipts, standing
from ngoma.public.site import Site, page, show

LATE = 20
"""Entries recorded late that the page shows."""
DAYS = 14


@require_safe
@page
def ledger(request: HttpRequest, site: Site) -> HttpResponse:
    """What the ledger is, and how it stands."""
    context = {
        "published": publishing.newest(),
        "waiting": publishing.waiting_since(),
        "witnesses": standing.witnesses(),
        "growth": standing.growth(DAYS),
        "late": standing.late(LATE),
        "late_count": standing.count_late(),
        "stamp": standing.last_stamp(),
        "keys": publishing.log_keys(),
        **_found(request.GET.get("code", "")),
    }
    return show(request, site, "ledger", context, page="ledger")


def _found(code: str) -> dict[str, Any]:
    """What a short form that was typed leads to."""
    if not code:
        return {"code": "", "entry": None, "trouble": ""}
    entry, trouble = None, ""
    try:
        entry = receipts.find(code)
    except BadCode:
        trouble = _("This code is mistyped. It has four parts, with hyphens between.")
    else:
        if entry is None:
            trouble = _("The ledger has no such entry. If the city gave you this code, ask why.")
    return {"code": code, "entry": entry, "recorded": receipts.recorded(entry), "trouble": trouble}


@require_safe
@page
def proof(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    """The receipt of an entry by its short form: the proof, and no field opened."""
    try:
        entry = receipts.find(code)
    except BadCode:
        entry = None
    found = receipts.receipt(entry, names=()) if entry else None
    if found is None:
        raise Http404(code)
    return download(found, f"ledger-{code}.txt")


def download(content: bytes, name: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
