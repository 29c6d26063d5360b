"""The call desk: what an agent does while somebody calls or stands at the counter.

A question that can be answered at once never becomes a case: it is counted, with nothing of who
asked. A problem becomes a report, or one more voice of a case that is known.
"""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from ngoma.base.clock import now
from ngoma.base.references import show as show_reference
from ngoma.casework.errors import NotAllowed
from ngoma.desk.helping import Help, helping
from ngoma.desk.site import Desk, page, say, show
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Refused, Submission
from ngoma.intake.submit import submit
from ngoma.records.models import Channel, Question

FIELDS = (
    *("words", "service", "location", "position", "phone", "email", "name", "language", "key"),
    *("same", "article"),
)
MOST_SERVICES = 3


@page
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form of a call; sent, it becomes a report, one more voice, or an answered question."""
    _may_call(desk)
    if request.method != "POST":
        return _form(request, desk, {"key": uuid.uuid4().hex}, {})
    typed = _typed(request)
    if request.POST.get("do") == "answered":
        return _answered(request, desk, typed)
    try:
        receipt = submit(_submission(request, desk, typed), actor=desk.actor)
    except Refused as refused:
        wrong = {each.field: explain(each, desk.book, desk.language) for each in refused.problems}
        return _form(request, desk, typed, wrong, status=422)
    taken = gettext("Taken down. The reference to tell the caller: %(reference)s")
    say(request, taken % {"reference": show_reference(receipt.report.reference)})
    return HttpResponseRedirect(desk.case_url(receipt.case.reference))


@page
@require_POST
def help_along(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What helps with what has been typed so far: for a script that asks while one types."""
    _may_call(desk)
    typed = _typed(request)
    context = {"help": _help(desk, typed), "typed": typed}
    return show(request, desk, "help", context)


def _may_call(desk: Desk) -> None:
    if not desk.may_somewhere("open"):
        raise NotAllowed("open")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in FIELDS}


def _answered(request: HttpRequest, desk: Desk, typed: dict[str, str]) -> HttpResponse:
    """Count a question that was answered; who asked and what they said is not kept."""
    known = {each["code"] for each in desk.book.settings["articles"]}
    service = desk.book.service_by_code.get(_service(desk, typed["service"]) or "")
    Question.objects.get_or_create(
        city_id=desk.book.id,
        key=typed["key"][:64] or uuid.uuid4().hex,
        defaults={
            "at": now(),
            "article": typed["article"] if typed["article"] in known else "",
            "service_id": service.id if service else None,
            "language": typed["language"] if typed["language"] in desk.book.languages else "",
            "channel": Channel.CALL,
        },
    )
    say(request, gettext("Answered and counted; no case was opened."))
    return HttpResponseRedirect(desk.url("call/"))


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
        joins=typed["same"] or None,
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


def _help(desk: Desk, typed: dict[str, str]) -> Help:
    lat, lon = _position(typed["position"])
    submission = Submission(
        book=desk.book,
        origin="desk",
        key="",
        channel=Channel.CALL,
        words=typed["words"],
        language=typed["language"],
        location=typed["location"],
        lat=lat,
        lon=lon,
        phone=typed["phone"],
        email=typed["email"],
    )
    return helping(desk, submission, service=_service(desk, typed["service"]) or "")


def _form(
    request: HttpRequest,
    desk: Desk,
    typed: dict[str, str],
    wrong: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    typed = {name: typed.get(name, "") for name in FIELDS}
    context = {
        "typed": typed,
        "wrong": wrong,
        "languages": desk.book.languages,
        "help": _help(desk, typed),
    }
    return show(request, desk, "call", context, status)
