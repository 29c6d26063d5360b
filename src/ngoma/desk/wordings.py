"""Editing what the city says: articles of the knowledge base, and templates of replies."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.base.days import day
from ngoma.casework.errors import NotAllowed
from ngoma.cities import wordings
from ngoma.cities.pack import REPLIES
from ngoma.desk.site import Desk, page, say, show
from ngoma.records.models import Wording, WordingEdit

KINDS = {"article": gettext_lazy("Article"), "template": gettext_lazy("Reply template")}
NEW = "-"
"""Stands for the code of what is not there yet."""
LONGEST_TITLE, LONGEST_TEXT = 120, 4000
_CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_BRACES = re.compile(r"\{([^{}]*)\}")
_EDITS = 20


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All articles and templates, and which of them were edited."""
    _may_edit(desk)
    edited = set(
        Wording.objects.filter(city=desk.book.id, retired=False).values_list("kind", "code")
    )
    kinds = {
        kind: [(each, (kind, each["code"]) in edited) for each in desk.book.settings[f"{kind}s"]]
        for kind in KINDS
    }
    return show(request, desk, "wordings", {"kinds": kinds, "names": KINDS})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, desk: Desk, kind: str, code: str) -> HttpResponse:
    """One of them: its words in every language, how they look filled in, and its history."""
    _may_edit(desk)
    if kind not in KINDS:
        raise Http404(kind)
    known = _known(desk, kind, code)
    if known is None and code != NEW:
        raise Http404(code)
    if request.method != "POST":
        return _form(request, desk, kind, code, known or _empty(kind), [])
    if request.POST.get("do") == "pack":
        wordings.retire(desk.book, desk.user, kind, code)
        say(request, gettext("The words of the pack stand again."))
        return HttpResponseRedirect(desk.url("words/"))
    data = _typed(request, desk, kind, code)
    wrong = _wrong(desk, data, new=code == NEW, kind=kind)
    if wrong or request.POST.get("do") == "preview":
        return _form(request, desk, kind, code, data, wrong)
    wordings.edit(desk.book, desk.user, kind, data)
    say(request, gettext("Kept; it stands from now on."))
    return HttpResponseRedirect(desk.url(f"words/{kind}/{data['code']}/"))


def _may_edit(desk: Desk) -> None:
    """Words are the whole city's: who edits them leads all of it, or administers it."""
    if not desk.may("wording", None) or desk.departments is not None:
        raise NotAllowed("wording")


def _known(desk: Desk, kind: str, code: str) -> Mapping[str, Any] | None:
    entries = desk.book.settings[f"{kind}s"]
    return next((each for each in entries if each["code"] == code), None)


def _empty(kind: str) -> dict[str, Any]:
    data: dict[str, Any] = {"code": "", "services": [], "title": {}, "text": {}}
    return data | ({"until": ""} if kind == "article" else {"for": "answer"})


def _typed(request: HttpRequest, desk: Desk, kind: str, code: str) -> dict[str, Any]:
    """What was typed, as a pack has it."""
    post = request.POST
    given = {
        name: {tag: clean(post.get(f"{name}-{tag}", "")) for tag in desk.book.languages}
        for name in ("title", "text")
    }
    data: dict[str, Any] = {
        "code": clean(post.get("code", "")) if code == NEW else code,
        "services": [each for each in post.getlist("services") if each in _services(desk)],
        **given,
    }
    if kind == "article":
        return data | {"until": post.get("until", "")}
    return data | {"for": post.get("for", "")}


def _services(desk: Desk) -> dict[str, str]:
    services = desk.book.services.values()
    return {each.code: desk.text(each.names) for each in services if not each.retired}


def _wrong(desk: Desk, data: Mapping[str, Any], *, new: bool, kind: str) -> list[str]:
    """What is wrong with what was typed, in words."""
    wrong = []
    if not _CODE.fullmatch(data["code"]) or len(data["code"]) > 64:
        wrong.append(gettext("The code has letters a to z, digits, - and _ alone."))
    elif new and _known(desk, kind, data["code"]) is not None:
        wrong.append(gettext("There is one with this code already."))
    if not all(data["title"].values()) or not all(data["text"].values()):
        wrong.append(gettext("Write title and text in every language of the city."))
    longest = max((len(text) for text in data["text"].values()), default=0)
    if longest > LONGEST_TEXT or any(len(t) > LONGEST_TITLE for t in data["title"].values()):
        wrong.append(gettext("That is too long: 120 characters for a title, 4,000 for a text."))
    if kind == "template":
        wrong += _wrong_template(data)
    elif data["until"] and not re.fullmatch(r"\d{4}-\d\d-\d\d", data["until"]):
        wrong.append(gettext("Write the last day as 2026-12-31, or leave it empty."))
    return wrong


def _wrong_template(data: Mapping[str, Any]) -> list[str]:
    wrong = []
    braces = {name for text in data["text"].values() for name in _BRACES.findall(text)}
    if braces - wordings.FIELDS or any("{" in _BRACES.sub("", t) for t in data["text"].values()):
        names = ", ".join(sorted(wordings.FIELDS))
        wrong.append(gettext("In braces may stand only: %(names)s.") % {"names": names})
    if data["for"] not in REPLIES:
        wrong.append(gettext("Choose what it is for."))
    return wrong


def _form(
    request: HttpRequest,
    desk: Desk,
    kind: str,
    code: str,
    data: Mapping[str, Any],
    wrong: list[str],
) -> HttpResponse:
    wording = Wording.objects.filter(city=desk.book.id, kind=kind, code=code).first()
    edits = WordingEdit.objects.filter(wording=wording).select_related("user").order_by("-pk")
    context = {
        "kind": kind,
        "name": KINDS[kind],
        "code": code,
        "new": code == NEW,
        "data": data,
        "wrong": wrong,
        "services": _services(desk),
        "replies": REPLIES,
        "fields": sorted(wordings.FIELDS),
        "preview": {tag: _filled(desk, data["text"].get(tag, ""), tag) for tag in _tags(desk)},
        "edited": wording is not None and not wording.retired,
        "of_pack": wordings.of_pack(desk.book, kind, code) is not None,
        "edits": list(edits[:_EDITS]) if wording else [],
    }
    return show(request, desk, "wording", context, 422 if wrong else 200)


def _tags(desk: Desk) -> tuple[str, ...]:
    return desk.book.languages


def _filled(desk: Desk, text: str, tag: str) -> str:
    """The text as a reporter would read it, of a service and place of the city."""
    book = desk.book
    service = next((each for each in book.services.values() if not each.retired), None)
    place = next((each for each in book.places.values() if not each.retired), None)
    department = next((each for each in book.departments.values() if not each.retired), None)
    today = day(now().astimezone(book.zone), tag)
    names = {
        "reference": f"{book.prefix} 7F3 K29",
        "service": service.names.get(tag, "") if service else "",
        "place": place.names.get(tag, "") if place else "",
        "department": department.names.get(tag, "") if department else "",
        "date": today,
        "due": today,
    }
    return _BRACES.sub(lambda found: names.get(found[1], found[0]), text)
