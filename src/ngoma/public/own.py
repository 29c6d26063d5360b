"""The reporter's own page, opened by the secret in its address: add, rate, say it is not fixed."""

import io
from collections.abc import Callable
from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from ngoma.base.characters import clean, whole
from ngoma.base.references import show as shown
from ngoma.casework.errors import BadRequest, Refusal, WrongState
from ngoma.casework.rating import rate
from ngoma.casework.talking import inform
from ngoma.casework.workflow import possible
from ngoma.casework.working import reopen
from ngoma.intake import photos
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.ledger import receipts
from ngoma.people import codes, vault
from ngoma.people.permissions import Actor
from ngoma.people.publicity import TELLING, public_event
from ngoma.people.vault import Sealed
from ngoma.public import flooding, status
from ngoma.public.ledger.pages import download
from ngoma.public.site import Site, page, show
from ngoma.public.story import steps
from ngoma.public.tracking import find, followed
from ngoma.records.models import Code, Report
from ngoma.records.queries.stories import Story, Told


@require_http_methods(["GET", "HEAD", "POST"])
@page
def own(request: HttpRequest, site: Site, reference: str, secret: str) -> HttpResponse:
    """The reporter's page; a form on it does one thing and comes back."""
    known = _opened(site, reference, secret)
    problem = ""
    if request.method == "POST":
        challenge = flooding.demand(
            request, site, key=reference, words=_text(request), service="",
            proof=request.POST.get("proof", ""), kind="addition",
        )  # fmt: skip
        if challenge:
            kept = {name: request.POST[name] for name in _KEPT if name in request.POST}
            address = site.url(_address(known.told))
            return private(flooding.slowed(request, site, challenge, address, kept))
        flooding.count(request, site, "addition")
        done, problem = _do(request, site, known)
        if done:
            return HttpResponseRedirect(site.url(_address(known.told), told=done) + "#told")
    context = {
        **followed(site, known, own=True),
        "told_now": _THANKS.get(request.GET.get("told", ""), str)(),
        "problem": problem,
        "text": request.POST.get("text", ""),
        "adds": possible("inform", known.told.state),
        "disputes": possible("reopen", known.told.state),
        "rates": possible("rate", known.told.state) and known.told.resolved_at is not None,
        "address": site.url(_address(known.told)),
        "proofs": _proofs(site, known),
        "hint": _unconfirmed(known.told),
    }
    response = show(request, site, "track", context, page=_address(known.told))
    return private(response)


@require_safe
@page
def receipt(request: HttpRequest, site: Site, reference: str, secret: str) -> HttpResponse:
    """What the reporter takes home: the reference, the next date, and the way back."""
    known = _opened(site, reference, secret)
    told = known.told
    link = request.build_absolute_uri(site.url(_address(told)))
    context = {
        "told": told,
        "shown": shown(told.reference),
        "title": site.service(told.service_id) or _("A problem"),
        "department": site.department(told.department_id),
        "sentence": status.sentence(site, told, own=True),
        "joined": told.case_reference != told.reference,
        "link": link,
        "address": site.url(_address(told)),
        "qr": _qr(link),
        "hint": _unconfirmed(told),
        "recorded": receipts.recorded(receipts.of_report(told.report_id)),
        "proof": site.url(f"{_address(told)}/proof/0"),
        "danger": site.book.stopper(told.service_id, told.words),
    }
    response = show(request, site, "receipt", context, page=f"{_address(told)}/receipt")
    return private(response)


@require_safe
@page
def proof(request: HttpRequest, site: Site, reference: str, secret: str, seq: int) -> HttpResponse:
    """The receipt of a step to keep: 0 for the report itself, else the number of the event.

    It opens what the reporter may know of it: all that they said, and what the city told them.
    """
    known = _opened(site, reference, secret)
    told = known.told
    if seq == 0:
        entry, names = receipts.of_report(told.report_id), None
    else:
        event = next((each for each in known.events if each.seq == seq), None)
        if event is None or public_event(event.kind, event.data) is None:
            raise Http404(f"no public step {seq}")
        entry, names = receipts.of_event(told.case_id, seq), _TOLD_IN.get(event.kind, ())
    found = receipts.receipt(entry, names) if entry else None
    if found is None:
        raise Http404("not in the ledger yet")
    return private(download(found, f"{told.reference}-{seq}.txt"))


_TOLD_IN = dict.fromkeys(TELLING, ("text",))
"""Fields that the receipt of a step opens, by kind of event: what the city told everybody."""


def receipt_url(site: Site, reference: str, secret: str) -> str:
    """The address of a report's receipt."""
    return site.url(f"r/{reference}/{secret}/receipt")


def _opened(site: Site, reference: str, secret: str) -> Story:
    """The story, if the secret is this report's. Raises Http404."""
    known = find(site, reference)
    if not constant_time_compare(known.told.secret, secret):
        raise Http404("not this report's secret")
    return known


def _proofs(site: Site, known: Story) -> list[tuple[str, str]]:
    """Title and address of the receipt of each public step of the case."""
    done = [step for step in reversed(steps(site, known, own=True)) if step.seq]
    named = [(_("Your report"), 0), *((step.title, step.seq) for step in done)]
    return [(title, site.url(f"{_address(known.told)}/proof/{seq}")) for title, seq in named]


def _unconfirmed(told: Told) -> str:
    """The end of the address that the reporter left and can confirm by a code; empty for none."""
    report = Report.objects.select_related("contact").get(pk=told.report_id)
    if report.contact is None or report.contact.verified_at or not codes.awaited(report):
        return ""
    try:
        return vault.hint(report.contact)
    except Sealed:
        return ""


def _address(told: Told) -> str:
    return f"r/{told.reference}/{told.secret}"


def private(response: HttpResponse) -> HttpResponse:
    """The answer, kept by no cache, shown by no search engine, and named to no other site."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _do(request: HttpRequest, site: Site, known: Story) -> tuple[str, str]:
    """Do what the form says: the name of what was done, or what is wrong."""
    what = request.POST.get("do", "")
    verb = _VERBS.get(what)
    if verb is None:
        raise PermissionDenied(what)
    actor = Actor("resident", report_id=known.told.report_id)
    try:
        verb(request, actor, known.told.case_id)
    except photos.PhotoRefused as refused:
        return "", explain(Problem("photo", f"photo_{refused.code}"), site.book, site.language)
    except BadRequest as bad:
        return "", _WRONG.get(bad.code, _WRONG["missing"])()
    except WrongState:
        return "", _("That is not possible any more: something has just changed. Read it again.")
    except Refusal:
        return "", _("That is not possible.")
    return what, ""


def _inform(request: HttpRequest, actor: Actor, case_id: int) -> Any:
    files = [each for each in request.FILES.getlist("photo") if each.size][:MOST_PHOTOS]
    stored = [photos.store(each.read()).pk for each in files]
    return inform(actor=actor, case_id=case_id, text=_text(request), photo_ids=stored)


def _reopen(request: HttpRequest, actor: Actor, case_id: int) -> Any:
    return reopen(actor=actor, case_id=case_id, text=_text(request))


def _confirm(request: HttpRequest, actor: Actor, case_id: int) -> Any:
    """Raises `BadRequest` for a code that is not right."""
    assert actor.report_id is not None
    report = Report.objects.select_related("contact").get(pk=actor.report_id)
    typed = request.POST.get("code", "")
    contact = report.contact
    if contact is None or not codes.use(
        Code.Purpose.VERIFY, typed, city_id=report.city_id, finder=contact.finder, report=report
    ):
        raise BadRequest("code", "wrong")


def _rate(request: HttpRequest, actor: Actor, case_id: int) -> Any:
    score = request.POST.get("score", "")
    return rate(actor=actor, case_id=case_id, score=whole(score) or 0, text=_text(request))


def _text(request: HttpRequest) -> str:
    return clean(request.POST.get("text", ""))


_VERBS: dict[str, Callable[[HttpRequest, Actor, int], Any]] = {
    "confirm": _confirm,
    "inform": _inform,
    "reopen": _reopen,
    "rate": _rate,
}
_THANKS: dict[str, Callable[[], str]] = {
    "confirm": lambda: _("Thank you. We know now that our messages reach you."),
    "before": lambda: _(
        "Your report had reached us before you changed it. Tell us below what is different."
    ),
    "inform": lambda: _("Thank you. We have added it to your report."),
    "reopen": lambda: _("Your report is open again, with a new date."),
    "rate": lambda: _("Thank you. The department sees what you gave."),
}


_KEPT = ("do", "text", "score", "code")
"""Fields of the forms on the page; photos are not kept while a form waits."""

_WRONG: dict[str, Callable[[], str]] = {
    "too_long": lambda: _("That is too long: 4,000 characters at most."),
    "missing": lambda: _("Write something or add a photo."),
    "wrong": lambda: _("This code is not right, or too old. Look at it again."),
}


def _qr(link: str) -> Markup:
    """The link as a QR code, in the colours of the page."""
    out = io.BytesIO()
    code = segno.make(link, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, svgclass="qr")
    return Markup(out.getvalue().decode())  # noqa: S704 - made by segno from a URL
