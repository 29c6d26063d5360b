"""What runs by the clock. Every timer is idempotent, so any number of processes may tick."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple

import structlog
from django.db import close_old_connections, transaction

from ngoma.base.clock import now
from ngoma.records.models import TimerRun
from ngoma.records.sql.transactions import make_way
from ngoma.work import registry
from ngoma.work.failures import from_without
from ngoma.work.registry import Timer

log = structlog.get_logger(__name__)

SECONDS = 1.0
"""How long a timer works in one go: meanwhile the jobs of its process wait."""

PAUSE = 0.25
"""Seconds of the world between two runs of a timer, also where a replay lets time pass faster:
others want to write, too."""


NOTE_EVERY = 15.0
"""Seconds of the world between two notes of what ran: most timers run every second, and each note
is a transaction."""
LONGEST_PAUSE = 30.0
"""Seconds of the world between two runs of a timer that fails, as all do without a database."""


class _Run(NamedTuple):
    """When a timer ran last: by the clock, and in seconds of the world; how often it has failed."""

    at: datetime
    seconds: float
    failures: int


_last: dict[str, _Run] = {}
_ended: dict[str, datetime] = {}
_failed: dict[str, list[datetime]] = {}
_noted: float | None = None


def tick(*, force: bool = False) -> list[str]:
    """Run the timers that are due in this process (all with `force`). Returns their names."""
    due = [timer for timer in registry.timers() if force or _due(timer)]
    for timer in due:
        before = _last.get(timer.name)
        run = _Run(now(), monotonic(), 0)
        try:
            timer.run()
        except Exception as error:
            # One timer that fails must not keep the others from running; it comes again.
            log.exception("timer failed", timer=timer.name)
            _failed.setdefault(timer.name, []).append(now())
            run = run._replace(failures=before.failures + 1 if before else 1)
            if from_without(error):
                close_old_connections()
        else:
            _ended[timer.name] = now()
        _last[timer.name] = run
    if due and (_noted is None or monotonic() - _noted >= NOTE_EVERY):
        note()
    return [timer.name for timer in due]


def note() -> None:
    """Write down when each timer ended last in this process, and what failed since the last note:
    those who watch the installation see the workers by it."""
    global _noted
    _noted = monotonic()
    names = sorted(_ended.keys() | _failed.keys())  # so that no two workers wait for each other
    with transaction.atomic():
        TimerRun.objects.bulk_create([TimerRun(name=name) for name in names], ignore_conflicts=True)
        rows = TimerRun.objects.select_for_update().filter(name__in=names).order_by("name")
        for row in rows:
            row.ended_at = _ended.get(row.name, row.ended_at)
            if times := _failed.get(row.name):
                row.failed_at, row.failures = times[-1], row.failures + len(times)
        TimerRun.objects.bulk_update(rows, ["ended_at", "failed_at", "failures"])
    _ended.clear()
    _failed.clear()


def for_a_second(step: Callable[[], object]) -> None:
    """Repeat a step of a timer for about a second, or until it says that nothing more is to do."""
    until = monotonic() + SECONDS
    while step() and monotonic() < until:
        make_way()


def _due(timer: Timer) -> bool:
    last = _last.get(timer.name)
    if last is None:
        return True
    pause = min(2.0**last.failures, LONGEST_PAUSE) if last.failures else PAUSE
    # Before the last time: the clock was set back, and would let it stand still for as long.
    waits = timedelta() <= now() - last.at < timer.every
    return not waits and monotonic() - last.seconds >= pause
