"""The worker: claims due jobs in batches, runs each, retries, parks what never works."""

from collections import deque
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from typing import Any

import structlog
from django.db import close_old_connections, transaction

from ngoma.base import tracing
from ngoma.base.clock import now
from ngoma.records.models import Job
from ngoma.records.sql.claims import claim, take_out
from ngoma.records.sql.transactions import make_way
from ngoma.work import registry, timers
from ngoma.work.failures import told
from ngoma.work.queue import Later
from ngoma.work.registry import Handler
from ngoma.work.stepping import Steps, clock_set_back

BATCH = 16
HOLD = timedelta(minutes=5)
ATTEMPTS = 8
IDLE_SECONDS = 0.1
TICK_SECONDS = 0.25
"""Between two looks which timers are due."""
BATCH_SECONDS = 1.0
LONGEST_PAUSE = 15.0
"""Seconds between two tries to reach the database."""

log = structlog.get_logger(__name__)


def run(stop: Event) -> None:
    """Run jobs and timers until `stop` is set; the job under way is finished first."""
    next_tick, failures = 0.0, 0
    steps, hand = Steps(), deque[Job]()
    while not stop.is_set():
        try:
            _give_back(hand)
            if by := steps.back():
                clock_set_back(by)
            if monotonic() >= next_tick:
                timers.tick()
                next_tick = monotonic() + TICK_SECONDS
            busy = run_once(stop=stop, hand=hand)
            failures = 0
        except Exception as error:
            # The database is away: nothing is lost by waiting for it.
            log.warning("worker cannot reach its jobs", error=told(error))
            close_old_connections()
            busy, failures = 0, failures + 1
            stop.wait(min(2.0**failures, LONGEST_PAUSE))
        if not busy:
            stop.wait(IDLE_SECONDS)


def run_once(
    *, limit: int = BATCH, stop: Event | None = None, hand: deque[Job] | None = None
) -> int:
    """Claim and run one batch of what is due. Returns how many jobs were run.

    What cannot be begun within a second is given back, because timers wait meanwhile. In `hand` is
    what was claimed and not dealt with, should the database go away.
    """
    started, until = now(), monotonic() + BATCH_SECONDS
    hand = deque() if hand is None else hand
    with transaction.atomic():
        ids = claim(limit, at=started, until=started + HOLD)
    hand += Job.objects.filter(pk__in=ids).order_by("run_at", "pk") if ids else ()
    done = 0
    while hand:
        # One at least, however slow the database is: else none would ever be run.
        if (done and monotonic() > until) or (stop is not None and stop.is_set()):
            _release(hand[0])
        else:
            run_job(hand[0])
            make_way()
            done += 1
        hand.popleft()
    return done


def _give_back(hand: deque[Job]) -> None:
    """Put back what was claimed when the database went away. The first had been begun."""
    while hand:
        _put_back(hand[-1], hand[-1].run_at, hand[-1].attempts - (len(hand) > 1))
        hand.pop()


def run_until_idle(limit: int = 10_000) -> int:
    """Run all that is due, and what follows from it. Returns how many jobs were run."""
    total = 0
    while total < limit and (done := run_once()):
        total += done
    return total


def run_job(job: Job) -> None:
    """Run one claimed job to one of: done and deleted, put back for later, parked."""
    about: dict[str, str | int] = {"job": job.pk, "job_kind": job.kind}
    if "case" in job.data:
        about["case"] = job.data["case"]
    told_of = {f"ngoma.{name}": value for name, value in about.items()}
    with structlog.contextvars.bound_contextvars(**about), tracing.span(job.kind, told_of):
        _run(job)


def _run(job: Job) -> None:
    if job.attempts > ATTEMPTS:
        _park(job, "its worker died each time")
        return
    try:
        handler = registry.handler(job.kind)
        if handler.atomic:
            with transaction.atomic():
                if take_out(job.pk, job.attempts):
                    _all_of(handler, job.data)
        elif _renew(job):
            handler.run(**job.data)
            take_out(job.pk, job.attempts)
    except Later as later:
        _put_back(job, now() + timedelta(seconds=later.seconds), attempts=job.attempts - 1)
    except Exception as error:
        log.exception("job failed", attempt=job.attempts)
        tracing.failed(type(error).__name__)
        _failed(job, error)


def _all_of(handler: Handler, data: dict[str, Any]) -> None:
    """Run a handler, and those that go on from it."""
    going_on = handler.run(**data)
    if handler.then is not None and isinstance(going_on, dict):
        _all_of(registry.handler(handler.then), going_on)


def _renew(job: Job) -> bool:
    """Hold the job anew, for it may have waited long in its batch. False: another worker has it."""
    ours = Job.objects.filter(pk=job.pk, attempts=job.attempts)
    return bool(ours.update(claimed_until=now() + HOLD))


def _failed(job: Job, error: Exception) -> None:
    description = told(error)
    if job.attempts >= ATTEMPTS:
        _park(job, description)
    else:
        _put_back(job, now() + timedelta(seconds=2.0**job.attempts), job.attempts, description)


def _park(job: Job, error: str) -> None:
    ours = Job.objects.filter(pk=job.pk, attempts=job.attempts)
    ours.update(parked_at=now(), claimed_until=None, error=error)


def take_up_parked() -> int:
    """Let all parked jobs run again, as if they never had. Returns how many."""
    parked = Job.objects.filter(parked_at__isnull=False)
    return parked.update(parked_at=None, attempts=0, run_at=now())


def _put_back(job: Job, run_at: datetime, attempts: int, error: str = "") -> None:
    """Let the job be claimed again from `run_at`, unless another worker has it by now."""
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        run_at=run_at, attempts=attempts, claimed_until=None, error=error
    )


def _release(job: Job) -> None:
    _put_back(job, job.run_at, job.attempts - 1)
