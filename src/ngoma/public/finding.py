"""Find my report: a reference as somebody remembers it leads to its page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ngoma.base import references
from ngoma.cities.book import books
from ngoma.public.site import Site, page, show
from ngoma.records.queries.stories import exists


@require_safe
@page
def find(request: HttpRequest, site: Site) -> HttpResponse:
    """Lead to the report, or say what is wrong with the reference."""
    typed = request.GET.get("ref", "").strip()[:64]
    if not typed:
        return _again(request, site, typed, "")
    try:
        reference = references.read(typed)
    except references.BadReference as bad:
        return _again(request, site, typed, _reason(site, bad.reason))
    city = next((each for each in books() if each.prefix == reference[:3]), None)
    if city is None or not exists(reference):
        return _again(request, site, typed, _("There is no report with this reference."))
    if city.id != site.book.id:
        return HttpResponseRedirect(f"/{city.slug}/r/{reference}")
    return HttpResponseRedirect(site.url(f"r/{reference}"))


def _reason(site: Site, reason: str) -> str:
    match reason:
        case "length":
            return _("A reference has three letters and six characters or more.")
        case "prefix":
            return _("A reference here begins with %(prefix)s.") % {"prefix": site.book.prefix}
        case "character":
            return _("Some of these characters are in no reference. Look at them again.")
    return _("One character is wrong, or two have changed places. Look at them again.")


def _again(request: HttpRequest, site: Site, typed: str, problem: str) -> HttpResponse:
    context = {"typed": typed, "problem": problem, "example": f"{site.book.prefix} 7F3 K29"}
    return show(request, site, "find", context, page="find", status=404 if problem else 200)
