"""An oracle for a month of promises: it counts minutes, and knows nothing of the product's code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

START = datetime(2026, 5, 24, 21, 0, tzinfo=UTC)
"""Midnight in Kampala, the first minute of Monday 25 May."""
DAYS = 62
HOLIDAYS = {date(2026, 5, 27), date(2026, 6, 3), date(2026, 6, 9)}
"""Eid al-Adha, Martyrs' and Heroes' Day."""
DAY = 8 * 60
"""Minutes of a usual working day."""
ANSWER, POTHOLE, LIGHT = 4 * 60, 10 * DAY, 5 * DAY

Rung = tuple[int, int, tuple[str, ...]]
"""Percent of the time, working minutes after the date, and whom it tells."""
_USUAL: tuple[Rung, ...] = (
    (50, 0, ("responsible",)),
    (80, 0, ("responsible", "supervisor")),
    (100, 0, ("responsible", "supervisor")),
    (100, DAY, ("above",)),
    (100, 3 * DAY, ("coordinator",)),
)
LADDERS = {
    "roads-west": _USUAL,
    "roads": _USUAL,
    "front": ((90, 0, ("responsible",)), (100, DAY, ("coordinator",))),
}


def _is_open(minute: int) -> bool:
    """Monday to Friday 8-12 and 13-17, Saturday 9-12."""
    local = START + timedelta(hours=3, minutes=minute)
    if local.date() in HOLIDAYS or local.weekday() == 6:
        return False
    if local.weekday() == 5:
        return 9 <= local.hour < 12
    return 8 <= local.hour < 12 or 13 <= local.hour < 17


WORKED = [0]
"""Working minutes before each minute."""
for _minute in range(DAYS * 1440):
    WORKED.append(WORKED[-1] + _is_open(_minute))


def at(minute: int) -> datetime:
    """A minute as a moment."""
    return START + timedelta(minutes=minute)


def after(minute: int, work: int) -> int:
    """The first minute by which so much has been worked."""
    while WORKED[minute] < work:
        minute += 1
    return minute


@dataclass
class Promise:
    """`start` and `due` as minutes; `length`, and `waited` for the reporter, as working minutes;
    `told`: how high reminding has come."""

    start: int
    length: int
    waited: int = 0
    told: tuple[int, int] = (0, 0)
    due: int = 0

    def __post_init__(self) -> None:
        self.due = after(self.start, WORKED[self.start] + self.length + self.waited)

    def spent(self, minute: int) -> int:
        """What was used up of its length."""
        return WORKED[minute] - WORKED[self.start] - self.waited

    def reached(self, rungs: tuple[Rung, ...], minute: int) -> list[Rung]:
        """The rungs that it has come to and that are not behind it."""
        return [rung for rung in rungs if rung[:2] > self.told and self._is_at(rung, minute)]

    def _is_at(self, rung: Rung, minute: int) -> bool:
        percent, late, _ = rung
        if percent < 100:
            return self.spent(minute) * 100 >= self.length * percent
        return minute >= self.due and WORKED[minute] - WORKED[self.due] >= late


@dataclass
class Told:
    """A case as the oracle keeps it."""

    promises: dict[str, Promise]
    department: str = "roads-west"
    state: str = "received"
    assigned: bool = False
    light: bool = False
    asked_at: int = 0
    extended: bool = False
    reopened: bool = False
    step: int = 0
    expected: list[tuple[object, ...]] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether the clock runs for the city."""
        return self.state in ("received", "accepted")

    def tick(self, minute: int) -> None:
        """Note whom the clock has to tell of what, then what the reporters hear."""
        if not self.active:
            return
        found = [
            (rung[:2], name == "solution", name, rung)
            for name, promise in self.promises.items()
            for rung in promise.reached(LADDERS[self.department], minute)
        ]
        if found:
            (percent, late), _, name, _ = max(found)
            whom = {who for each in found for who in each[3][2]}
            self.expected.append((at(minute), name, _said(percent, late), self._people(whom)))
            for high, _, which, _ in sorted(found):
                self.promises[which].told = high
        step = self._late(minute)
        if step > self.step:
            self.expected.append((at(minute), "escalated", step))
            self.step = step

    def answered(self) -> None:
        """The reporter has heard from a person."""
        self.promises.pop("answer", None)

    def asked(self, minute: int) -> None:
        """The clock stands."""
        self.state, self.asked_at = "waiting", minute
        self.answered()

    def informed(self, minute: int, before: str) -> None:
        """As much is left as was; a date that had passed stays."""
        promise = self.promises["solution"]
        if promise.due > self.asked_at:
            left = WORKED[promise.due] - WORKED[self.asked_at]
            promise.due = after(minute, WORKED[minute] + left)
        promise.waited += WORKED[minute] - WORKED[self.asked_at]
        self.state = before

    def corrected(self, length: int) -> None:
        """Another service: another promise, as if it had been made at the start."""
        old = self.promises["solution"]
        self.light = length == LIGHT
        if length != old.length and not (self.extended or self.reopened):
            self.promises["solution"] = Promise(old.start, length, old.waited)

    def prolonged(self, minute: int, days: int) -> None:
        """Some days more than the date, or than now; of what is behind by then nobody hears."""
        promise = self.promises["solution"]
        begin = max(promise.due, minute)
        promise.due = after(begin, WORKED[begin] + days * DAY)
        promise.length = promise.spent(promise.due)
        promise.told = (promise.spent(minute) * 100 // promise.length, 0)
        self.extended = True

    def again(self, minute: int) -> None:
        """Not fixed: everything is promised anew, from now."""
        solution = Promise(minute, LIGHT if self.light else POTHOLE)
        self.promises = {"answer": Promise(minute, ANSWER), "solution": solution}
        self.state, self.step, self.reopened = "accepted", 0, True

    def _late(self, minute: int) -> int:
        for name, step in (("solution", 2), ("answer", 1)):
            if name in self.promises and self.promises[name].due < minute:
                return step
        return 0

    def _people(self, whom: set[str]) -> frozenset[str]:
        return frozenset(name for who in whom for name in self._named(who))

    def _named(self, who: str) -> Iterator[str]:
        if who == "responsible":
            if self.assigned:
                yield "assignee"
            elif self.state == "received":
                yield "triager"
            else:
                yield {"roads-west": "officer", "roads": "mender", "front": "clerk"}[
                    self.department
                ]
        elif who == "supervisor":
            yield "west" if self.department == "roads-west" else "roads"
        elif who == "above" and self.department == "roads-west":
            yield "roads"
        else:
            yield "coordinator"


def _said(percent: int, late: int) -> str:
    if percent < 100:
        return f"{percent}%"
    return f"late+{late // DAY}d" if late else "late"
