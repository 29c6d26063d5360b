"""Notices that are held back after a restore: the lost installation may have sent them.

What people do from then on is told as ever. Held is what was waiting in the copy, what tells of an
event that the copy has, and what the clock brings about, because it has caught up with days that
were lived through already.
"""

from collections import Counter

from ngoma.base.clock import now
from ngoma.records.models import Event, Job, Notice
from ngoma.records.queries import backups
from ngoma.work.queue import put_many

WHY = "held back after a restore: it may have been sent"
_SENDING = ("notices.send", "notices.code", "notices.checkpoint")
"""Jobs that speak to the world, and codes that were asked for before: they are asked for again."""


def hold_back() -> None:
    """Hold all that waits to be sent; what was just being sent is for a person to find out."""
    Notice.objects.filter(state=Notice.State.QUEUED).update(state=Notice.State.HELD, error=WHY)
    interrupted = Notice.objects.filter(state=Notice.State.SENDING)
    interrupted.update(state=Notice.State.UNSURE, error="interrupted while it was being sent")
    Job.objects.filter(kind__in=_SENDING).delete()


def is_held(notice: Notice) -> bool:
    """Whether the lost installation may have sent this one, and nobody has released it yet."""
    restored = backups.restoration()
    if restored is None:
        return False
    event = notice.event
    if event is None:
        return notice.digest_id is not None
    return event.pk <= restored.event or event.actor == Event.Actor.SYSTEM


def held() -> Counter[str]:
    """How many are held, by kind."""
    return Counter(Notice.objects.filter(state=Notice.State.HELD).values_list("kind", flat=True))


def release(*, send: bool) -> None:
    """Send all that are held, or end them."""
    rows = Notice.objects.filter(state=Notice.State.HELD)
    if not send:
        rows.update(state=Notice.State.FAILED, error="not sent: it may have been before a restore")
        return
    ids = list(rows.values_list("pk", flat=True))
    rows.update(state=Notice.State.QUEUED, error="")
    put_many([Job(kind="notices.send", data={"notice": pk}, run_at=now()) for pk in ids])
