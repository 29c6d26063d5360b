"""Claiming jobs: several workers never get the same one."""

from datetime import datetime

from django.db import connection

from ngoma.records.sql.moments import parameter

_CLAIM = """
UPDATE records_job SET claimed_until = %s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM records_job
    WHERE parked_at IS NULL AND run_at <= %s AND (claimed_until IS NULL OR claimed_until < %s)
    ORDER BY run_at, id LIMIT %s {skip_locked}
)
RETURNING id
"""


def claim(limit: int, *, at: datetime, until: datetime) -> list[int]:
    """Take up to `limit` jobs that are due at `at`, hold them until `until`. Returns their ids."""
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM.format(skip_locked=skip_locked),
            [parameter(until), parameter(at), parameter(at), limit],
        )
        return [row[0] for row in cursor.fetchall()]
