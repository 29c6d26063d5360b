"""What one worker of several does: whoever claims it first."""

from datetime import timedelta

from django.db.models import Q

from ngoma.base.clock import now
from ngoma.records.models import Claim


def claim(name: str, lasting: timedelta) -> bool:
    """Whether what is named is the caller's to do.

    Nobody else is told so for this time, which is how long it stays undone where the caller dies.
    """
    at = now()
    Claim.objects.bulk_create([Claim(name=name, until=at)], ignore_conflicts=True)
    # Further away than anybody could have claimed it: the clock was set back.
    free = Q(until__lte=at) | Q(until__gt=at + lasting)
    return Claim.objects.filter(free, name=name).update(until=at + lasting) == 1
