"""My reports: what waits on this phone, and, for who shows by a code that an address is theirs, all
reports that were told with it. Without a script, and without a cookie: the way in is an address
that is good for an hour.

Whether an address is known here nobody learns: every answer to it is the same, and so is the work.
"""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ngoma.base.characters import clean
from ngoma.casework.forgetting import forget_address
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem
from ngoma.notices.codes import ask, enter
from ngoma.people import codes, vault
from ngoma.people.codes import TooMany
from ngoma.people.vault import Address, BadAddress
from ngoma.public import flooding
from ngoma.public.lines import own_line
from ngoma.public.own import private
from ngoma.public.site import Site, page, show
from ngoma.records.models import Code, Contact
from ngoma.records.queries.own import reports_of

SALT = "ngoma.mine"
LIFE = 3600
"""Seconds for which the way in is good."""

REPORTS = Code.Purpose.REPORTS


@require_http_methods(["GET", "HEAD", "POST"])
@page
def mine(request: HttpRequest, site: Site) -> HttpResponse:
    """Ask for an address, then for the code that was sent to it."""
    if request.method != "POST":
        return _ask(request, site)
    typed = request.POST.get("contact", "")
    try:
        finder = vault.finder(site.book.id, address_of(site, typed).address)
    except BadAddress as bad:
        wrong = explain(Problem(bad.field, f"bad_{bad.field}"), site.book, site.language)
        return _ask(request, site, typed=typed, wrong=wrong)
    challenge = flooding.demand(
        request, site, key=finder, words="", service="", proof=request.POST.get("proof", ""),
        kind="code",
    )  # fmt: skip
    if challenge:
        fields = {name: request.POST[name] for name in ("contact", "code") if name in request.POST}
        return private(flooding.slowed(request, site, challenge, site.url("mine"), fields))
    flooding.count(request, site, "code")
    if "code" not in request.POST:
        ask(site.book.id, finder, REPORTS, site.language)
        return _ask_code(request, site, typed)
    contact, wrong = _whose(site, finder, request.POST["code"])
    if contact is None:
        return _ask_code(request, site, typed, wrong=wrong)
    response = HttpResponseRedirect(site.url(f"mine/{signing.dumps(contact.pk, salt=SALT)}"))
    response.status_code = 303
    return private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def list_of(request: HttpRequest, site: Site, token: str) -> HttpResponse:
    """The reports of one contact, newest first; here it can be erased."""
    contact = _contact(site, token)
    if contact is None:
        return _ask(request, site, wrong=_("That was open for an hour. Ask for a new code."))
    if request.method == "POST":
        if request.POST.get("sure"):
            forget_address(contact)
            return private(show(request, site, "mine-erased", {}))
        return private(_list(request, site, contact, token, unsure=True))
    return private(_list(request, site, contact, token))


def _whose(site: Site, finder: str, code: str) -> tuple[Contact | None, str]:
    """The contact whose code was typed, or what is wrong with it."""
    try:
        contact = enter(site.book.id, finder, REPORTS, code)
    except TooMany:
        return None, _("Many wrong codes are being typed just now, so none is taken for an hour.")
    wrong = _("This code is not right, or too old. Look at it again, or ask for a new one.")
    return contact, "" if contact else wrong


def _list(
    request: HttpRequest, site: Site, contact: Contact, token: str, *, unsure: bool = False
) -> HttpResponse:
    context = {
        "lines": [own_line(site, told) for told in reports_of(contact.pk)],
        "hint": vault.hint(contact),
        "unsure": unsure,
        "address": site.url(f"mine/{token}"),
    }
    return show(request, site, "mine-list", context, page=f"mine/{token}")


def _ask(request: HttpRequest, site: Site, *, typed: str = "", wrong: str = "") -> HttpResponse:
    context = {"typed": typed[:254], "wrong": wrong}
    return show(request, site, "mine", context, page="mine", status=422 if wrong else 200)


def _ask_code(request: HttpRequest, site: Site, typed: str, *, wrong: str = "") -> HttpResponse:
    minutes = round(codes.LIVES[REPORTS].total_seconds() / 60)
    context = {"typed": typed, "wrong": wrong, "minutes": minutes}
    return private(show(request, site, "mine-code", context, status=422 if wrong else 200))


def address_of(site: Site, typed: str) -> Address:
    """A number or e-mail address as somebody types it. Raises `BadAddress`."""
    typed = clean(typed)[:254]
    mail = "@" in typed
    address = vault.normalise(
        email=typed if mail else "", phone="" if mail else typed, country=site.book.country
    )
    if address is None:
        raise BadAddress("phone")
    return address


def _contact(site: Site, token: str) -> Contact | None:
    """Whose reports a way in shows; None where its time is over. Raises Http404 for no way in."""
    try:
        number = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.SignatureExpired:
        return None
    except signing.BadSignature:
        raise Http404("not a way in") from None
    contact = Contact.objects.filter(pk=number, city=site.book.id).first()
    if contact is None:
        raise Http404("erased")
    return contact
