"""Taking back a step a moment after it was done, before anybody has heard of it.

Nothing is deleted: the step stays among the events, marked, and `undone` says who took it back.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from ngoma.base.clock import iso, now
from ngoma.casework.change import Change, hold_rows
from ngoma.casework.consequences import UNDOABLE, time_to_undo, withdraw
from ngoma.casework.errors import BadRequest, NotAllowed
from ngoma.casework.fold import replay
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Event, Photo, Report

_COLUMNS = [
    field.attname
    for field in Case._meta.concrete_fields
    if field.attname not in ("id", "version", "updated_at")
]


def undo(*, actor: Actor, case_id: int, seq: int, at: datetime | None = None) -> Case:
    """Take back event `seq`, the last of the case, which the same person did a moment ago.

    Whoever did it may take it back, wherever the case went by it. A merge is taken back in both
    cases. Raises `NotAllowed` for somebody else's step, and `BadRequest`: `unknown`, `changed`
    where something happened to the case since, `too_late` where others may have heard of it.
    """
    step = Event.objects.filter(case=case_id, seq=seq, kind__in=UNDOABLE).first()
    if step is None:
        raise BadRequest("undo", "unknown")
    if actor.user_id is None or step.user_id != actor.user_id or not actor.grants:
        raise NotAllowed("undo")
    with transaction.atomic():
        into = step.data["into"] if step.kind == "merged" else None
        cases = {case.pk: case for case in hold_rows(*filter(None, (case_id, into)))}
        back = _take_back(Change(cases[case_id], actor, _moment(cases[case_id], at)), step)
        if into is not None:
            _give_back(cases[into], actor, step, at)
        if step.data.get("photos"):
            Photo.objects.filter(case=case_id, name__in=step.data["photos"]).update(case=None)
    return back


def _take_back(held: Change, step: Event) -> Case:
    if held.case.version != step.seq:
        raise BadRequest("undo", "changed")
    if held.at - step.at > time_to_undo() or not withdraw(step):
        raise BadRequest("undo", "too_late")
    Event.objects.filter(pk=step.pk).update(undone=True)
    held.append("undone", seq=step.seq, step=step.kind, was=_before(held.case, step))
    held.save()
    return held.case


def _give_back(target: Case, actor: Actor, merged: Event, at: datetime | None) -> None:
    """The other half of a merge: the reports go back to the case that was merged away."""
    absorbed = Event.objects.filter(case=target.pk, seq=target.version, kind="absorbed").first()
    if absorbed is None or absorbed.data["from"] != merged.case_id:
        raise BadRequest("undo", "changed")
    _take_back(Change(target, actor, _moment(target, at)), absorbed)
    references = absorbed.data["references"]
    Report.objects.filter(reference__in=references).update(case=merged.case_id)


def _moment(case: Case, at: datetime | None) -> datetime:
    return max(at or now(), case.updated_at)


def _before(case: Case, step: Event) -> dict[str, Any]:
    """The columns that the step changed, as they were."""
    earlier = Event.objects.filter(case=case.pk, seq__lt=step.seq).order_by("seq")
    before = replay(case, earlier.iterator())
    changed = (name for name in _COLUMNS if getattr(before, name) != getattr(case, name))
    return {name: _plain(getattr(before, name)) for name in changed}


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value
