"""The queue: a list on the left, the report in the middle, the proposal on the right."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.base.characters import whole
from ngoma.base.clock import parse
from ngoma.casework.errors import NotAllowed
from ngoma.desk import choosing, naming, saving
from ngoma.desk.holding import held_by_others, hold
from ngoma.desk.refusals import Trouble
from ngoma.desk.sheets import headline, sheet
from ngoma.desk.site import Desk, page, show
from ngoma.records.queries import live, queue
from ngoma.records.queries.casefiles import Head

ROWS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list."""

    group: str
    reference: str
    title: str
    place: str
    due: naming.Due | None
    reports: int
    order: str
    """Of two lines the one with the lesser comes first."""


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The queue, or the part of it that a script asks for."""
    part = request.headers.get("HX-Target", "")
    chosen = choosing.choice(request, desk)
    if part == "more":
        return show(request, desk, "rows", _lines(desk, chosen, _key(request)))
    head = _chosen(request, desk)
    if part == "look" and head is not None:
        context = {"sheet": sheet(desk, head), "trouble": None, "holder": hold(desk, head)}
        return show(request, desk, "look", context | {"choice": chosen})
    return render(request, desk, head)


def render(
    request: HttpRequest,
    desk: Desk,
    head: Head | None,
    *,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole queue with this case open, or with the first one that waits and nobody holds."""
    chosen = choosing.choice(request, desk)
    mark = live.last()
    known = _lines(desk, chosen, _key(request))
    if head is None:
        head = _first_free(desk, known["lines"], known["held"])
    context = {
        **known,
        "mark": f"{mark.transaction}-{mark.event}",
        "parts": choosing.parts(desk, chosen),
        "without": {name: choosing.without(chosen, name).given for name in chosen.given},
        "saved": saving.saved(desk, chosen),
        "counts": queue.counts(choosing.waiting(desk, chosen)),
        "most": queue.MOST,
        "sheet": sheet(desk, head) if head else None,
        "holder": hold(desk, head) if head else "",
        "trouble": trouble,
        "chosen": bool(request.GET.get("case") or trouble),
    }
    return show(request, desk, "queue", context, status)


def following(desk: Desk, head: Head, chosen: choosing.Choice) -> str:
    """The reference of the case after this one in the queue that nobody else holds; empty where it
    is the last."""
    if head.answer_due is None:
        return ""
    waiting = choosing.waiting(desk, chosen)
    key = waiting.place(head.urgency, head.answer_due, head.id)
    held = held_by_others(desk)
    rows = queue.page(waiting, after=key, limit=len(held) + 1)
    return next((row.reference for row in rows if row.reference not in held), "")


def line(desk: Desk, waiting: queue.Waiting, row: queue.Row) -> Line:
    """A case as the list shows it."""
    key = waiting.key(row)
    return Line(
        group=key.group,
        reference=row.reference,
        title=headline(row.words) or desk.service(row.service_id),
        place=desk.place(row.place_id) or row.location,
        due=naming.due(desk.book, row.answer_due),
        reports=row.reports,
        order=f"{queue.GROUPS.index(key.group)}~{key.due:%Y%m%d%H%M%S%f}~{key.id:015}",
    )


def _first_free(desk: Desk, lines: list[Line], held: dict[str, str]) -> Head | None:
    free = (each.reference for each in lines if each.reference not in held)
    reference = next(free, lines[0].reference if lines else "")
    return desk.case(reference) if reference else None


def _lines(desk: Desk, chosen: choosing.Choice, after: queue.Key | None) -> dict[str, Any]:
    """The lines after a key, who holds them, and the address of more."""
    waiting = choosing.waiting(desk, chosen)
    rows = queue.page(waiting, after=after, limit=ROWS + 1)
    more = ""
    if len(rows) > ROWS:
        rows = rows[:ROWS]
        last = waiting.key(rows[-1])
        more = desk.url("", after=f"{last.group}~{last.due.isoformat()}~{last.id}", **chosen.given)
    return {
        "choice": chosen,
        "lines": [line(desk, waiting, row) for row in rows],
        "held": held_by_others(desk),
        "more": more,
        "before": after.group if after else "",
    }


def _chosen(request: HttpRequest, desk: Desk) -> Head | None:
    """The case of the address; one that is no longer there, or no longer ours, is passed over."""
    reference = request.GET.get("case", "")
    try:
        return desk.case(reference) if reference else None
    except (Http404, NotAllowed):
        return None


def _key(request: HttpRequest) -> queue.Key | None:
    """Where the page starts, as `more` wrote it; the top for anything else."""
    group, _, rest = request.GET.get("after", "").partition("~")
    due, _, last = rest.partition("~")
    number = whole(last)
    if group not in queue.GROUPS or number is None:
        return None
    try:
        return queue.Key(group, parse(due), number)
    except ValueError:
        return None
