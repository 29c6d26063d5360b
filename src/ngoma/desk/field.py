"""The field: today's stops of a crew on a phone, also without a network.

What lies on the phone is what a crew needs to find the place and do the work: never how to reach a
reporter, and words without what leads to a person.
"""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ngoma.base.characters import clean, whole
from ngoma.base.clock import parse
from ngoma.base.routes import order
from ngoma.casework.errors import BadRequest, NotAllowed, WrongState
from ngoma.casework.visiting import Altered, visit
from ngoma.desk import naming, routing
from ngoma.desk.refusals import in_words
from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk, page, say, show
from ngoma.intake import photos
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.records.models import Photo
from ngoma.records.queries.photos import inside_url
from ngoma.records.queries.stops import Stop, stops
from ngoma.triage.privacy import find_private, redact

MOST = 60
"""Stops of one shift: what is due later waits for another one."""


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The stops in order, each with what can be said of it."""
    _may_visit(desk)
    context = {"stops": _stops(desk, request), "key": uuid.uuid4().hex}
    return show(request, desk, "field", context)


@page
@require_safe
def data(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same for the phone's own keeping."""
    _may_visit(desk)
    return JsonResponse({"user": desk.user.pk, "stops": _stops(desk, request)})


@page
@require_POST
def sync(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take one visit. A script is answered in JSON: 200 taken, 409 altered, 422 refused."""
    _may_visit(desk)
    scripted = request.headers.get("Accept", "").startswith("application/json")
    reference = request.POST.get("reference", "")
    try:
        _take(request, desk, reference)
    except (Altered, NotAllowed):  # passed on to others, perhaps
        return _answer(desk, request, scripted, 409, _what_happened(desk))
    except (BadRequest, WrongState) as refusal:
        field, code = (
            ("state", refusal.state)
            if isinstance(refusal, WrongState)
            else (refusal.field, refusal.code)
        )
        return _answer(desk, request, scripted, 422, in_words(field, code))
    except photos.PhotoRefused:
        return _answer(desk, request, scripted, 422, in_words("photos", "unknown"))
    return _answer(desk, request, scripted, 200, gettext("Sent."))


@page
@require_safe
def manifest(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What makes it an application of the phone (W3C Web Application Manifest)."""
    icons = [
        {"src": static(f"public/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (192, 512)
    ]
    return _json(
        {
            "id": desk.url("field/"),
            "name": gettext("Field: %(city)s") % {"city": desk.name},
            "short_name": gettext("Field"),
            "lang": desk.language,
            "start_url": desk.url("field/"),
            "scope": desk.url("field/"),
            "display": "standalone",
            "background_color": "#FBFAF7",
            "theme_color": "#FBFAF7",
            "icons": icons,
        },
        "application/manifest+json",
    )


@page
@require_safe
def worker(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The service worker, with what it keeps: the page, its script and its style."""
    kept = [desk.url("field/"), static("desk/field.js"), static("desk/desk.css")]
    kept += [static("look/ngoma.css")]
    script = static("desk/field-worker.js")
    text = f"self.kept = {_text(kept)};\nimportScripts({_text(script)});\n"
    return HttpResponse(text, content_type="text/javascript")


def _may_visit(desk: Desk) -> None:
    if not desk.may_somewhere("visit"):
        raise NotAllowed("visit")


def _stops(desk: Desk, request: HttpRequest) -> list[dict[str, Any]]:
    """Danger first, then a short way through what is due soonest."""
    found = stops(
        desk.book.id,
        user_id=desk.user.pk,
        departments=desk.departments_for("visit"),
        limit=MOST,
    )
    urgent = [stop for stop in found if stop.urgency == 2]
    rest = [stop for stop in found if stop.urgency != 2]
    placed = [stop for stop in rest if stop.lat is not None]
    start = next((stop for stop in reversed(urgent) if stop.lat is not None), None)
    way = _in_order(start, placed)
    lost = [stop for stop in rest if stop.lat is None]
    return [_stop(desk, each) for each in (*urgent, *way, *lost)]


def _in_order(start: Stop | None, placed: list[Stop]) -> list[Stop]:
    every = [*([start] if start else []), *placed]
    points = [
        (each.lat, each.lon) for each in every if each.lat is not None and each.lon is not None
    ]
    if len(points) < 3:
        return placed
    way = order(routing.distances(points))
    return [every[number] for number in way if start is None or number]


def _stop(desk: Desk, stop: Stop) -> dict[str, Any]:
    """A stop as the phone keeps it."""
    words = _impersonal(desk, stop.words)
    due = naming.due(desk.book, stop.due)
    return {
        "reference": stop.reference,
        "version": stop.version,
        "title": headline(words) or desk.service(stop.service_id),
        "words": words,
        "service": desk.service(stop.service_id),
        "place": ", ".join(
            filter(None, (desk.place(stop.place_id), _impersonal(desk, stop.location)))
        ),
        "lat": stop.lat,
        "lon": stop.lon,
        "due": due.text if due else "",
        "tone": due.tone if due else "",
        "danger": stop.urgency == 2,
        "photo": inside_url(stop.photo, "small") if stop.photo else "",
        "note": _impersonal(desk, stop.note),
        "mine": stop.assignee_id == desk.user.pk,
        "url": desk.case_url(stop.reference),
    }


def _impersonal(desk: Desk, text: str) -> str:
    """A text without the numbers and addresses that lead to a person; whom to ask for stays."""
    spans = find_private(text, desk.book.country)
    return redact(text, [span for span in spans if span.kind != "name"])


def _take(request: HttpRequest, desk: Desk, reference: str) -> None:
    """Store the photos and note the visit. Raises what refuses it."""
    head = desk.case(reference)
    post = request.POST
    kept = {name: _photos(request, name) for name in ("before", "after")}
    minutes = post.get("minutes", "").strip()
    visit(
        actor=desk.actor,
        case_id=head.id,
        key=post.get("key", ""),
        seen=whole(post.get("version", "")) or 0,
        outcome=post.get("outcome", ""),
        text=clean(post.get("text", "")),
        minutes=_number(minutes) if minutes else None,
        materials=clean(post.get("materials", "")),
        anyway=post.get("anyway") == "yes",
        at=_at(post.get("at", "")),
        **kept,
    )


def _number(text: str) -> int:
    number = whole(text)
    if number is None:
        raise BadRequest("minutes", "out_of_range")
    return number


def _at(text: str) -> datetime | None:
    try:
        return parse(text) if text else None
    except ValueError:
        return None


def _photos(request: HttpRequest, name: str) -> list[int]:
    """The photos of one kind, stored once even if they come again: by the phone's own name."""
    found = []
    kind = Photo.Kind.AFTER if name == "after" else Photo.Kind.REPORT
    files = request.FILES.getlist(name)[:MOST_PHOTOS]
    for each in files:
        content = each.read()
        if content:
            found.append(photos.store(content, kind=kind).pk)
    return found


def _what_happened(desk: Desk) -> str:
    return gettext(
        "Somebody changed this case since your phone last heard of it. Nothing was overwritten: "
        "look at the case, then keep your visit as a note, or drop it."
    )


def _answer(
    desk: Desk, request: HttpRequest, scripted: bool, status: int, text: str
) -> HttpResponse:
    if scripted:
        return JsonResponse({"say": text}, status=status)
    say(request, text, tone="leaf" if status == 200 else "sun")
    return HttpResponseRedirect(desk.url("field/"))


def _json(value: Any, content_type: str) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type=content_type)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
