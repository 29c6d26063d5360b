"""Report a problem in three steps: Show, Where, Send. Each is a form that works without a script.

One address takes every form; the pressed button (`go`) says where it leads. What was told before
comes along in the form as a signed draft. A refusal leads back to the step it is about, with all
that was typed.

The first page brings the other two steps along, for the script that shows them without asking us
again (`frontend/src/flow.ts`): on a slow line, and without any.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ngoma.intake import placing
from ngoma.intake.submission import Problem, Refused
from ngoma.intake.submit import submit
from ngoma.look import frames, outlines
from ngoma.public import asking, drafts, flooding, forms
from ngoma.public.drafts import Draft
from ngoma.public.mapping import PICTURE
from ngoma.public.own import receipt_url
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
        return _first_page(request, site)
    draft, problems = forms.taken(request, drafts.read(request.POST.get("draft", "")))
    step = _STEPS.get(_pressed(request), _show_step)
    return step(request, site, draft, problems)


@require_POST
@page
def suggest(request: HttpRequest, site: Site) -> HttpResponse:
    """What we make of what was told so far: `service` and `where`, what is `wrong` with the place,
    and as HTML to be put into the steps `chips`, `same` and `stopper`."""
    draft, _problems = forms.taken(request, drafts.EMPTY)
    known = asking.suggestions(site, draft)
    placed = draft.lat is not None or draft.place or draft.location
    problems = placing.find(drafts.submission(site, draft))[1] if placed else []
    parts = {
        name: render_to_string(f"public/{name}.html.jinja", {"site": site, **known}, using="pages")
        for name in ("chips", "same", "stopper")
    }
    told = {"service": known["service"], "where": known["where"]}
    wrong = dict(forms.explained(site, problems))
    return JsonResponse({**told, **parts, "wrong": wrong}, headers={"Cache-Control": "no-store"})


def _pressed(request: HttpRequest) -> str:
    """The button: a tap on the map arrives as coordinates alone."""
    return "tap" if "tap.x" in request.POST else request.POST.get("go", "")


def _first_page(request: HttpRequest, site: Site) -> HttpResponse:
    """Step 1, and what a script needs for the others."""
    rest = {
        "where": asking.second(site, drafts.EMPTY),
        "send": asking.third(site, drafts.EMPTY),
        **asking.at_hand(site),
    }
    return _step(request, site, drafts.new(), (), "show", asking.first(site, drafts.EMPTY), rest)


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
    _position, problems = placing.find(drafts.submission(site, draft))
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
        told = submit(drafts.submission(site, draft)).report
    except Refused as refused:
        steps = {forms.step_of(each.field) for each in refused.problems}
        back = _show_step if "show" in steps else _where if "where" in steps else _last
        return back(request, site, draft, refused.problems)
    flooding.count(request, site)
    response = HttpResponseRedirect(receipt_url(site, told.reference, told.secret))
    response.status_code = 303
    return response


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
    asked: dict[str, Any],
    rest: dict[str, Any] | None = None,
) -> HttpResponse:
    wrong = forms.Wrong(forms.explained(site, problems))
    context = {"draft": draft, "wrong": wrong, "step": name, "asked": asked, "rest": rest}
    if rest is not None:
        context["say"] = _said_by_script(site)
    response = show(request, site, "report", context, page="report", status=422 if wrong else 200)
    # Also the first form: who were given the same one by a cache would share its key, and so the
    # second would get the first one's receipt.
    response["Cache-Control"] = "private, no-store"
    return response


def _said_by_script(site: Site) -> dict[str, str]:
    """What the script says where it answers in our place; `{n}`, `{all}`: numbers that it knows."""
    problems = (Problem("words", "empty"), Problem("location", "no_place"))
    empty, nowhere = (text for _field, text in forms.explained(site, problems))
    return {
        "empty": empty,
        "no_place": nowhere,
        "photo": _("Your photo"),
        "another": _("Add another photo"),
        "leave_out": _("Leave out"),
        "voice": _("Add my voice"),
        "wait": _("Just a moment…"),
        "photo_going": _("Sending photo {n} of {all}"),
        "going": _("Sending your report"),
        "kept": _("We kept what you had begun."),
        "anew": _("Start anew"),
        "missing": _("Something is missing"),
    }
