"""What a crew found and did at a place; also hours later, when their phone has a network again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ngoma.base.clock import iso, now
from ngoma.casework.change import Change, change
from ngoma.casework.errors import BadRequest, Refusal
from ngoma.casework.wording import perhaps_said, told
from ngoma.casework.workflow import ACTIVE, possible
from ngoma.casework.working import attach
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Event, Photo, Visit

OUTCOMES = ("done", "not_found", "other_crew")
MOST_MINUTES = 24 * 60
_ALTERING = frozenset(
    {
        *("accepted", "corrected", "assigned", "asked", "resolved", "closed", "rejected"),
        *("referred", "reopened", "merged", "split", "returned", "visited", "extended"),
    }
)
"""Kinds of event after which a crew may no longer know what the case is about."""


class Altered(Refusal):
    """The case is not as the crew saw it; a person decides what becomes of the visit."""


def visit(
    *,
    actor: Actor,
    case_id: int,
    key: str,
    seen: int,
    outcome: str,
    text: str = "",
    minutes: int | None = None,
    materials: str = "",
    before: Sequence[int] = (),
    after: Sequence[int] = (),
    anyway: bool = False,
    at: datetime | None = None,
) -> Case:
    """Note a visit: done (the case is resolved), nothing found, or another crew is needed.

    `key` is the phone's own for this visit: sent again, nothing happens. `seen` is the version of
    the case that the crew knew; `at` when they say they were there, which is noted: the visit
    counts from when it came, so that nothing is backdated. `anyway`: keep it as what was seen,
    whatever happened since; then it decides nothing. Raises `Altered`, and `BadRequest` for what
    makes no sense and for a done visit without words or a photo.
    """
    _check(key, outcome, minutes)
    with transaction.atomic(), change("visit", actor=actor, case_id=case_id) as held:
        if not _first(key, held, actor):
            return held.case
        altered = _altered(held, seen, actor)
        if altered and not anyway:
            raise Altered
        decides = not (altered or anyway) and possible("resolve", held.case.state)
        photos = attach(held, before, Photo.Kind.REPORT)
        held.append(
            "visited",
            outcome=outcome,
            text=perhaps_said(text),
            minutes=minutes,
            materials=perhaps_said(materials)[:500],
            photos=photos,
            late=altered,
            there_at=iso(_past(at)),
        )
        if outcome == "done" and decides:
            if held.case.tasks_open:
                raise BadRequest("task", "open")
            if not text and not after:
                raise BadRequest("text", "missing")
            held.append("resolved", text=told(text), photos=_after(held, after))
        else:
            # Only what solves the case answers the public; the rest is for colleagues.
            attach(held, after, Photo.Kind.AFTER)
            Photo.objects.filter(pk__in=[*before, *after]).update(public=False)
        if outcome == "other_crew" and decides and held.case.assignee_id is not None:
            department = held.case.department_id
            held.append("assigned", department=department, user=None, text="", transfer=0)
    return held.case


def _check(key: str, outcome: str, minutes: int | None) -> None:
    if not 8 <= len(key) <= 64:
        raise BadRequest("key", "unknown")
    if outcome not in OUTCOMES:
        raise BadRequest("outcome", "unknown")
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise BadRequest("minutes", "out_of_range")


def _past(at: datetime | None) -> datetime:
    """A phone's clock may be wrong: nothing happens in the future."""
    return min(at, now()) if at else now()


def _first(key: str, held: Change, actor: Actor) -> bool:
    """Whether the visit comes for the first time; remembered together with what it does."""
    known = Visit.objects.filter(key=key).first()
    if known is not None:
        if (known.user_id, known.case_id) != (actor.user_id, held.case.pk):
            raise BadRequest("key", "unknown")
        return False
    assert actor.user_id is not None
    Visit.objects.create(key=key, case=held.case, user_id=actor.user_id, at=held.at)
    return True


def _altered(held: Change, seen: int, actor: Actor) -> bool:
    """Whether somebody else did something to the case that the crew could not know of."""
    if held.case.state not in ACTIVE:
        return True
    later = Event.objects.filter(case=held.case.pk, seq__gt=seen, undone=False)
    return later.filter(kind__in=_ALTERING).exclude(user=actor.user_id).exists()


def _after(held: Change, photo_ids: Sequence[int]) -> list[str]:
    return attach(held, photo_ids, Photo.Kind.AFTER)
