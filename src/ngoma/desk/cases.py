"""One case: its story, its deadlines, and what may be done to it."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.clock import now
from ngoma.casework.errors import NotAllowed
from ngoma.desk import telling
from ngoma.desk.actions import BESIDE
from ngoma.desk.refusals import Trouble
from ngoma.desk.sheets import sheet
from ngoma.desk.site import Desk, page, show
from ngoma.look import formats
from ngoma.people.vault import Address, read_by_staff
from ngoma.records.models import Contact, User
from ngoma.records.queries.casefiles import Head, briefs, case_reference
from ngoma.records.queries.members import of_city
from ngoma.records.queries.nearby import around_point

NEIGHBOURS_M = 900.0
PURPOSES = ("call-back", "identity", "request")


@page
@require_safe
def view(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """The page of a case; the reference of another of its reports leads here too."""
    known = case_reference(desk.book.id, reference)
    if known is not None and known != reference:
        return HttpResponseRedirect(desk.case_url(known))
    return render(request, desk, desk.case(reference))


def render(
    request: HttpRequest,
    desk: Desk,
    head: Head,
    *,
    trouble: Trouble | None = None,
    status: int = 200,
    revealed: tuple[int, Address] | None = None,
) -> HttpResponse:
    """The page of a case. `revealed` is an address that was just read, and of which report."""
    found = sheet(desk, head, others=_neighbours(desk, head))
    members = of_city(desk.book.id)
    context = {
        "sheet": found,
        "story": telling.lines(desk, found.file),
        "beside": {name for name, each in BESIDE.items() if each.open_to(desk, head)},
        "members": members,
        "assignee": dict(members).get(head.assignee_id or 0, ""),
        "merged_into": _reference(desk, head.merged_into_id),
        "may_reveal": desk.may("reveal", head.department_id),
        "working_left": _working_left(desk, head),
        "trouble": trouble,
        "revealed": revealed,
    }
    return show(request, desk, "case", context, status)


@page
@require_POST
def reveal(request: HttpRequest, desk: Desk, reference: str, report: int) -> HttpResponse:
    """Show how to reach a reporter; who looked and why is written down first."""
    head = desk.case(reference)
    if not desk.may("reveal", head.department_id):
        raise NotAllowed("reveal")
    purpose = request.POST.get("purpose", "")
    contact = Contact.objects.filter(report__pk=report, report__case=head.id).first()
    if contact is None or purpose not in PURPOSES:
        raise Http404("no contact, or no purpose")
    assert isinstance(request.user, User)
    address = read_by_staff(contact, request.user, purpose)
    return render(request, desk, head, revealed=(report, address))


def _working_left(desk: Desk, head: Head) -> str:
    """How much working time is left until the promised solution; empty where none is."""
    if head.due is None or head.due <= now():
        return ""
    left = desk.book.calendar.between(now(), head.due)
    days, day = left / desk.book.calendar.day_length(), timedelta(days=1)
    span = formats.days(round(days)) if days >= 2 else formats.span(left) if left < day else ""
    return gettext("%(span)s of working time left") % {"span": span} if span else ""


def _reference(desk: Desk, case_id: int | None) -> str:
    found = briefs(desk.book.id, [case_id]) if case_id is not None else {}
    return next((each.reference for each in found.values()), "")


def _neighbours(desk: Desk, head: Head) -> list[tuple[float, float]]:
    """Where other cases are, open or done lately."""
    if head.lat is None or head.lon is None:
        return []
    rows = around_point(desk.book.id, head.lat, head.lon, metres=NEIGHBOURS_M, at=now())
    return [(row["lat"], row["lon"]) for row in rows if row["id"] != head.id]
