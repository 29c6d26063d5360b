"""What changes in the queue while it is open, as server-sent events.

Every answer ends at once, and the browser asks again a few seconds later from where it was
(`Last-Event-ID`): a stream that stays open would hold one of the server's threads for each officer.
"""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from ngoma.base.characters import whole
from ngoma.base.clock import now
from ngoma.desk import choosing, holding, queue
from ngoma.desk.site import NAMES, Desk, page
from ngoma.records.queries import holds, live
from ngoma.records.queries import queue as rows

AGAIN_MS = 4000
"""After so long the browser asks again."""


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What changed since the mark, for the choice that is shown; the open case stays held."""
    mark = _mark(request.headers.get("Last-Event-ID") or request.GET.get("since", ""))
    changed, mark = live.since(desk.book.id, mark)
    said = "reload" if changed is None else "changes"
    data: dict[str, Any] = {"held": holding.held_by_others(desk)}
    if changed:
        data |= _changes(request, desk, changed)
    _stay(desk, whole(request.GET.get("holding", "")))
    body = f"retry: {AGAIN_MS}\nid: {mark.transaction}-{mark.event}\nevent: {said}\n"
    body += f"data: {msgspec.json.encode(data).decode()}\n\n"
    return HttpResponse(body, content_type="text/event-stream")


def _changes(request: HttpRequest, desk: Desk, changed: list[live.Changed]) -> dict[str, Any]:
    """The rows that wait now, and the versions of all that changed.

    Of what another department has the bare reference is told: it may have been in this queue.
    """
    chosen = choosing.choice(request, desk)
    waiting = choosing.waiting(desk, chosen)
    found = rows.these(waiting, [each.id for each in changed])
    context = {"desk": desk, "choice": chosen, "held": {}, "language": desk.language, **NAMES}
    return {
        "rows": [_row(request, context, queue.line(desk, waiting, row)) for row in found],
        "versions": {each.reference: each.version for each in changed},
        "counts": rows.counts(waiting),
    }


def _row(request: HttpRequest, context: dict[str, Any], line: queue.Line) -> dict[str, str]:
    context = context | {"line": line}
    return {
        "reference": line.reference,
        "title": line.title,
        "group": line.group,
        "row": render_to_string("desk/row.html.jinja", context, request),
        "heading": render_to_string("desk/heading.html.jinja", context, request),
    }


def _stay(desk: Desk, case_id: int | None) -> None:
    """Go on holding the open case, as long as nobody has taken it over."""
    at = now()
    found = holds.holder(case_id, at) if case_id else None
    if case_id and found and found.user_id == desk.user.pk:
        holds.take(case_id, desk.user.pk, at=at, until=at + holding.LASTS)


def _mark(text: str) -> live.Mark:
    """A mark as an answer gave it; anything else is now."""
    first, _, last = text.partition("-")
    transaction, event = whole(first), whole(last)
    if transaction is None or event is None:
        return live.last()
    return live.Mark(transaction, event)
