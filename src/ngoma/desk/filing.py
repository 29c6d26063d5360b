"""A report taken down for somebody who calls or stands at the counter."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from ngoma.base.references import show as show_reference
from ngoma.casework.errors import NotAllowed
from ngoma.desk.site import Desk, page, show
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import submit
from ngoma.records.models import Channel

FIELDS = ("words", "service", "location", "position", "phone", "email", "name", "language", "key")


@page
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form; sent, it becomes a report and leads to its case."""
    if not desk.may_somewhere("open"):
        raise NotAllowed("open")
    if request.method != "POST":
        return _form(request, desk, {"key": uuid.uuid4().hex}, {})
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    try:
        receipt = submit(_submission(request, desk, typed), actor=desk.actor)
    except Refused as refused:
        wrong = {each.field: explain(each, desk.book, desk.language) for each in refused.problems}
        return _form(request, desk, typed, wrong, status=422)
    say = gettext("Taken down. The reference to tell the caller: %(reference)s")
    reference = show_reference(receipt.report.reference)
    messages.success(request, say % {"reference": reference})
    return HttpResponseRedirect(desk.case_url(receipt.case.reference))


def _submission(request: HttpRequest, desk: Desk, typed: dict[str, str]) -> Submission:
    lat, lon = _position(typed["position"])
    return Submission(
        book=desk.book,
        origin="desk",
        key=typed["key"] or uuid.uuid4().hex,
        channel=Channel.CALL,
        words=typed["words"],
        language=typed["language"],
        contact_language=typed["language"],
        service=_service(desk, typed["service"]),
        location=typed["location"],
        lat=lat,
        lon=lon,
        phone=typed["phone"],
        email=typed["email"],
        name=typed["name"],
        photos=tuple(each.read() for each in request.FILES.getlist("photos")),
    )


def _service(desk: Desk, typed: str) -> str | None:
    """The code of a service typed by its name; what was typed where there is none."""
    wanted = typed.casefold()
    for each in desk.book.services.values():
        if wanted == desk.text(each.names).casefold():
            return each.code
    return typed or None


def _position(typed: str) -> tuple[float | None, float | None]:
    """Latitude and longitude; nonsense is a position that no city holds."""
    if not typed:
        return None, None
    try:
        lat, lon = (float(part) for part in typed.replace(",", " ").split())
    except ValueError:
        return float("nan"), float("nan")
    return lat, lon


def _form(
    request: HttpRequest,
    desk: Desk,
    typed: dict[str, str],
    wrong: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    context = {"typed": typed, "wrong": wrong, "languages": desk.book.languages}
    return show(request, desk, "new", context, status)
