"""What a worker does when the machine's clock is set back: what waits for a time would else wait
for as much longer. That it is set forward harms nothing: things come early, and once."""

import time
from datetime import timedelta

import structlog
from django.db.models import F

from ngoma.base.clock import now
from ngoma.records.models import Job

LEAST = timedelta(seconds=2)
"""Less is no step: clocks are kept right all the time."""
SOON = timedelta(minutes=5)
"""Jobs are held no longer, and what follows a step of staff waits no longer."""

log = structlog.get_logger(__name__)


class Steps:
    """Tells by how much the clock was set back, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._apart = time.time() - time.monotonic()

    def back(self) -> timedelta:
        """By how much it was set back since this was asked last; nothing where it was not."""
        before, self._apart = self._apart, time.time() - time.monotonic()
        by = timedelta(seconds=before - self._apart)
        return by if by >= LEAST else timedelta()


def clock_set_back(by: timedelta) -> None:
    """Let no job wait for the hour that comes twice. Any worker may do it, or several.

    What was due is due now, what was soon due stays as far off; and no job is held, by who may be
    dead, longer than one that is claimed now.
    """
    log.warning("the clock was set back", seconds=by.total_seconds())
    at = now()
    waiting = Job.objects.filter(parked_at=None)
    soon = waiting.filter(run_at__gt=at + by, run_at__lte=at + by + SOON)
    soon.update(run_at=F("run_at") - by)
    waiting.filter(run_at__gt=at + SOON, run_at__lte=at + by).update(run_at=at)
    waiting.filter(claimed_until__gt=at + SOON).update(claimed_until=at + SOON)
