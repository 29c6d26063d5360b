"""One step for many cases: choose them, write once in every language, watch it being done."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ngoma.base.characters import clean, whole
from ngoma.base.clock import now
from ngoma.casework import batching
from ngoma.casework.errors import BadRequest, NotAllowed
from ngoma.desk import worklist
from ngoma.desk.orders import service_of
from ngoma.desk.refusals import in_words
from ngoma.desk.rules import cases_of
from ngoma.desk.site import Desk, page, show
from ngoma.records.models import Batch
from ngoma.records.queries.casefiles import Brief, File, briefs, ids_of
from ngoma.records.queries.languages import of_reporters

STEPS = {
    "answer": gettext_lazy("Answer"),
    "accept": gettext_lazy("Accept"),
    "resolve": gettext_lazy("Solved"),
    "reject": gettext_lazy("Reject"),
    "assign": gettext_lazy("Assign"),
}
_LISTED = 200
"""As many cases are listed one by one."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language in which reporters of the cases are written to, and how many read it."""

    tag: str
    reporters: int


@page
@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form of a step for the chosen cases. Nothing is done before it is sent off."""
    return _form(request, desk, _chosen(request, desk))


@page
@require_POST
def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Have the step done to the chosen cases, in a moment."""
    cases = _chosen(request, desk)
    step = request.POST.get("step", "")
    if step not in STEPS or not desk.may_somewhere(step):
        raise NotAllowed(step)
    try:
        batch = batching.begin(
            user=desk.user,
            city_id=desk.book.id,
            step=step,
            case_ids=[each.id for each in cases],
            texts=_texts(request, desk),
            **_fields(request, desk, step),
        )
    except BadRequest as refusal:
        return _form(request, desk, cases, trouble=in_words(refusal.field, refusal.code))
    return HttpResponseRedirect(desk.url(f"batch/{batch.pk}/"))


@page
@require_safe
def view(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """How far a batch has come; what could not be done, and why."""
    batch = _own(desk, number)
    failed = briefs(desk.book.id, [case_id for case_id, _field, _code in batch.failures])
    failures = [
        (failed.get(case_id), in_words(field, code)) for case_id, field, code in batch.failures
    ]
    context = {
        "batch": batch,
        "total": len(batch.cases),
        "done": batch.tried - len(batch.failures),
        "name": STEPS[batch.step],
        "failures": failures,
        "seconds": max(0, int((batch.starts_at - now()).total_seconds())),
        "going": batch.state in (Batch.State.WAITING, Batch.State.RUNNING),
    }
    return show(request, desk, "batch", context)


@page
@require_POST
def stop(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Undo it before it begins, or leave the rest."""
    batching.stop(_own(desk, number).pk)
    return HttpResponseRedirect(desk.url(f"batch/{number}/"))


def _form(
    request: HttpRequest, desk: Desk, cases: list[Brief], *, trouble: str = ""
) -> HttpResponse:
    counted = of_reporters([each.id for each in cases])
    reading = Counter({desk.book.language(tag): n for tag, n in counted.items()})
    tongues = [Tongue(tag, reading[tag]) for tag in desk.book.languages]
    tongues.sort(key=lambda each: -each.reporters)
    services = Counter(each.service_id for each in cases if each.service_id)
    context = {
        "cases": cases,
        "listed": cases[:_LISTED],
        "steps": {name: label for name, label in STEPS.items() if desk.may_somewhere(name)},
        "tongues": tongues,
        "templates": _templates(desk, services),
        "service": desk.service(services.most_common(1)[0][0]) if services else "",
        "typed": request.POST,
        "trouble": trouble,
        "fields": batching.FIELDS,
    }
    return show(request, desk, "compose", context, 422 if trouble else 200)


def _templates(desk: Desk, services: "Counter[int]") -> list[dict[str, Any]]:
    """The reply templates that fit most of the cases: their titles, and texts by language."""
    common = services.most_common(1)[0][0] if services else None
    return [
        {"code": each["code"], "title": desk.text(each["title"]), "texts": dict(each["text"])}
        for kind in ("answer", "resolve", "reject", "accept")
        for each in desk.book.templates_for(kind, common)
    ]


def _texts(request: HttpRequest, desk: Desk) -> dict[str, str]:
    """What was written, by language. Who reads another one is given the first that was written."""
    typed = {tag: clean(request.POST.get(f"text-{tag}", "")) for tag in desk.book.languages}
    return {tag: text for tag, text in typed.items() if text}


def _fields(request: HttpRequest, desk: Desk, step: str) -> dict[str, Any]:
    """What the verb is told besides the words. Raises `BadRequest`."""
    if step == "accept":
        return {"service_id": service_of(desk, request.POST.get("service", ""))}
    if step == "reject":
        return {"reason": request.POST.get("reason", "")}
    if step == "assign":
        department = whole(request.POST.get("department", ""))
        if department is None or department not in desk.book.departments:
            raise BadRequest("department", "unknown")
        return {"department_id": department, "text": clean(request.POST.get("note", ""))}
    return {}


def _chosen(request: HttpRequest, desk: Desk) -> list[Brief]:
    """The cases of the form, or of a rule that found something, that this person may see."""
    asked = request.POST if request.method == "POST" else request.GET
    if rule := asked.get("rule", ""):
        found = desk.case(asked.get("case", ""))
        ids = [found.id, *cases_of(File(found), rule)]
    elif asked.get("all"):
        ids = worklist.all_ids(desk, asked, limit=batching.MOST)
    else:
        named = ",".join(asked.getlist("chosen")).split(",")
        ids = ids_of(desk.book.id, named[: batching.MOST])
    known = briefs(desk.book.id, ids[: batching.MOST])
    return [each for each in known.values() if desk.may("see", each.department_id)]


def _own(desk: Desk, number: int) -> Batch:
    """A batch of this person; of others nobody sees what they wrote before it is sent."""
    batch = Batch.objects.filter(pk=number, city=desk.book.id, user=desk.user.pk).first()
    if batch is None:
        raise Http404(number)
    return batch
