"""The lives of made-up cases: decided, worked on, asked about, late, solved, rated, as real ones.

Every case is given a whole life from its opening on; what would come after the present has not
happened yet. So the states come out as a city's: most cases are closed, the young ones are open,
and a few old ones were left behind.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log
from random import Random
from typing import Any

from ngoma.base.clock import iso
from ngoma.casework.deadlines import dues, late_step
from ngoma.casework.fold import fold
from ngoma.cities.book import Book
from ngoma.records.models import Case, Event

RESIDENT, STAFF, SYSTEM = Event.Actor.RESIDENT, Event.Actor.STAFF, Event.Actor.SYSTEM
WAIT_DAYS = 14
"""Days after which what is resolved is closed, and what nobody answers."""


class _NotYet(Exception):
    """The next thing lies in the future."""


@dataclass(slots=True)
class Happened:
    """An event before it is written: a thousand of these are made in the time of a hundred rows."""

    seq: int
    kind: str
    at: datetime
    actor: str
    user_id: int | None
    data: dict[str, Any]


@dataclass(slots=True)
class Life:
    """A case and what has happened to it until now (`until`)."""

    book: Book
    case: Case
    draw: Random
    until: datetime
    staff: int
    events: list[Happened] = field(default_factory=list)
    joined: list[datetime] = field(default_factory=list)
    """When others reported the same; their reports' references are filled in by who writes them."""

    def happens(self, hours: float, kind: str, actor: str, **data: Any) -> None:
        """The next event, `hours` after the last one; raises where that is in the future."""
        last = self.events[-1].at if self.events else self.case.opened_at
        at = last + timedelta(hours=hours)
        if at > self.until:
            raise _NotYet
        user = self.staff if actor == STAFF else None
        event = Happened(self.case.version + 1, kind, at, actor, user, data)
        fold(self.case, event)  # type: ignore[arg-type] # reads nothing else of an event
        self.events.append(event)

    def around(self, hours: float, spread: float = 0.9) -> float:
        """A duration, most often some `hours`, sometimes very long."""
        return self.draw.lognormvariate(log(hours), spread)

    def chance(self, part: float) -> bool:
        """Whether something that happens to `part` of the cases happens to this one."""
        return self.draw.random() < part


def live(life: Life, opened: Mapping[str, Any], proposal: Mapping[str, Any]) -> None:
    """Let a case live until the present. `opened` and `proposal` are its first events' data."""
    with suppress(_NotYet):
        life.happens(0, "opened", RESIDENT, **opened)
        life.happens(0.001, "proposed", SYSTEM, **proposal)
        while life.chance(0.05):
            life.happens(life.around(8), "joined", RESIDENT, reference="")
            life.joined.append(life.events[-1].at)
        if life.chance(0.01):
            return  # nobody ever looked
        if life.chance(0.07):
            _refused(life)
            return
        _taken_on(life)
        _solved(life)


def _refused(life: Life) -> None:
    reasons = [each["code"] for each in life.book.settings["reasons"] if each["for"] == "reject"]
    bodies = [each["code"] for each in life.book.settings["bodies"]]
    text = life.draw.choice(_ANSWERS)
    if bodies and life.chance(0.5):
        life.happens(life.around(9), "referred", STAFF, body=life.draw.choice(bodies), text=text)
    else:
        life.happens(life.around(9), "rejected", STAFF, reason=life.draw.choice(reasons), text=text)


def _taken_on(life: Life) -> None:
    case = life.case
    life.happens(
        life.around(3), "accepted", STAFF, text="", service=case.service_id, urgency=case.urgency,
        department=case.department_id, public=case.public,
    )  # fmt: skip
    if life.chance(0.35):
        life.happens(
            life.around(4), "assigned", STAFF,
            department=case.department_id, user=life.staff, text="", transfer=0,
        )  # fmt: skip
    if life.chance(0.08):
        _asked(life)
    if life.chance(0.06):
        due = max(case.due or life.until, life.events[-1].at) + timedelta(days=7)
        reasons = [each["code"] for each in life.book.settings["reasons"]]
        life.happens(1, "extended", STAFF, reason=reasons[-1], text="", due=iso(due))
    if life.chance(0.03):
        raise _NotYet  # left behind
    if life.chance(0.8):
        life.happens(life.around(30), "started", STAFF, text="")


def _asked(life: Life) -> None:
    was = life.case.state
    life.happens(life.around(6), "asked", STAFF, text=life.draw.choice(_QUESTIONS), was=was)
    if life.chance(0.2):
        life.happens(24 * WAIT_DAYS, "closed", SYSTEM, reason="no-answer")
        raise _NotYet
    text = life.draw.choice(_TOLD)
    life.happens(life.around(12), "informed", RESIDENT, text=text, photos=[], state=was)


def _solved(life: Life) -> None:
    """Resolved, often late, sometimes not really; rated by some and closed after a while."""
    days = life.around(90)
    late = life.case.due is not None and life.events[-1].at + timedelta(hours=days) > life.case.due
    if late and life.case.due is not None:
        passed = (life.case.due - life.events[-1].at).total_seconds() / 3600
        life.happens(max(passed, 0) + 0.02, "escalated", SYSTEM, step=_step(life))
        days = max(days - passed, 1)
    life.happens(days, "resolved", STAFF, text=life.draw.choice(_ANSWERS), photos=[])
    if life.chance(0.02):
        promised = dues(life.book, life.case.service_id, life.case.urgency, life.events[-1].at)
        life.happens(
            life.around(20), "reopened", RESIDENT, text=life.draw.choice(_TOLD), state="accepted",
            **promised.data(),
        )  # fmt: skip
        life.happens(life.around(60), "resolved", STAFF, text=life.draw.choice(_ANSWERS), photos=[])
    if life.chance(0.15):
        score = life.draw.choices((1, 2, 3, 4, 5), (10, 8, 17, 30, 35))[0]
        life.happens(life.around(10), "rated", RESIDENT, score=score, text="")
    life.happens(24 * WAIT_DAYS, "closed", SYSTEM, reason="")


def _step(life: Life) -> int:
    assert life.case.due is not None
    return late_step(life.case, max(life.case.due, life.events[-1].at) + timedelta(minutes=1))


_ANSWERS = (
    "Our crew was there this morning and the work is done. Thank you for telling us.",
    "The team repaired it and will look again after the next heavy rain.",
    "We found the place by your description and cleared it the same day.",
    "The part that was missing has been replaced.",
    "Thank you. Others had told us too, and it is now on the plan of the division.",
)
_QUESTIONS = (
    "On which side of the road is it, and is there a shop or a gate near it?",
    "Is it still there after yesterday's rain?",
    "Could you send us a photo that shows more of the surroundings?",
)
_TOLD = (
    "It is on the left as you come from the stage, just before the school gate.",
    "Yes, it is still there and getting worse.",
    "It came back after two days. Please send somebody again.",
)
