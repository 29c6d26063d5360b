"""Promises in working time: whatever happens meanwhile, as much time is left as was promised."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.casework import deadlines, deciding, merging, talking, workflow
from ngoma.cities.book import Book
from ngoma.cities.calendar import parse_span
from ngoma.people.permissions import Actor
from ngoma.records.models import Case
from tests.casework import MONDAY

HOUR = timedelta(hours=1)
VERBS = {"light": "correct", "pothole": "correct", "soon": "correct", "no": "correct"}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "inform", "accept", "extend", *VERBS]),
        st.integers(0, 4 * 1440).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    max_size=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_time_but_for_the_waits_is_what_was_promised(
    steps: list[tuple[str, timedelta]], report: Any, coordinator: Actor, town: Book
) -> None:
    """In whatever order people ask, answer, correct and extend."""
    with transaction.atomic():
        case, at, waited = report().case, MONDAY, timedelta()
        promised = span(town, case)
        for name, later in steps:
            at += later
            before = Case.objects.get(pk=case.pk)
            late = before.due is not None and before.due <= at and before.paused_at is None
            possible = workflow.possible(VERBS.get(name, name), before.state)
            if not possible or late or (name == "inform" and before.paused_at is None):
                continue
            if name == "extend" and before.extended:
                continue
            take(name, {"actor": coordinator, "case_id": case.pk, "at": at}, town)
            case = Case.objects.get(pk=case.pk)
            if name == "inform" and before.paused_at is not None:
                waited += town.calendar.between(before.paused_at, at)
            elif name == "extend":
                promised += parse_span("3d").time(town.calendar)
            elif not case.extended:
                promised = span(town, case)
            assert case.due is not None
            assert town.calendar.between(MONDAY, case.due) == promised + waited, name
        transaction.set_rollback(True)


def span(town: Book, case: Case) -> timedelta:
    """The working time that the case's service has to solve it."""
    assert case.service_id is not None
    return parse_span(town.services[case.service_id].resolution).time(town.calendar)


def take(name: str, on: dict[str, Any], town: Book) -> None:
    if name == "ask":
        talking.ask(**on, text="Where?")
    elif name == "inform":
        talking.inform(**on, text="There")
    elif name == "accept":
        deciding.accept(**on)
    elif name == "extend":
        deadlines.extend(**on, reason="private", days=3)
    elif name in ("soon", "no"):
        deciding.correct(**on, urgency=int(name == "soon"))
    else:
        deciding.correct(**on, service_id=town.service_by_code[name].id)


def test_what_was_merged_by_mistake_is_promised_from_when_it_came_back(
    report: Any, coordinator: Actor, town: Book
) -> None:
    other, mistaken = report(), report()
    later = MONDAY + timedelta(days=14)
    merging.merge(actor=coordinator, case_id=mistaken.case.pk, into=other.case.pk, at=MONDAY)
    back = merging.split(actor=coordinator, report_id=mistaken.pk, at=later)
    light = town.service_by_code["light"].id
    case = deciding.accept(actor=coordinator, case_id=back.pk, service_id=light, at=later + HOUR)
    assert case.due is not None
    assert town.calendar.between(later, case.due) == span(town, case)
