"""What runs by the clock. Every timer is idempotent, so any number of processes may tick."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog

from ngoma.base.clock import now
from ngoma.work import registry
from ngoma.work.registry import Timer

log = structlog.get_logger(__name__)

SECONDS = 1.0
"""How long a timer works in one go: meanwhile the jobs of its process wait."""

_last: dict[str, datetime] = {}


def tick(*, force: bool = False) -> list[str]:
    """Run the timers that are due in this process (all with `force`). Returns their names."""
    due = [timer for timer in registry.timers() if force or _due(timer)]
    for timer in due:
        _last[timer.name] = now()
        try:
            timer.run()
        except Exception:
            # One timer that fails must not keep the others from running; it comes again.
            log.exception("timer failed", timer=timer.name)
    return [timer.name for timer in due]


def for_a_second(step: Callable[[], object]) -> None:
    """Repeat a step of a timer for about a second, or until it says that nothing more is to do."""
    until = monotonic() + SECONDS
    while step() and monotonic() < until:
        pass


def _due(timer: Timer) -> bool:
    last = _last.get(timer.name)
    return last is None or now() - last >= timer.every
