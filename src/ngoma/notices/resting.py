"""Services that rest: one that is out of order is not asked again for every message.

Each message that meets it would hold up what goes other ways for as long as its answer is waited
for, and one whose answer is lost is *unsure* for ever. So after a failure the others wait, twice as
long each time and longer where it was slow, until one message gets through. Each worker finds out
by itself.
"""

from datetime import datetime, timedelta

from ngoma.base.clock import now

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=5)
SLOWNESS = 4
"""How many times as long as it let us wait it rests at least."""

_failures: dict[str, int] = {}
_until: dict[str, datetime] = {}


def left(service: str) -> float:
    """Seconds for which the service rests still; 0 where it does not."""
    until = _until.get(service)
    rest = until - now() if until else timedelta()
    # More than it may be: the clock was set back.
    return rest.total_seconds() if timedelta() < rest <= LONGEST else 0.0


def failed(service: str, waited: float) -> None:
    """The service was out of order, which it took `waited` seconds to find out."""
    count = _failures.get(service, 0)
    rest = max(FIRST * 2.0 ** min(count, 10), timedelta(seconds=SLOWNESS * waited))
    _failures[service], _until[service] = count + 1, now() + min(rest, LONGEST)


def answered(service: str) -> None:
    """The service is at work."""
    _failures.pop(service, None)
    _until.pop(service, None)


def forget() -> None:
    """Know of no service that it rests."""
    _failures.clear()
    _until.clear()
