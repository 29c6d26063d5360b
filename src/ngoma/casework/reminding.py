"""Reminding colleagues of a promise before it is missed, and telling others once it is.

Each rung of the department's ladder is reached once for each promise. Of several that are reached
at once, as after an outage, only the worst is told, to everybody whom one of them would have told.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from ngoma.base.clock import now
from ngoma.casework import promises
from ngoma.casework.change import change
from ngoma.casework.errors import WrongState
from ngoma.casework.promises import Ahead
from ngoma.casework.sweeping import sweep
from ngoma.casework.workflow import ACTIVE
from ngoma.cities.book import book_of
from ngoma.cities.ladders import TELL
from ngoma.people.permissions import SYSTEM, Actor
from ngoma.records.models import Bookmark, Case, NextReminder, Parked
from ngoma.records.queries import lateness
from ngoma.records.queries.events import behind
from ngoma.work import reading
from ngoma.work.reading import BATCH
from ngoma.work.timers import for_a_second

READER = "reminders"
READ_ANEW = timedelta(seconds=10)


def remind(*, actor: Actor = SYSTEM, case_id: int, at: datetime | None = None) -> Case:
    """Tell of the worst rung that is reached; does nothing where none is."""
    with transaction.atomic():
        with change("remind", actor=actor, case_id=case_id, at=at) as held:
            rungs = promises.ahead(held.book, held.case, promises.events_of([case_id])[case_id])
            reached = [each for each in rungs if each.at <= held.at]
            if reached:
                worst = max(reached, key=_weight)
                held.append(
                    "reminded",
                    promise=worst.promise,
                    at=worst.rung.at,
                    late=worst.rung.share is None,
                    tell=_whom(reached),
                    reached=_highest(reached),
                )
        write([held.case])
    return held.case


def remind_due(at: datetime | None = None) -> int:
    """Remind of what it is time for, the oldest first; returns how many cases were told of.

    Called by the clock. What is not done within a second is left for the next time.
    """
    at = at or now()
    return sweep(partial(lateness.reminding, at), partial(_remind, at=at))


def _remind(case_id: int, at: datetime) -> bool:
    """Whether the case was told of; where there is nothing to tell it no longer waits here."""
    before = Case.objects.values_list("version", flat=True).get(pk=case_id)
    with suppress(WrongState):
        return remind(case_id=case_id, at=at).version > before
    NextReminder.objects.filter(pk=case_id).delete()  # somebody was quicker
    return False


def look_again(city_id: int) -> None:
    """Have the moments of a city's cases reckoned anew: ladders, hours or holidays changed.

    Soon, when every process has read the city anew.
    """
    soon = now() + READ_ANEW
    NextReminder.objects.filter(case__city=city_id, at__gt=soon).update(at=soon)


def follow() -> None:
    """Reckon anew when the cases remind of which something happened since."""
    for_a_second(lambda: behind(READER) and read_batch() == BATCH)


def read_batch() -> int:
    """Reckon the next reminders of the cases of the next events. Returns how many were read."""
    return reading.read_batch(READER, write)


def rebuild(progress: Callable[[int], object]) -> None:
    """Drop the moments and reckon them again from the first event on."""
    with transaction.atomic():
        Bookmark.objects.filter(reader=READER).delete()
        Parked.objects.filter(reader=READER).delete()
        NextReminder.objects.all().delete()
    done = 0
    while count := read_batch():
        done += count
        progress(done)


def write(cases: Sequence[Case]) -> None:
    """Note when the cases remind next, as they stand."""
    active = [case for case in cases if case.state in ACTIVE]
    events = promises.events_of([case.pk for case in active])
    found = []
    for case in active:
        rungs = promises.ahead(book_of(case.city_id), case, events[case.pk])
        if rungs:
            found.append(NextReminder(case=case, at=min(each.at for each in rungs)))
    gone = {case.pk for case in cases} - {each.pk for each in found}
    NextReminder.objects.filter(pk__in=gone).delete()
    NextReminder.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["case"], update_fields=["at"]
    )


def _weight(reached: Ahead) -> tuple[object, bool]:
    return reached.height, reached.promise == promises.SOLUTION


def _whom(reached: Iterable[Ahead]) -> list[str]:
    told = {each for rung in reached for each in rung.rung.tell}
    return [each for each in TELL if each in told]


def _highest(reached: Iterable[Ahead]) -> dict[str, str]:
    """The highest rung that each promise has reached."""
    return {each.promise: each.rung.at for each in sorted(reached, key=lambda each: each.height)}
