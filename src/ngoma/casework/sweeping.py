"""Doing what it is time for, case by case, when the clock asks for it."""

from collections.abc import Callable

import structlog

from ngoma.casework.errors import WrongState
from ngoma.records.queries.lateness import START, Timely
from ngoma.work.timers import for_a_second

log = structlog.get_logger(__name__)


def sweep(find: Callable[[Timely], list[Timely]], act: Callable[[int], object]) -> int:
    """Act on the cases that are found, the oldest first; returns how often something was done,
    as `act` says by what it returns.

    What is not reached in about a second is left for the next time. A case with which it fails is
    passed over, so that it holds no other up.
    """
    last, done = START, 0

    def some() -> bool:
        nonlocal last, done
        found = find(last)
        for each in found:
            last = each
            done += _acted(act, each.case_id)
        return bool(found)

    for_a_second(some)
    return done


def _acted(act: Callable[[int], object], case_id: int) -> bool:
    try:
        return bool(act(case_id))
    except WrongState:
        return False  # somebody was quicker
    except Exception:
        log.exception("not done by the clock", case=case_id)
        return False
