"""The states of a case and the verbs that move it: one table."""

from dataclasses import dataclass

from ngoma.records import models
from ngoma.records.models import State

RECEIVED, ACCEPTED, IN_PROGRESS = State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS
WAITING, RESOLVED, CLOSED = State.WAITING, State.RESOLVED, State.CLOSED
REFERRED, REJECTED, MERGED = State.REFERRED, State.REJECTED, State.MERGED

ACTIVE = frozenset(models.ACTIVE)
OPEN = frozenset(models.OPEN)
ENDED = frozenset(models.DONE) - {RESOLVED}
ALL = frozenset(State)


@dataclass(frozen=True, slots=True)
class Move:
    """From which states a verb is possible, and where it leads (None: the state stays)."""

    sources: frozenset[State]
    target: State | None = None


MOVES: dict[str, Move] = {
    "join": Move(OPEN | {RESOLVED}),
    "propose": Move(ALL),
    "accept": Move(frozenset({RECEIVED}), ACCEPTED),
    "correct": Move(OPEN),
    "assign": Move(OPEN),
    "start": Move(frozenset({ACCEPTED}), IN_PROGRESS),
    "ask": Move(ACTIVE, WAITING),
    "inform": Move(OPEN | {RESOLVED}),
    "answer": Move(ALL - {MERGED}),
    "note": Move(ALL),
    "visit": Move(ALL - {MERGED}),
    "resolve": Move(frozenset({ACCEPTED, IN_PROGRESS, WAITING}), RESOLVED),
    "close": Move(frozenset({RESOLVED, WAITING}), CLOSED),
    "reject": Move(OPEN, REJECTED),
    "refer": Move(OPEN, REFERRED),
    "reopen": Move(frozenset({RESOLVED, CLOSED, REJECTED, REFERRED})),
    "merge": Move(OPEN, MERGED),
    "split": Move(OPEN | {RESOLVED}),
    "task": Move(OPEN),
    "end_task": Move(OPEN),
    "extend": Move(frozenset({ACCEPTED, IN_PROGRESS})),
    "escalate": Move(ACTIVE),
    "remind": Move(ACTIVE),
    "rate": Move(frozenset({RESOLVED, CLOSED})),
    "redact": Move(ALL),
    "erase": Move(ALL),
    "forget": Move(ALL),
}


def possible(verb: str, state: str) -> bool:
    """Whether the verb can be done to a case in this state."""
    return state in MOVES[verb].sources


def reopened_state(state: str) -> State:
    """Where a reopened case goes: back to work; a refusal is decided anew."""
    return ACCEPTED if state in (RESOLVED, CLOSED) else RECEIVED
