"""How a verb changes a case: lock it, check rule and permission, append events, fold, save.

Everything happens in one transaction, and so do the jobs that follow; after it, either all of it is
there or nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from ngoma.base.clock import now
from ngoma.casework import workflow
from ngoma.casework.errors import NotAllowed, UnknownCase, WrongState
from ngoma.casework.fold import fold
from ngoma.cities.book import Book, book_of
from ngoma.people.permissions import Actor, may
from ngoma.records.models import Case, Event, Job, Report
from ngoma.work import registry
from ngoma.work.queue import put_many


class Change:
    """A case held for writing. `append` is the only way to change it."""

    def __init__(self, case: Case, actor: Actor, at: datetime) -> None:
        self.case = case
        self.actor = actor
        self.at = at
        self.book: Book = book_of(case.city_id)
        self.events: list[Event] = []

    def append(self, kind: str, **data: Any) -> None:
        """Add one event and fold it into the case."""
        event = Event(
            case=self.case,
            seq=self.case.version + 1,
            kind=kind,
            at=self.at,
            actor=self.actor.kind,
            user_id=self.actor.user_id,
            data=data,
        )
        fold(self.case, event)
        self.events.append(event)

    def save(self) -> None:
        """Write the events, the row they fold into and the jobs that follow."""
        self.case.save(force_insert=self.case.pk is None)
        for event in self.events:
            event.case = self.case
        Event.objects.bulk_create(self.events)
        put_many(
            [
                Job(kind=job, data={"event": event.pk, "case": self.case.pk}, run_at=now())
                for event in self.events
                for job in registry.followers(event.kind)
            ]
        )
        self.events = []


@contextmanager
def change(
    verb: str, *, actor: Actor, case_id: int, at: datetime | None = None
) -> Iterator[Change]:
    """Hold a case for a verb, then write what was appended.

    A case's clock never runs backwards: an `at` before its last event counts as that event's.
    Raises `UnknownCase`, `NotAllowed`, `WrongState`.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
        if case is None:
            raise UnknownCase(f"no case {case_id}")
        check(verb, actor, case)
        held = Change(case, actor, max(at or now(), case.updated_at))
        yield held
        if held.events:
            held.save()


def check(verb: str, actor: Actor, case: Case) -> None:
    """Raise where the actor may not do this to the case, or nobody may in its state."""
    if not may(actor, verb, case.city_id, case.department_id) or not _own(actor, verb, case):
        raise NotAllowed(verb)
    if not workflow.possible(verb, case.state):
        raise WrongState(verb, case.state)


def _own(actor: Actor, verb: str, case: Case) -> bool:
    """A resident acts on the case of their own report; anybody may join one."""
    if actor.kind != "resident" or verb == "join":
        return True
    if actor.report_id is None:
        return False
    return Report.objects.filter(pk=actor.report_id, case=case.pk).exists()
