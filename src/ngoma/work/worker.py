"""The worker: claims due jobs in batches, runs each, retries, parks what never works."""

from datetime import datetime, timedelta
from threading import Event

import structlog
from django.db import close_old_connections, transaction

from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.records.models import Job
from ngoma.records.sql.claims import claim
from ngoma.triage.privacy import find_private, redact
from ngoma.work import registry, timers
from ngoma.work.queue import Later

BATCH = 16
HOLD = timedelta(minutes=5)
ATTEMPTS = 8
IDLE_SECONDS = 0.1
TICK_EVERY = timedelta(seconds=1)

log = structlog.get_logger(__name__)


def run(stop: Event) -> None:
    """Run jobs and timers until `stop` is set; the job under way is finished first."""
    next_tick = now()
    while not stop.is_set():
        try:
            if now() >= next_tick:
                timers.tick()
                next_tick = now() + TICK_EVERY
            busy = run_once(stop=stop)
        except Exception:
            # The database is away: nothing is lost by waiting for it.
            log.exception("worker cannot reach its jobs")
            close_old_connections()
            busy = 0
            stop.wait(2)
        if not busy:
            stop.wait(IDLE_SECONDS)


def run_once(*, limit: int = BATCH, stop: Event | None = None) -> int:
    """Claim and run one batch of what is due. Returns how many jobs were run."""
    started = now()
    with transaction.atomic():
        ids = claim(limit, at=started, until=started + HOLD)
    done = 0
    for job in Job.objects.filter(pk__in=ids).order_by("run_at", "pk") if ids else ():
        if stop is not None and stop.is_set():
            _release(job)
            continue
        run_job(job)
        done += 1
    return done


def run_until_idle(limit: int = 10_000) -> int:
    """Run all that is due, and what follows from it. Returns how many jobs were run."""
    total = 0
    while total < limit and (done := run_once()):
        total += done
    return total


def run_job(job: Job) -> None:
    """Run one claimed job to one of: done and deleted, put back for later, parked."""
    if job.attempts > ATTEMPTS:
        _park(job, "its worker died each time")
        return
    try:
        handler = registry.handler(job.kind)
        if handler.atomic:
            with transaction.atomic():
                if _take_out(job):
                    handler.run(**job.data)
        elif _renew(job):
            handler.run(**job.data)
            _take_out(job)
    except Later as later:
        _put_back(job, now() + timedelta(seconds=later.seconds), attempts=job.attempts - 1)
    except Exception as error:
        log.exception("job failed", job=job.pk, kind=job.kind, attempt=job.attempts)
        _failed(job, error)


def _take_out(job: Job) -> bool:
    """Delete the job. False where our claim ran out and another worker has it, or had it."""
    return bool(Job.objects.filter(pk=job.pk, attempts=job.attempts).delete()[0])


def _renew(job: Job) -> bool:
    """Hold the job anew, for it may have waited long in its batch. False: another worker has it."""
    ours = Job.objects.filter(pk=job.pk, attempts=job.attempts)
    return bool(ours.update(claimed_until=now() + HOLD))


def _failed(job: Job, error: Exception) -> None:
    text = clean(f"{type(error).__name__}: {error}"[:2000])
    # An error may quote what it failed on; an address is at home in the vault alone.
    description = redact(text, find_private(text, ""))
    if job.attempts >= ATTEMPTS:
        _park(job, description)
    else:
        _put_back(job, now() + timedelta(seconds=2.0**job.attempts), job.attempts, description)


def _park(job: Job, error: str) -> None:
    ours = Job.objects.filter(pk=job.pk, attempts=job.attempts)
    ours.update(parked_at=now(), claimed_until=None, error=error)


def _put_back(job: Job, run_at: datetime, attempts: int, error: str = "") -> None:
    """Let the job be claimed again from `run_at`, unless another worker has it by now."""
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        run_at=run_at, attempts=attempts, claimed_until=None, error=error
    )


def _release(job: Job) -> None:
    _put_back(job, job.run_at, job.attempts - 1)
