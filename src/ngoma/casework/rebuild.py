"""Making every case's row anew from its events: the proof that the events are the truth.

A case whose events cannot be folded keeps its row, and is parked as readers park theirs.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from ngoma.casework import tasks
from ngoma.casework.fold import replay
from ngoma.records.models import Case, Event
from ngoma.work import reading

READER = "rows"
BATCH = 500

FIELDS = [field.attname for field in Case._meta.concrete_fields if not field.primary_key]


def rebuild(progress: Callable[[int], object]) -> int:
    """Write every case's row as the fold of its events. Returns how many rows were different."""
    done = 0
    different: set[int] = set()

    def repair(cases: Sequence[Case]) -> None:
        different.update(case.pk for case in _repair([case.pk for case in cases]))

    for batch in _batches():
        with transaction.atomic():
            reading.write_all(READER, repair, batch)
        done += len(batch)
        progress(done)
    return len(different)


def write(cases: Sequence[Case]) -> None:
    """Write the rows of cases as the fold of their events."""
    _repair([case.pk for case in cases])


def _repair(ids: list[int]) -> list[Case]:
    cases = Case.objects.select_for_update(no_key=True).filter(pk__in=ids).in_bulk()
    events = Event.objects.filter(case__in=ids).order_by("case", "seq")
    changed = []
    for case_id, story in groupby(events, key=lambda event: event.case_id):
        row = replay(cases[case_id], story)
        if any(getattr(row, field) != getattr(cases[case_id], field) for field in FIELDS):
            changed.append(row)
    Case.objects.bulk_update(changed, FIELDS, batch_size=BATCH)
    _mark_undone(events)
    tasks.rebuild(ids, events.filter(kind__in=("tasked", "task_ended")))
    return changed


def _mark_undone(events: QuerySet[Event]) -> None:
    """Mark exactly the events that a later one took back."""
    taken = {(each.case_id, each.data["seq"]) for each in events.filter(kind="undone")}
    marked = {(each.case_id, each.seq): each.pk for each in events.filter(undone=True)}
    for case_id, seq in taken - marked.keys():
        Event.objects.filter(case=case_id, seq=seq).update(undone=True)
    wrong = [event_id for key, event_id in marked.items() if key not in taken]
    Event.objects.filter(pk__in=wrong).update(undone=False)


def _batches() -> Iterator[list[int]]:
    last = 0
    while ids := list(
        Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield ids
        last = ids[-1]
