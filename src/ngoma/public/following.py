"""Follow a case or a place without having reported it: by mail, by SMS, or in this browser.

Nobody learns who follows what: an address is asked for, a code is sent to it, and only the right
code leads on. Residents have no cookie; the page of a follow is opened by the secret in its
address.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ngoma.base.characters import clean
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem
from ngoma.notices import following, push
from ngoma.notices.codes import enter
from ngoma.people import codes, vault
from ngoma.people.vault import Address, BadAddress
from ngoma.public import flooding, status
from ngoma.public.mine import address_of
from ngoma.public.own import private
from ngoma.public.site import Site, page, show
from ngoma.records.models import Case, Code, Contact, Follow, Place

FOLLOW = Code.Purpose.FOLLOW


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be followed: a public case or a place, its name, and where it is read about."""

    case: Case | None
    place: Place | None
    name: str
    url: str
    fields: dict[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def follow(request: HttpRequest, site: Site) -> HttpResponse:
    """Ask for an address, then for its code, then follow."""
    if request.method != "POST":
        asked = request.GET
        matter = _matter(site, asked.get("case", ""), asked.get("place", ""))
        return show(request, site, "follow", {"matter": matter, "typed": "", "wrong": ""})
    matter = _matter(site, request.POST.get("case", ""), request.POST.get("place", ""))
    typed = request.POST.get("contact", "")
    try:
        address = address_of(site, typed)
    except BadAddress as bad:
        wrong = explain(Problem(bad.field, f"bad_{bad.field}"), site.book, site.language)
        return _ask(request, site, matter, typed=typed, wrong=wrong)
    finder = vault.finder(site.book.id, address.address)
    challenge = flooding.demand(
        request, site, key=finder, words="", service="", proof=request.POST.get("proof", ""),
        kind="follow",
    )  # fmt: skip
    if challenge:
        kept = matter.fields | {"contact": typed, "code": request.POST.get("code", "")}
        return private(flooding.slowed(request, site, challenge, site.url("follow"), kept))
    flooding.count(request, site, "follow")
    given = request.POST.get("code", "")
    if not given:
        following.ask_code(site.book.id, address, site.language)
        return _ask_code(request, site, matter, typed)
    if enter(site.book.id, finder, FOLLOW, given) is None:
        wrong = _("This code is not right, or too old. Look at it again, or ask for a new one.")
        return _ask_code(request, site, matter, typed, wrong=wrong)
    try:
        found = _begin(site, matter, address)
    except following.TooMany:
        return _ask(request, site, matter, typed=typed, wrong=_too_many())
    response = HttpResponseRedirect(site.url(f"follow/{found.secret}"))
    response.status_code = 303
    return private(response)


@require_POST
@page
def in_browser(request: HttpRequest, site: Site) -> HttpResponse:
    """Follow in the browser that posts its push subscription as JSON: 201 with the `url` of the
    page that ends it; 400 for what is no subscription, 422 where too much is followed."""
    matter = _matter(site, request.GET.get("case", ""), request.GET.get("place", ""))
    try:
        found = push.subscription(request.body)
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    challenge = flooding.demand(
        request, site, key=found.endpoint, words="", service="",
        proof=request.headers.get("Proof", ""), kind="follow",
    )  # fmt: skip
    if challenge:
        return flooding.refused(challenge)
    flooding.count(request, site, "follow")
    address = Address(Contact.Kind.PUSH, push.packed(found))
    try:
        begun = _begin(site, matter, address)
    except following.TooMany:
        return JsonResponse({"error": _too_many()}, status=422)
    return JsonResponse({"url": site.url(f"follow/{begun.secret}")}, status=201)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def followed(request: HttpRequest, site: Site, secret: str) -> HttpResponse:
    """What is followed here, how it stands, and the end of it."""
    follows = Follow.objects.select_related("contact", "case", "place")
    found = follows.filter(secret=clean(secret), city=site.book.id).first()
    if found is None:
        raise Http404("no follow")
    case = found.case
    matter = _of_case(site, case) if case else _of_place(site, found.place_id)
    context = {
        "matter": matter,
        "hint": vault.hint(found.contact),
        "standing": status.tag(case.state, due=case.due, fixed=case.resolved_at is not None)
        if case
        else None,
        "ended": request.method == "POST",
        "address": site.url(f"follow/{secret}"),
    }
    if request.method == "POST":
        following.stop(found)
    return private(show(request, site, "followed", context, page=f"follow/{secret}"))


def _begin(site: Site, matter: Matter, address: Address) -> Follow:
    return following.follow(
        site.book.id,
        address,
        language=site.language,
        case=matter.case,
        place=matter.place,
    )


def _too_many() -> str:
    return _("You follow very many things here already. Stop one of them first.")


def _matter(site: Site, reference: str, code: str) -> Matter:
    """The matter by reference or code. Raises Http404 for none, and for a case not public."""
    if reference:
        case = Case.objects.filter(city=site.book.id, reference=clean(reference)).first()
        if case is None or not case.public:
            raise Http404("no public case")
        return _of_case(site, case)
    found = site.book.place_by_code.get(code)
    if found is None:
        raise Http404("no place")
    return _of_place(site, found.id)


def _of_case(site: Site, case: Case) -> Matter:
    """What is followed is shown, and ended, also when it is not public any more."""
    return Matter(
        case=case,
        place=None,
        name=site.service(case.service_id) or _("A problem"),
        url=site.url(f"r/{case.reference}"),
        fields={"case": case.reference},
    )


def _of_place(site: Site, place_id: int | None) -> Matter:
    assert place_id is not None
    entry = site.book.places[place_id]
    return Matter(
        case=None,
        place=Place.objects.get(pk=entry.id),
        name=site.place(entry.id),
        url=site.url(f"places/{entry.code}"),
        fields={"place": entry.code},
    )


def _ask(
    request: HttpRequest, site: Site, matter: Matter, *, typed: str, wrong: str
) -> HttpResponse:
    context = {"matter": matter, "typed": typed[:254], "wrong": wrong}
    return private(show(request, site, "follow", context, status=422))


def _ask_code(
    request: HttpRequest, site: Site, matter: Matter, typed: str, *, wrong: str = ""
) -> HttpResponse:
    minutes = round(codes.LIVES[FOLLOW].total_seconds() / 60)
    context = {"matter": matter, "typed": typed, "wrong": wrong, "minutes": minutes}
    return private(show(request, site, "follow-code", context, status=422 if wrong else 200))
