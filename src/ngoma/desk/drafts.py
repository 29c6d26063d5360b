"""Drafts on the page of a case: a text to begin with, and beside each sentence where it is from."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST

from ngoma.base.characters import clean
from ngoma.base.references import show as show_reference
from ngoma.casework.errors import NotAllowed
from ngoma.desk import cases
from ngoma.desk.actions import ACTIONS
from ngoma.desk.sheets import Sheet, sheet
from ngoma.desk.site import Desk, page
from ngoma.proposals import drafting, writer
from ngoma.records.queries.casefiles import briefs
from ngoma.triage.drafting import Draft, Source, What


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and where it is from; `url` leads there."""

    text: str
    origin: str
    url: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft for the form of a step. `machine` wrote it, if anything; `trouble` says why not."""

    step: str
    text: str
    lines: list[Line]
    machine: str = ""
    trouble: str = ""


@page
@require_POST
def make(request: HttpRequest, desk: Desk, reference: str, step: str) -> HttpResponse:
    """The page of the case with a draft in the form of a step; nothing is kept, nothing is sent.

    `how` it is made: in the `writer`'s words, or as a `translation` of what was typed; else plain.
    Of a case that is not public nothing leaves the house.
    """
    head = desk.case(reference)
    action = ACTIONS.get(step)
    if action is None or not action.tells:
        raise Http404(step)
    if not action.open_to(desk, head):
        raise NotAllowed(action.verb)
    seen = sheet(desk, head)
    how = request.POST.get("how") if writer.on() and head.public else ""
    if how == "translation":
        drafted = _translated(seen, step, clean(request.POST.get("text", "")))
    else:
        drafted = _drafted(seen, step, by_writer=how == "writer")
    typed = {key: str(value) for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}
    typed["text"] = drafted.text
    return cases.render(request, desk, head, drafted=drafted, typed=typed)


@page
@require_POST
def read(request: HttpRequest, desk: Desk, reference: str, report: int) -> HttpResponse:
    """The page of the case with the published words of a report in the desk's language."""
    head = desk.case(reference)
    told = next((each for each in sheet(desk, head).file.reports if each.id == report), None)
    if told is None or not told.public_words or not (writer.on() and head.public):
        raise Http404("no such report, or nobody who translates")
    try:
        words = writer.translate(
            told.public_words, language=desk.language, country=desk.book.country, labels=_labels()
        )
    except writer.NoWords:
        words = ""
    return cases.render(request, desk, head, translated=(report, words))


def _drafted(seen: Sheet, step: str, *, by_writer: bool) -> Drafted:
    desk, file = seen.desk, seen.file
    reply = next(iter(seen.replies(step)), None)
    plain = drafting.drafted(
        desk.book,
        file,
        step,
        language=seen.reporter_language,
        template=Source("template", reply.code, reply.text) if reply else None,
        labels=_labels(),
        may_see=lambda department_id: desk.may("see", department_id),
    )
    if not by_writer or not plain.sentences:
        return Drafted(step, plain.text, _lines(seen, step, plain))
    try:
        worded = writer.redraft(
            plain,
            " ".join(each.public_words for each in file.reports[:1]),
            language=seen.reporter_language,
            country=desk.book.country,
            labels=_labels(),
            check=pgettext("blank", "check"),
        )
    except writer.NoWords:
        return Drafted(step, plain.text, _lines(seen, step, plain), trouble=_away())
    return Drafted(step, worded.text, _lines(seen, step, worded), machine=writer.name())


def _translated(seen: Sheet, step: str, text: str) -> Drafted:
    if not text:
        return Drafted(step, text, [])
    try:
        found = writer.translate(
            text,
            language=seen.reporter_language,
            country=seen.desk.book.country,
            labels=_labels(),
        )
    except writer.NoWords:
        return Drafted(step, text, [], trouble=_away())
    return Drafted(step, found, [], machine=writer.name())


def _away() -> str:
    return gettext("The machine did not answer; this is what there is without it.")


def _labels() -> dict[What, str]:
    """What blanks are called at this desk."""
    return {
        "date": pgettext("blank", "date"),
        "number": pgettext("blank", "number"),
        "name": pgettext("blank", "name"),
        "fact": pgettext("blank", "what"),
    }


def _lines(seen: Sheet, step: str, draft: Draft) -> list[Line]:
    desk = seen.desk
    titles = {reply.code: reply.title for reply in seen.replies(step)}
    ids = [s.source.key for s in draft.sentences if s.source and s.source.kind == "case"]
    known = briefs(desk.book.id, [key for key in ids if isinstance(key, int)])
    lines = []
    for sentence in draft.sentences:
        source = sentence.source
        if source is None:
            lines.append(Line(sentence.text, gettext("the machine’s own words"), ""))
        elif source.kind == "case":
            reference = known[int(source.key)].reference
            lines.append(Line(sentence.text, show_reference(reference), desk.case_url(reference)))
        elif source.kind == "template":
            title = titles.get(str(source.key), "")
            lines.append(
                Line(sentence.text, gettext("template “%(title)s”") % {"title": title}, "")
            )
        else:
            title = _title(desk, str(source.key))
            lines.append(Line(sentence.text, gettext("article “%(title)s”") % {"title": title}, ""))
    return lines


def _title(desk: Desk, code: str) -> str:
    articles = desk.book.settings["articles"]
    return next((desk.text(each["title"]) for each in articles if each["code"] == code), "")
