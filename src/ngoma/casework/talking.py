"""The conversation with the reporters, and notes among colleagues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ngoma.casework.change import Change, change
from ngoma.casework.deadlines import resumed
from ngoma.casework.errors import BadRequest
from ngoma.casework.working import attach
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Event, Photo, State

LONGEST_TEXT = 4000


def answer(*, actor: Actor, case_id: int, text: str, at: datetime | None = None) -> Case:
    """Tell the reporters something; the state stays."""
    with change("answer", actor=actor, case_id=case_id, at=at) as held:
        held.append("answered", text=_said(text))
    return held.case


def ask(*, actor: Actor, case_id: int, text: str, at: datetime | None = None) -> Case:
    """Ask the reporters something; the clock stands until they answer."""
    with change("ask", actor=actor, case_id=case_id, at=at) as held:
        held.append("asked", text=_said(text), was=held.case.state)
    return held.case


def inform(
    *,
    actor: Actor,
    case_id: int,
    text: str = "",
    photo_ids: Sequence[int] = (),
    at: datetime | None = None,
) -> Case:
    """Add what a reporter tells later. Where the city waited for it, the clock runs again."""
    with change("inform", actor=actor, case_id=case_id, at=at) as held:
        if not text.strip() and not photo_ids:
            raise BadRequest("text", "missing")
        names = attach(held, photo_ids, Photo.Kind.REPORT)
        held.append("informed", text=_said(text or " "), photos=names, **_resume(held))
    return held.case


def note(*, actor: Actor, case_id: int, text: str, at: datetime | None = None) -> Case:
    """Write down something for colleagues; no resident ever sees it."""
    with change("note", actor=actor, case_id=case_id, at=at) as held:
        held.append("noted", text=_said(text))
    return held.case


def _resume(held: Change) -> dict[str, Any]:
    if held.case.state != State.WAITING:
        return {}
    asked = Event.objects.filter(case=held.case.pk, kind="asked").order_by("-seq").first()
    if asked is None:
        raise ValueError(f"case {held.case.pk} waits without having been asked")
    return {"state": asked.data["was"], **resumed(held)}


def _said(text: str) -> str:
    """The text. Raises `BadRequest` for an empty one and one that is too long."""
    if not text:
        raise BadRequest("text", "missing")
    if len(text) > LONGEST_TEXT:
        raise BadRequest("text", "too_long")
    return text.strip()
