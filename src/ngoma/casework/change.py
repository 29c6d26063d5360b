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
from ngoma.casework import consequences, workflow
from ngoma.casework.errors import NotAllowed, UnknownCase, WrongState
from ngoma.casework.fold import fold
from ngoma.cities.book import Book, book_of
from ngoma.people.permissions import SHARED_VERBS, Actor, may
from ngoma.records.models import Case, Event, Report
from ngoma.records.queries.tasks import taking_part


class Change:
    """A case held for writing. `append` is the only way to change it."""

    def __init__(self, case: Case, actor: Actor, at: datetime) -> None:
        self.case = case
        self.actor = actor
        self.at = at
        self.book: Book = book_of(case.city_id)
        self.events: list[Event] = []
        columns = [field.attname for field in Case._meta.concrete_fields]
        self._before: dict[str, Any] = {name: getattr(case, name) for name in columns}

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
        self.write()
        consequences.follow(self.events)
        self.events = []

    def write(self) -> None:
        """Write the events and the row they fold into: the jobs have yet to be put."""
        new = self.case.pk is None
        # SQLite writes anew every index of a column that is named, changed or not.
        changed = [name for name, was in self._before.items() if getattr(self.case, name) != was]
        self.case.save(force_insert=new, update_fields=None if new else changed)
        for event in self.events:
            event.case = self.case
        Event.objects.bulk_create(self.events)


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


def hold_rows(*case_ids: int) -> list[Case]:
    """Lock rows in the order of their ids, so that two who need both never wait for each other."""
    cases = Case.objects.select_for_update(no_key=True).filter(pk__in=case_ids)
    return list(cases.order_by("pk"))


def check(verb: str, actor: Actor, case: Case) -> None:
    """Raise where the actor may not do this to the case, or nobody may in its state."""
    if not _may(verb, actor, case) or not _own(actor, verb, case):
        raise NotAllowed(verb)
    if not workflow.possible(verb, case.state):
        raise WrongState(verb, case.state)


def sees(actor: Actor, case: Case) -> bool:
    """Whether the actor may look at the case."""
    return _may("see", actor, case)


def _may(verb: str, actor: Actor, case: Case) -> bool:
    """By the department of the case, or by one that has a part of it."""
    if may(actor, verb, case.city_id, case.department_id):
        return True
    if verb not in SHARED_VERBS:
        return False
    return any(may(actor, verb, case.city_id, each) for each in taking_part(case.pk))


def _own(actor: Actor, verb: str, case: Case) -> bool:
    """A resident acts on the case of their own report; anybody may join one."""
    if actor.kind != "resident" or verb == "join":
        return True
    if actor.report_id is None:
        return False
    return Report.objects.filter(pk=actor.report_id, case=case.pk).exists()
