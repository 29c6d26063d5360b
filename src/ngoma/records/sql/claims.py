"""Claiming jobs, and taking them out: several workers never get the same one."""

from datetime import datetime

from django.db import connection

from ngoma.records.sql.moments import parameter
from ngoma.records.sql.statements import fetch

_CLAIM = """
UPDATE records_job SET claimed_until = %s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM records_job
    WHERE parked_at IS NULL AND run_at <= %s AND (claimed_until IS NULL OR claimed_until < %s)
    ORDER BY run_at, id LIMIT %s {skip_locked}
)
RETURNING id
"""
_TAKE_OUT = "DELETE FROM records_job WHERE id = %s AND attempts = %s RETURNING id"


def claim(limit: int, *, at: datetime, until: datetime) -> list[int]:
    """Take up to `limit` jobs that are due at `at`, hold them until `until`. Returns their ids."""
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM.format(skip_locked=skip_locked),
            [parameter(until), parameter(at), parameter(at), limit],
        )
        return [row[0] for row in cursor.fetchall()]


def take_out(job_id: int, attempts: int) -> bool:
    """Delete a job that was claimed so many times. False where it was claimed again since."""
    return bool(fetch(_TAKE_OUT, [job_id, attempts]))
