"""Parts of a case that other departments do; the reporters get one answer, from who leads it."""

from collections.abc import Iterable
from datetime import datetime

from ngoma.casework.change import change
from ngoma.casework.errors import BadRequest, NotAllowed
from ngoma.casework.wording import perhaps_said, said
from ngoma.people.permissions import Actor, may
from ngoma.records.models import Case, Event, Task

MOST_OPEN = 20


def give(
    *, actor: Actor, case_id: int, department_id: int, text: str, at: datetime | None = None
) -> Case:
    """Give a part of the work to a department, which sees the case from then on.

    Raises `BadRequest` for an unknown department, for no words, and for too many open parts.
    """
    with change("task", actor=actor, case_id=case_id, at=at) as held:
        if department_id not in held.book.departments:
            raise BadRequest("department", "unknown")
        if held.case.tasks_open >= MOST_OPEN:
            raise BadRequest("task", "too_many")
        held.append("tasked", department=department_id, text=said(text))
        seq = held.case.version
        Task.objects.create(case=held.case, seq=seq, department_id=department_id)
    return held.case


def end(
    *,
    actor: Actor,
    case_id: int,
    seq: int,
    text: str = "",
    done: bool = True,
    at: datetime | None = None,
) -> Case:
    """Say that a part is done, or (`done` False) no longer needed.

    The department that has it says so, or who may give it. Raises `BadRequest` for a part that is
    not open.
    """
    with change("end_task", actor=actor, case_id=case_id, at=at) as held:
        task = Task.objects.filter(case=case_id, seq=seq, open=True).first()
        if task is None:
            raise BadRequest("task", "unknown")
        city_id, lead = held.case.city_id, held.case.department_id
        own = may(actor, "end_task", city_id, task.department_id)
        if not own and not may(actor, "task", city_id, lead):
            raise NotAllowed("end_task")
        task.open = False
        task.save(update_fields=["open"])
        held.append("task_ended", task=seq, done=done, text=perhaps_said(text))
    return held.case


def rebuild(ids: list[int], events: Iterable[Event]) -> None:
    """Write the parts of these cases anew from their events."""
    found: dict[tuple[int, int], Task] = {}
    for event in events:
        if event.kind == "tasked":
            department_id = event.data["department"]
            task = Task(case_id=event.case_id, seq=event.seq, department_id=department_id)
            found[event.case_id, event.seq] = task
        elif event.kind == "task_ended":
            found[event.case_id, event.data["task"]].open = False
    Task.objects.filter(case__in=ids).delete()
    Task.objects.bulk_create(found.values())
