"""The queue: a list on the left, the report in the middle, the proposal on the right."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.base.characters import whole
from ngoma.base.clock import parse
from ngoma.casework.errors import NotAllowed
from ngoma.desk import naming
from ngoma.desk.refusals import Trouble
from ngoma.desk.sheets import headline, sheet
from ngoma.desk.site import Desk, page, show
from ngoma.records.queries import queue
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


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The queue, or the part of it that a script asks for."""
    part = request.headers.get("HX-Target", "")
    if part == "more":
        return show(request, desk, "rows", _lines(desk, _key(request)))
    head = _chosen(request, desk)
    if part == "look" and head is not None:
        return show(request, desk, "look", {"sheet": sheet(desk, head), "trouble": None})
    return render(request, desk, head)


def render(
    request: HttpRequest,
    desk: Desk,
    head: Head | None,
    *,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole queue with this case open, or with the first one that waits."""
    known = _lines(desk, _key(request))
    if head is None and known["lines"]:
        head = desk.case(known["lines"][0].reference)
    counts = queue.counts(_waiting(desk))
    context = {
        **known,
        "counts": counts,
        "most": queue.MOST,
        "sheet": sheet(desk, head) if head else None,
        "trouble": trouble,
        "chosen": bool(request.GET.get("case") or trouble),
    }
    return show(request, desk, "queue", context, status)


def following(desk: Desk, head: Head) -> str:
    """The reference of the case after this one in the queue; empty where it is the last."""
    if head.answer_due is None:
        return ""
    waiting = _waiting(desk)
    key = waiting.place(head.urgency, head.answer_due, head.id)
    rows = queue.page(waiting, after=key, limit=1)
    return rows[0].reference if rows else ""


def _lines(desk: Desk, after: queue.Key | None) -> dict[str, Any]:
    """The lines after a key, and the address of more."""
    waiting = _waiting(desk)
    rows = queue.page(waiting, after=after, limit=ROWS + 1)
    more = ""
    if len(rows) > ROWS:
        rows = rows[:ROWS]
        last = waiting.key(rows[-1])
        more = desk.url("", after=f"{last.group}~{last.due.isoformat()}~{last.id}")
    lines = [_line(desk, waiting.key(row).group, row) for row in rows]
    return {"lines": lines, "more": more, "before": after.group if after else ""}


def _line(desk: Desk, group: str, row: queue.Row) -> Line:
    service = desk.service(row.service_id)
    return Line(
        group=group,
        reference=row.reference,
        title=headline(row.words) or service,
        place=desk.place(row.place_id) or row.location,
        due=naming.due(row.answer_due),
        reports=row.reports,
    )


def _chosen(request: HttpRequest, desk: Desk) -> Head | None:
    """The case of the address; one that is no longer there, or no longer ours, is passed over."""
    reference = request.GET.get("case", "")
    try:
        return desk.case(reference) if reference else None
    except (Http404, NotAllowed):
        return None


def _waiting(desk: Desk) -> queue.Waiting:
    return queue.Waiting(desk.book.id, desk.departments, desk.tonight)


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
