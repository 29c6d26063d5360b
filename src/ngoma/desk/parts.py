"""The parts of a case that other departments do, and the way a case took through departments."""

from dataclasses import dataclass
from datetime import datetime

from ngoma.desk.site import Desk
from ngoma.records.queries.casefiles import File


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the work: `state` is `open`, `done` or `dropped`; `may_end`, `may_drop`: now."""

    seq: int
    department: str
    text: str
    at: datetime
    state: str
    result: str
    may_end: bool
    may_drop: bool


def parts(desk: Desk, file: File) -> list[Part]:
    """The parts of the work in the order in which they were given."""
    ended = {each.data["task"]: each.data for each in file.events if each.kind == "task_ended"}
    lead = desk.may("task", file.head.department_id)
    found = []
    for event in file.events:
        if event.kind != "tasked":
            continue
        end = ended.get(event.seq)
        state = "open" if end is None else "done" if end["done"] else "dropped"
        found.append(
            Part(
                seq=event.seq,
                department=desk.department(event.data["department"]),
                text=event.data["text"],
                at=event.at,
                state=state,
                result=end["text"] if end else "",
                may_end=end is None and desk.may("end_task", event.data["department"]),
                may_drop=end is None and lead,
            )
        )
    return found


def way(desk: Desk, file: File) -> list[str]:
    """The departments that the case was with, one after the other; empty where it stayed."""
    names: list[str] = []
    for event in file.events:
        department = event.data.get("department")
        if event.undone or department is None or event.kind in ("tasked", "undone"):
            continue
        name = desk.department(department)
        if not names or names[-1] != name:
            names.append(name)
    return names if file.head.transfers else []
