"""The conversation of the pack on plain pages: one question each, for every browser there is.

Where somebody is stands in the table `Talk`, as for a phone. Who they are is said by the address
of the page alone, which nobody can guess: no cookie is needed, and who left comes back to it for a
day. A page that is sent again, or late, changes nothing.
"""

import secrets
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from ngoma.base.clock import now
from ngoma.channels import floods, texts
from ngoma.channels.cities import Spoken, spoken
from ngoma.channels.dialogue import engine, talks
from ngoma.channels.dialogue.doing import Caller
from ngoma.channels.dialogue.engine import State
from ngoma.channels.dialogue.script import Script, script
from ngoma.channels.dialogue.talks import LASTS, Leaf

GATEWAY = "simple"
STATUS = {"": 200, "missing": 422, "flood": 429}
WAIT_S = 600
WORDS = ("go_on", "anew", "kept", "own", "full")
_signer = Signer(salt="ngoma.simple")


@require_safe
@gzip_page
def begin(request: HttpRequest, city: str = "", language: str = "") -> HttpResponse:
    """The first question. Nothing is kept before it is answered."""
    site, found = _conversation(request, city, language)
    name = secrets.token_urlsafe(16)
    return _page(request, site, name, talks.leaf(found, _caller(site), name))


# No token against forgery is needed: whoever posts knows the secret in the address, and no cookie
# is read.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def go_on(request: HttpRequest, token: str, city: str = "", language: str = "") -> HttpResponse:
    """The question at which somebody is (GET), and its answer (POST)."""
    site, found = _conversation(request, city, language)
    name, at = _read(token)
    if at <= now() - LASTS:
        return _see_other(site.url("simple"))
    if request.method != "POST":
        return _page(request, site, name, talks.leaf(found, _caller(site), name))
    leaf = _answered(request, site, found, name)
    if leaf.trouble:
        return _page(request, site, name, leaf)
    site = Spoken(site.book, leaf.said.language or site.language, site.slug)
    return _see_other(site.url(f"simple/{_token(name)}"))


def _token(name: str) -> str:
    """What a page's address ends with, good for a day."""
    return _signer.sign(f"{name}.{int(now().timestamp())}")


def _read(token: str) -> tuple[str, datetime]:
    """The name in a token and when it was made. Raises `Http404`."""
    try:
        name, _dot, at = _signer.unsign(token).partition(".")
    except BadSignature:
        raise Http404("no such conversation") from None
    return name, datetime.fromtimestamp(int(at), UTC)


def _conversation(request: HttpRequest, city: str, language: str) -> tuple[Spoken, Script]:
    """The city as it is asked for, and its conversation. Raises `Http404`."""
    site = spoken(request, city, language)
    found = script(site.book)
    if found is None:
        raise Http404("no conversation")
    return site, found


def _caller(site: Spoken) -> Caller:
    return Caller(GATEWAY, "web", None, site.language)


def _answered(request: HttpRequest, site: Spoken, found: Script, name: str) -> Leaf:
    """Take the answer. What was written counts before the button, or it would be lost."""
    number = request.POST.get("page", "")
    typed = request.POST.get("words", "").strip() or request.POST.get("choice", "")

    def waits(state: State) -> bool:
        return floods.crowded(
            site.book,
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            engine.does(found, state),
            state.words,
            state.service,
        )

    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else -1
    return talks.turn_leaf(found, _caller(site), name, page, typed, waits=waits)


def _page(request: HttpRequest, site: Spoken, name: str, leaf: Leaf) -> HttpResponse:
    language = leaf.said.language or site.language
    report = leaf.said.made_of
    phone = str(site.book.settings["emergency"])
    context = {
        "site": site,
        "language": language,
        "leaf": leaf,
        "action": site.url(f"simple/{_token(name)}"),
        "longest": engine.LONGEST_TYPED,
        "own": site.url(f"r/{report.reference}/{report.secret}") if report else "",
        "notice": site.text(site.book.settings.get("demo", {}).get("notice", {})),
        "trouble": texts.said(leaf.trouble, language, phone=phone) if leaf.trouble else "",
        "words": {
            key: texts.said(key, language) for key in ("go_on", "anew", "kept", "own", "full")
        },
    }
    with translation.override(language), timezone.override(site.book.zone):
        answer = render(request, "channels/simple.html.jinja", context, status=STATUS[leaf.trouble])
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Language"] = language
    if leaf.trouble == "flood":
        answer["Retry-After"] = str(WAIT_S)
    return answer


def _see_other(address: str) -> HttpResponse:
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    answer["Cache-Control"] = "no-store"
    return answer
