"""Report a problem in three steps: Show, Where, Send. Each is a form that works without a script.

One address takes every form; the pressed button (`go`) says where it leads. What was told before
comes along in the form as a signed draft. A refusal leads back to the step it is about, with all
that was typed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from ngoma.intake import placing
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem, Refused, Submission
from ngoma.intake.submit import submit
from ngoma.public import asking, drafts, flooding, forms, frames, outlines
from ngoma.public.drafts import Draft
from ngoma.public.mapping import PICTURE
from ngoma.public.site import Site, page, show

UNUSABLE = ("outside_city", "swapped", "bad_position")
"""What is wrong with a position that has to be given anew."""

ZOOM = 0.25
"""How much closer a tap on the map brings."""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def report(request: HttpRequest, site: Site) -> HttpResponse:
    """All three steps."""
    if request.method != "POST":
        return _show_step(request, site, drafts.new(), ())
    draft, problems = forms.taken(request, drafts.read(request.POST.get("draft", "")))
    step = _STEPS.get(_pressed(request), _show_step)
    return step(request, site, draft, problems)


@require_POST
@page
def suggest(request: HttpRequest, site: Site) -> HttpResponse:
    """The services that words sound like, as chips to be put into the first step."""
    words = request.POST.get("words", "")[: forms.LONGEST]
    chosen = request.POST.get("service", "")
    draft = Draft(key="", words=words, service=chosen)
    guesses = asking.guesses(site, draft) if words.strip() else []
    return show(request, site, "chips", {"guesses": guesses, "chosen": chosen})


def _pressed(request: HttpRequest) -> str:
    """The button: a tap on the map arrives as coordinates alone."""
    return "tap" if "tap.x" in request.POST else request.POST.get("go", "")


def _show_step(
    request: HttpRequest, site: Site, draft: Draft, problems: Sequence[Problem]
) -> HttpResponse:
    """Step 1: a photo, words, or both."""
    return _step(request, site, draft, problems, "show", asking.first(site, draft))


def _where_step(
    request: HttpRequest, site: Site, draft: Draft, problems: Sequence[Problem]
) -> HttpResponse:
    """Step 2, if step 1 said anything."""
    if not problems and not (draft.words.strip() or draft.photos or draft.service):
        problems = [Problem("words", "empty")]
    if problems:
        return _show_step(request, site, draft, problems)
    return _where(request, site, draft)


def _where(
    request: HttpRequest, site: Site, draft: Draft, problems: Sequence[Problem] = ()
) -> HttpResponse:
    if any(each.code in UNUSABLE for each in problems):
        # Otherwise it would be refused again, whatever is said in words instead.
        draft = forms.moved(draft, None, None)
    return _step(request, site, draft, problems, "where", asking.second(site, draft))


def _tap_step(
    request: HttpRequest, site: Site, draft: Draft, _problems: Sequence[Problem]
) -> HttpResponse:
    """Step 2 again, closer to where the map was tapped."""
    frame = frames.read(draft.frame, *PICTURE) or outlines.whole(site.book, *PICTURE)
    x, y = (forms.number(request.POST.get(f"tap.{axis}", "")) or 0.0 for axis in "xy")
    # Whatever is sent, the tap was on the picture.
    lat, lon = frame.point(min(max(x, 0), PICTURE[0]), min(max(y, 0), PICTURE[1]))
    closer = frame.around(lat, lon, ZOOM)
    reach = round(frame.across * ZOOM * 111_000 / 20)
    return _where(request, site, forms.moved(draft, lat, lon, accuracy=reach, frame=closer.text))


def _away_step(
    request: HttpRequest, site: Site, draft: Draft, _problems: Sequence[Problem]
) -> HttpResponse:
    """Step 2 again, with the whole city on the map and no pin."""
    return _where(request, site, forms.moved(draft, None, None))


def _check_step(
    request: HttpRequest, site: Site, draft: Draft, _problems: Sequence[Problem]
) -> HttpResponse:
    """Step 3, if the place can be found."""
    _position, problems = placing.find(_submission(site, draft))
    if problems:
        return _where(request, site, draft, problems)
    return _last(request, site, draft)


def _last(
    request: HttpRequest, site: Site, draft: Draft, problems: Sequence[Problem] = ()
) -> HttpResponse:
    return _step(request, site, draft, problems, "send", asking.third(site, draft))


def _send_step(
    request: HttpRequest, site: Site, draft: Draft, problems: Sequence[Problem]
) -> HttpResponse:
    """Hand it in: to the receipt, or back to the step that has to be mended."""
    if problems:
        return _show_step(request, site, draft, problems)
    if flooding.trapped(request):
        return _last(request, site, draft, [Problem(flooding.BAIT, "trap")])
    proof = request.POST.get("proof", "")
    challenge = flooding.demand(
        request, site, key=draft.key, words=draft.words, service=draft.service, proof=proof
    )
    if challenge:
        kept = {"draft": draft.sealed, "contact": draft.contact, "go": "send"}
        return flooding.slowed(request, site, challenge, site.url("report"), kept)
    try:
        told = submit(_submission(site, draft)).report
    except Refused as refused:
        fields = {each.field for each in refused.problems}
        back = _show_step if fields & FIRST else _where if fields & SECOND else _last
        return back(request, site, draft, refused.problems)
    flooding.count(request, site)
    address = site.url(f"r/{told.reference}/{told.secret}/receipt")
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


FIRST = {"words", "photos"}
SECOND = {"location", "place"}
_STEPS: dict[str, Callable[[HttpRequest, Site, Draft, Sequence[Problem]], HttpResponse]] = {
    "show": _show_step,
    "where": _where_step,
    "tap": _tap_step,
    "away": _away_step,
    "check": _check_step,
    "send": _send_step,
}


def _step(
    request: HttpRequest,
    site: Site,
    draft: Draft,
    problems: Sequence[Problem],
    name: str,
    context: dict[str, Any],
) -> HttpResponse:
    wrong = defaultdict(str, _explained(site, problems))
    context = {"draft": draft, "wrong": wrong, **context}
    response = show(
        request, site, f"report-{name}", context, page="report", status=422 if wrong else 200
    )
    # Also the first form: who were given the same one by a cache would share its key, and so the
    # second would get the first one's receipt.
    response["Cache-Control"] = "private, no-store"
    return response


def _explained(site: Site, problems: Iterable[Problem]) -> Iterable[tuple[str, str]]:
    """Problems as sentences, by the field of the form that they are about."""
    for each in problems:
        yield forms.FIELDS.get(each.field, each.field), explain(each, site.book, site.language)


def _submission(site: Site, draft: Draft) -> Submission:
    mail = "@" in draft.contact
    return Submission(
        book=site.book,
        origin="web",
        key=draft.key,
        channel="web",
        words=draft.words,
        language=site.language,
        lat=draft.lat,
        lon=draft.lon,
        accuracy=draft.accuracy,
        location=draft.location,
        place=draft.place or None,
        service=draft.service or None,
        answers=draft.answers,
        kept=draft.photos,
        email=draft.contact if mail else "",
        phone="" if mail else draft.contact,
        contact_language=site.language,
        joins=draft.joins or None,
    )
