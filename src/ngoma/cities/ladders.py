"""Who in a city is reminded of a promise, and when: the ladder of a department."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ngoma.cities.calendar import Calendar, parse_span
from ngoma.cities.node import Node

TELL = ("responsible", "supervisor", "above", "coordinator")
"""Who has the case; who leads its department; who leads the one above it; the coordinators."""
_SHARE = re.compile(r"([1-9][0-9]?)%")

Height = tuple[float, timedelta]
"""How high a rung is: the share of the promise's working time (1 where it is late by then), and so
much working time after the date. Rungs of different ladders compare by it."""
GROUND: Height = (0.0, timedelta())
BELOW_LATE: Height = (1.0, timedelta(-1))
"""Above every share, below everything late."""


@dataclass(frozen=True, slots=True)
class Rung:
    """When: at a share (0 to 1) of the working time of a promise, or so much working time after it
    was missed (`late`, a span or empty). Whom it tells: of `TELL`."""

    at: str
    tell: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """The share of the promise's working time; None where it is late by then."""
        return _share(self.at)

    def height(self, calendar: Calendar) -> Height:
        """How high it is."""
        return height(self.at, calendar)


USUAL = (
    Rung("50%", ("responsible",)),
    Rung("80%", ("responsible", "supervisor")),
    Rung("late", ("responsible", "supervisor")),
    Rung("late+1d", ("above",)),
    Rung("late+3d", ("coordinator",)),
)
"""The ladder where neither the department nor one above it has one of its own."""


def height(at: str, calendar: Calendar) -> Height:
    """The height of the rung at `50%`, `late` or `late+1d`. Raises ValueError for anything else."""
    share = _share(at)
    if share is not None:
        return share, timedelta()
    after = at.removeprefix("late").removeprefix("+")
    return 1.0, parse_span(after).time(calendar) if after else timedelta()


def ladder(node: Node) -> list[dict[str, Any]]:
    """The `ladder` of a department as `City.settings` holds it; empty where it has none."""
    nodes = node.tables("ladder")
    rungs = [_rung(each) for each in nodes]
    for before, after, each in zip(rungs, rungs[1:], nodes[1:], strict=False):
        if not _ascends(before["at"], after["at"]):
            each.problem(
                f"the rung at {after['at']!r} does not come after {before['at']!r}: "
                "write them from the earliest to the latest, each moment once"
            )
    return rungs


def read(rungs: Sequence[dict[str, Any]]) -> tuple[Rung, ...]:
    """The same as objects."""
    return tuple(Rung(each["at"], tuple(each["tell"])) for each in rungs)


def _rung(node: Node) -> dict[str, Any]:
    node.only("at", "tell")
    at = node.string("at", most=16)
    if at and not _known(at):
        node.at("at").problem(f'{at!r} is no moment: write "50%", "late" or "late+2d"')
    tell = node.strings("tell")
    for each in tell:
        if each not in TELL:
            node.at("tell").problem(f"{each!r} is nobody: use {', '.join(TELL)}")
    if not tell:
        node.problem("`tell` says who is told: add at least one")
    return {"at": at, "tell": tell}


def _share(at: str) -> float | None:
    found = _SHARE.fullmatch(at)
    return int(found[1]) / 100 if found else None


def _known(at: str) -> bool:
    if _share(at) is not None or at == "late":
        return True
    try:
        parse_span(at.removeprefix("late+"))
    except ValueError:
        return False
    return at.startswith("late+")


def _ascends(before: str, after: str) -> bool:
    """Whether the one comes later than the other, as far as they can be read without a calendar."""
    if not (_known(before) and _known(after)):
        return True  # said already
    return _rough(before) < _rough(after)


def _rough(at: str) -> tuple[float, timedelta]:
    """The height by the clock: how long a working day is the city's calendar knows."""
    after = at.removeprefix("late").removeprefix("+")
    share = _share(at)
    late = parse_span(after).by_clock() if share is None and after else timedelta()
    return (1.0 if share is None else share), late
