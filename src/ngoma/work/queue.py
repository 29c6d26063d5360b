"""Putting jobs: a row in the caller's transaction, so a job exists exactly if its cause does."""

from datetime import datetime
from typing import Any

from ngoma.base.clock import now
from ngoma.records.models import Job


class Later(Exception):
    """Raised by a handler that cannot run yet; the attempt does not count."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:g} s")
        self.seconds = seconds


def put(
    kind: str, data: dict[str, Any], *, run_at: datetime | None = None, key: str | None = None
) -> None:
    """Put a job into the current transaction. With `key`, at most one such job waits at a time."""
    put_many([Job(kind=kind, data=data, key=key, run_at=run_at or now())])


def put_many(jobs: list[Job]) -> None:
    """Put several jobs with one statement."""
    Job.objects.bulk_create(jobs, ignore_conflicts=any(job.key for job in jobs))
