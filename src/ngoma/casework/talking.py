"""The conversation with the reporters, and notes among colleagues."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ngoma.casework.change import Change, change, sees
from ngoma.casework.deadlines import resumed
from ngoma.casework.errors import BadRequest
from ngoma.casework.wording import said, spoken, told
from ngoma.casework.working import attach
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Case, Event, Photo, Report, State
from ngoma.records.queries.colleagues import named


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the city, by its id, and where exactly, each as far as it is known; good to
    `accuracy` metres."""

    place_id: int | None
    lat: float | None
    lon: float | None
    accuracy: int = 0


_MENTION = re.compile(r"(?<![\w.+-])@([\w.+-]*\w)")  # not what stands in a mail address
MOST_MENTIONS = 20


def answer(
    *,
    actor: Actor,
    case_id: int,
    text: str,
    texts: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Case:
    """Tell the reporters something, or each in their language; the state stays."""
    with change("answer", actor=actor, case_id=case_id, at=at) as held:
        held.append("answered", text=told(said(text)), **spoken(texts))
    return held.case


def ask(*, actor: Actor, case_id: int, text: str, at: datetime | None = None) -> Case:
    """Ask the reporters something; the clock stands until they answer."""
    with change("ask", actor=actor, case_id=case_id, at=at) as held:
        held.append("asked", text=told(said(text)), was=held.case.state)
    return held.case


def inform(
    *,
    actor: Actor,
    case_id: int,
    text: str = "",
    photo_ids: Sequence[int] = (),
    spot: Spot | None = None,
    at: datetime | None = None,
) -> Case:
    """Add what a reporter tells later. Where the city waited for it, the clock runs again.

    `spot`: where it is, which counts, for the case and for the report, where nobody has said so
    before.
    """
    with change("inform", actor=actor, case_id=case_id, at=at) as held:
        if not text.strip() and not photo_ids:
            raise BadRequest("text", "missing")
        names = attach(held, photo_ids, Photo.Kind.REPORT)
        more = {**_placed(held, spot), **_resume(held)}
        held.append("informed", text=said(text or " "), photos=names, **more)
    return held.case


def note(*, actor: Actor, case_id: int, text: str, at: datetime | None = None) -> Case:
    """Write down something for colleagues; no resident ever sees it.

    `@name` tells the colleague of that user name. Raises `BadRequest` where nobody in the city has
    it, where they may not see the case, and for very many of them.
    """
    with change("note", actor=actor, case_id=case_id, at=at) as held:
        names = set(_MENTION.findall(text))
        if len(names) > MOST_MENTIONS:
            raise BadRequest("text", "mentions_many")
        users = named(held.case.city_id, sorted(names))
        if names - {user.username for user in users}:
            raise BadRequest("text", "mention_unknown")
        if not all(sees(staff(user), held.case) for user in users):
            raise BadRequest("text", "mention_not_seen")
        mentions = {"mentions": [user.pk for user in users]} if users else {}
        held.append("noted", text=said(text), **mentions)
    return held.case


def _placed(held: Change, spot: Spot | None) -> dict[str, Any]:
    """The place, and the department that owns the service there."""
    case = held.case
    if spot is None or case.place_id is not None or case.lat is not None:
        return {}
    where = {"lat": spot.lat, "lon": spot.lon, "accuracy": spot.accuracy}
    Report.objects.filter(pk=held.actor.report_id or 0, place=None, lat=None).update(
        place_id=spot.place_id, **where
    )
    department = case.department_id
    if not case.transfers:
        department = held.book.owner(case.service_id, spot.place_id)
    return {"place": spot.place_id, "lat": spot.lat, "lon": spot.lon, "department": department}


def _resume(held: Change) -> dict[str, Any]:
    if held.case.state != State.WAITING:
        return {}
    questions = Event.objects.filter(case=held.case.pk, kind="asked", undone=False)
    asked = questions.order_by("-seq").first()
    if asked is None:
        raise ValueError(f"case {held.case.pk} waits without having been asked")
    return {"state": asked.data["was"], **resumed(held)}
