"""The work itself: start, resolve, close, and open again what was not fixed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from ngoma.base.clock import now
from ngoma.casework.change import Change, change
from ngoma.casework.deadlines import dues
from ngoma.casework.errors import BadRequest
from ngoma.casework.sweeping import sweep
from ngoma.casework.wording import spoken, told
from ngoma.casework.workflow import reopened_state
from ngoma.cities.book import books
from ngoma.people.permissions import SYSTEM, Actor
from ngoma.records.models import Case, Photo, State
from ngoma.records.queries import lateness


def start(*, actor: Actor, case_id: int, text: str = "", at: datetime | None = None) -> Case:
    """Say that work has begun."""
    with change("start", actor=actor, case_id=case_id, at=at) as held:
        held.append("started", text=told(text))
    return held.case


def resolve(
    *,
    actor: Actor,
    case_id: int,
    text: str = "",
    texts: Mapping[str, str] | None = None,
    photo_ids: Sequence[int] = (),
    at: datetime | None = None,
) -> Case:
    """Say that the problem is solved, in words or with a photo. Raises `BadRequest` for neither,
    and while another department still does a part of it.
    """
    with change("resolve", actor=actor, case_id=case_id, at=at) as held:
        if not text and not photo_ids:
            raise BadRequest("text", "missing")
        if held.case.tasks_open:
            raise BadRequest("task", "open")
        names = attach(held, photo_ids, Photo.Kind.AFTER)
        held.append("resolved", text=told(text), **spoken(texts), photos=names)
    return held.case


def close(*, actor: Actor, case_id: int, reason: str = "", at: datetime | None = None) -> Case:
    """End the case. `reason` says why where it was not solved (`no-answer`)."""
    with change("close", actor=actor, case_id=case_id, at=at) as held:
        held.append("closed", reason=reason)
    return held.case


def reopen(*, actor: Actor, case_id: int, text: str = "", at: datetime | None = None) -> Case:
    """Open again what was not fixed, or a contested refusal; promises count from now."""
    with change("reopen", actor=actor, case_id=case_id, at=at) as held:
        case = held.case
        promised = dues(held.book, case.service_id, case.urgency, held.at)
        appeal = {"appeal": True} if case.state in (State.REJECTED, State.REFERRED) else {}
        state = reopened_state(case.state)
        held.append("reopened", text=text, state=state, **appeal, **promised.data())
    return held.case


def close_finished(at: datetime | None = None) -> int:
    """Close what was resolved long enough ago, and what waits too long for an answer.

    The times are each city's `close` and `waiting`. Returns how many. Called by the clock.
    """
    at = at or now()

    def finish(case_id: int, reason: str) -> Case:
        return close(actor=SYSTEM, case_id=case_id, reason=reason, at=at)

    done = 0
    for book in books():
        resolved = partial(lateness.resolved, book.id, at - book.by_clock("close"))
        waiting = partial(lateness.waiting, book.id, at - book.by_clock("waiting"))
        done += sweep(resolved, partial(finish, reason=""))
        done += sweep(waiting, partial(finish, reason="no-answer"))
    return done


def attach(held: Change, photo_ids: Sequence[int], kind: str) -> list[str]:
    """Give photos to the case. Raises `BadRequest` where one is unknown or belongs elsewhere."""
    wanted = list(dict.fromkeys(photo_ids))
    photos = list(Photo.objects.filter(pk__in=wanted, case=None, report=None))
    if len(photos) != len(wanted):
        raise BadRequest("photos", "unknown")
    Photo.objects.filter(pk__in=wanted).update(case=held.case.pk, kind=kind)
    return [photo.name for photo in photos]
