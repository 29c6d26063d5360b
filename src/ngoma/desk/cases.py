"""One case: its story, its deadlines, and what may be done to it."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.clock import now
from ngoma.casework.errors import NotAllowed
from ngoma.desk import holding, naming, parts, telling
from ngoma.desk.actions import BESIDE
from ngoma.desk.inbox import looked_at
from ngoma.desk.refusals import Trouble
from ngoma.desk.sheets import sheet
from ngoma.desk.site import Desk, page, show
from ngoma.intake import recordings
from ngoma.look import formats
from ngoma.people.vault import Address, read_by_staff
from ngoma.proposals import writer
from ngoma.records.models import Contact, Recording, User
from ngoma.records.queries.answers import last_answers
from ngoma.records.queries.casefiles import Brief, File, Head, briefs, case_reference
from ngoma.records.queries.members import mentionable, of_city
from ngoma.records.queries.nearby import open_around

NEIGHBOURS_M = 900.0


@page
@require_safe
def view(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """The page of a case; the reference of another of its reports leads here too."""
    known = case_reference(desk.book.id, reference)
    if known is not None and known != reference:
        return HttpResponseRedirect(desk.case_url(known))
    head = desk.case(reference)
    looked_at(desk, head.id)
    return render(request, desk, head)


def render(
    request: HttpRequest,
    desk: Desk,
    head: Head,
    *,
    trouble: Trouble | None = None,
    status: int = 200,
    revealed: tuple[int, Address] | None = None,
    **besides: object,
) -> HttpResponse:
    """The page of a case. `revealed` is an address that was just read, and of which report;
    `besides` is what `drafts` made for it."""
    found = sheet(desk, head, others=_neighbours(desk, head))
    members = of_city(desk.book.id)
    context = {
        "sheet": found,
        "story": telling.story(desk, found.file),
        "beside": {name for name, each in BESIDE.items() if each.open_to(desk, head)},
        "members": members,
        "colleagues": mentionable(desk.book.id),
        "assignee": dict(members).get(head.assignee_id or 0, ""),
        "merged_into": _reference(desk, head.merged_into_id),
        "may_reveal": desk.may("reveal", head.department_id),
        "working_left": _working_left(desk, head),
        "parts": parts.parts(desk, found.file),
        "way": parts.way(desk, found.file),
        "past": _past(desk, found.file),
        "holder": holding.other(desk, head.id),
        "trouble": trouble,
        "revealed": revealed,
        "purposes": naming.ASKED_FOR,
        "writer": writer.on() and head.public,
        "drafted": None,
        "translated": None,
        **besides,
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
    if contact is None or purpose not in naming.ASKED_FOR:
        raise Http404("no contact, or no purpose")
    assert isinstance(request.user, User)
    address = read_by_staff(contact, request.user, purpose)
    return render(request, desk, head, revealed=(report, address))


@page
@require_safe
def recording(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """What a reporter says, to hear. Only who may see the case hears it."""
    found = Recording.objects.select_related("report__case").filter(pk=number).first()
    if found is None or found.report.city_id != desk.book.id:
        raise Http404(str(number))
    desk.case(found.report.case.reference)
    return HttpResponse(recordings.content(found), found.kind)


def _working_left(desk: Desk, head: Head) -> str:
    """How much working time is left until the promised solution; empty where none is."""
    if head.due is None or head.due <= now():
        return ""
    left = desk.book.calendar.between(now(), head.due)
    days, day = left / desk.book.calendar.day_length(), timedelta(days=1)
    span = formats.days(round(days)) if days >= 2 else formats.span(left) if left < day else ""
    return gettext("%(span)s of working time left") % {"span": span} if span else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An earlier case that is much like this one, and what its reporters were told."""

    brief: Brief
    text: str


def _past(desk: Desk, file: File) -> list[Answered]:
    """Like cases that were solved, the likest first, with the answers that worked."""
    said = file.proposal.answers if file.proposal else []
    ids = [each["case"] for each in said if each["kind"] == "past" and each["case"]]
    known = briefs(desk.book.id, ids)
    texts = last_answers(ids)
    return [
        Answered(known[each], texts[each])
        for each in ids
        if each in known and each in texts and desk.may("see", known[each].department_id)
    ]


def _reference(desk: Desk, case_id: int | None) -> str:
    found = briefs(desk.book.id, [case_id]) if case_id is not None else {}
    return next((each.reference for each in found.values()), "")


def _neighbours(desk: Desk, head: Head) -> list[tuple[float, float]]:
    """Where other open cases are."""
    if head.lat is None or head.lon is None:
        return []
    found = open_around(desk.book.id, head.lat, head.lon, metres=NEIGHBOURS_M)
    return [(lat, lon) for case_id, lat, lon in found if case_id != head.id]
