"""After a restore: a person has seen how far the lost installation came, and lets it go on."""

from collections import Counter

from django.db import transaction

from ngoma.backup.restoring import HELD_JOBS
from ngoma.base.clock import now
from ngoma.casework import batching
from ngoma.notices import holding
from ngoma.records.models import Job, Restoration


def held() -> Counter[str]:
    """What waits for a person, by kind of notice or job."""
    jobs = Job.objects.filter(kind__in=HELD_JOBS, parked_at__isnull=False)
    return holding.held() + Counter(jobs.values_list("kind", flat=True))


@transaction.atomic
def release(*, send: bool) -> int:
    """Let the ledger and the clock's messages go on; and send what was held back, or drop it.

    Returns how many notices and jobs that were.
    """
    count = sum(held().values())
    Restoration.objects.filter(released_at=None).update(released_at=now())
    holding.release(send=send)
    jobs = Job.objects.filter(kind__in=HELD_JOBS, parked_at__isnull=False)
    if send:
        jobs.update(parked_at=None, attempts=0, error="", run_at=now())
    else:
        for job in jobs:
            batching.stop(job.data["batch"])
        jobs.delete()
    return count
