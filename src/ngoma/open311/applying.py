"""What another body says it did, done to the case by the verbs that it may use."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from ngoma.casework import deciding, talking, working
from ngoma.casework.errors import Refusal, WrongState
from ngoma.casework.workflow import OPEN, reopened_state
from ngoma.open311.refusing import say
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, State

AGAIN = "again"
"""Not a state of its own: open, in whatever state that is."""

MEANT: dict[str, str] = {
    "OPEN": AGAIN,
    "REOPEN": AGAIN,
    "INVESTIGATING": State.ACCEPTED,
    "ACTION_SCHEDULED": State.ACCEPTED,
    "IN_PROGRESS": State.IN_PROGRESS,
    "FIXED": State.RESOLVED,
    "CLOSED": State.RESOLVED,
    "NO_FURTHER_ACTION": State.REJECTED,
    "DUPLICATE": State.REJECTED,
    "CANCELLED": State.REJECTED,
    "NOT_COUNCILS_RESPONSIBILITY": State.REFERRED,
}
"""Where a status leads. One that is not here, such as FOR_TRIAGE, keeps the comment alone."""

_TELLING = frozenset({"accept", "start", "resolve", "reject", "refer"})
_ENDED = frozenset({State.RESOLVED, State.CLOSED, State.REJECTED, State.REFERRED})


def apply(
    *, actor: Actor, case: Case, status: str, text: str, why: str, language: str, at: datetime
) -> None:
    """Bring the case to where the status leads and tell the comment, as far as both are possible.

    `why` names the pack's reason of a refusal or the body of a referral; without a known one the
    state stays. An empty status moves nothing.
    """
    steps = _steps(case.state, MEANT.get(status, ""))
    told = bool(steps) and _move(actor, case, steps, text, why, language, at)
    if text and not told:
        try:
            talking.answer(actor=actor, case_id=case.pk, text=text, at=at)
        except WrongState:
            return


def _steps(state: str, target: str) -> list[str]:
    """The verbs from a state to where a status leads; none where the case is there or cannot go."""
    steps = []
    if state in _ENDED and target in (AGAIN, State.ACCEPTED, State.IN_PROGRESS):
        steps.append("reopen")
        state = reopened_state(state)
    worked_on = (State.ACCEPTED, State.IN_PROGRESS, State.RESOLVED)
    if state == State.RECEIVED and target in worked_on:
        steps.append("accept")
        state = State.ACCEPTED
    if state == State.ACCEPTED and target == State.IN_PROGRESS:
        steps.append("start")
    end = {State.RESOLVED: "resolve", State.REJECTED: "reject", State.REFERRED: "refer"}
    if state in OPEN and target in end:
        steps.append(end[State(target)])
    return steps


def _move(
    actor: Actor, case: Case, steps: list[str], text: str, why: str, language: str, at: datetime
) -> bool:
    """Take the steps, all or none; the text goes with the last. Returns whether it was told."""
    last = steps[-1]
    final = text or (say("resolved", language) if last == "resolve" else "")
    verbs: dict[str, Callable[..., Case]] = {
        "reopen": working.reopen,
        "accept": deciding.accept,
        "start": working.start,
        "resolve": working.resolve,
        "reject": lambda **more: deciding.reject(reason=why, **more),
        "refer": lambda **more: deciding.refer(body=why, **more),
    }
    try:
        with transaction.atomic():
            for step in steps:
                words = final if step == last and step in _TELLING else ""
                verbs[step](actor=actor, case_id=case.pk, text=words, at=at)
    except Refusal:
        return False
    return last in _TELLING
