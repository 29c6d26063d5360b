"""The jobs that follow an event; those of what staff did wait for as long as it can be undone."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from ngoma.base.clock import now
from ngoma.records.models import Event, Job
from ngoma.work import registry
from ngoma.work.queue import put_many

UNDOABLE = frozenset(
    {
        *("accepted", "corrected", "assigned", "rejected", "referred", "extended", "merged"),
        *("started", "resolved", "closed", "reopened", "asked", "answered", "informed", "noted"),
    }
)
"""Kinds of event that whoever did it may take back for a moment."""


def time_to_undo() -> timedelta:
    """For how long a step can be taken back, and so how long others wait to hear of it."""
    return timedelta(seconds=settings.NGOMA_UNDO)


def follow(events: Sequence[Event]) -> None:
    """Put the jobs that `journey.py` names for the events. Each carries its event's number.

    One that has nothing to do is left out; not the first of an event that can be taken back, for
    by it is known whether the others, which are put behind it, have begun.
    """
    jobs = []
    for event in events:
        waits = event.actor == Event.Actor.STAFF and event.kind in UNDOABLE | {"absorbed"}
        run_at = now() + (time_to_undo() if waits else timedelta())
        jobs += [
            Job(
                kind=kind,
                data={"event": event.pk, "case": event.case_id},
                run_at=run_at,
                key=_key(kind, event) if waits else None,
            )
            for place, kind in enumerate(registry.followers(event.kind))
            if (waits and place == 0) or registry.wanted(kind, event)
        ]
    put_many(jobs)


def withdraw(event: Event) -> bool:
    """Delete the jobs that follow an event. False, and nothing deleted, where one has begun."""
    keys = [_key(kind, event) for kind in registry.followers(event.kind)]
    put = list(Job.objects.select_for_update().filter(key__in=keys))
    if any(job.claimed_until is not None or job.attempts for job in put):
        return False
    if keys and keys[0] not in {job.key for job in put}:
        return False
    Job.objects.filter(pk__in=[job.pk for job in put]).delete()
    return True


def _key(kind: str, event: Event) -> str:
    return f"{kind} {event.pk}"
