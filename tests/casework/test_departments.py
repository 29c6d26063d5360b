"""Several departments and one case: parts of the work, transfers, contested decisions."""

from collections.abc import Callable
from typing import Any

import pytest

from ngoma.casework import assigning, deciding, merging, rebuild, talking, tasks, working
from ngoma.casework.errors import BadRequest, NotAllowed
from ngoma.cities.book import Book
from ngoma.people.permissions import Actor, resident
from ngoma.records.models import Case, Task

Employ = Callable[..., Actor]


@pytest.fixture
def case(report: Any, coordinator: Actor) -> Case:
    """A case that was accepted, with the roads department of the west."""
    found = report().case
    return deciding.accept(actor=coordinator, case_id=found.pk)


@pytest.fixture
def front(town: Book, case: Case) -> int:
    """Another department."""
    found = town.department_by_code["front"].id
    assert found != case.department_id
    return found


def test_another_department_does_a_part_and_the_lead_answers(
    case: Case, front: int, coordinator: Actor, employ: Employ
) -> None:
    helper = employ("officer", "front")
    with pytest.raises(NotAllowed):
        talking.note(actor=helper, case_id=case.pk, text="May I?")
    given = tasks.give(actor=coordinator, case_id=case.pk, department_id=front, text="Ask them.")
    assert given.tasks_open == 1
    talking.note(actor=helper, case_id=case.pk, text="We ask.")
    with pytest.raises(BadRequest, match="open"):
        working.resolve(actor=coordinator, case_id=case.pk, text="Done")
    with pytest.raises(NotAllowed):
        working.resolve(actor=helper, case_id=case.pk, text="Done")
    ended = tasks.end(actor=helper, case_id=case.pk, seq=given.version, text="They agree.")
    assert ended.tasks_open == 0
    with pytest.raises(BadRequest, match="unknown"):
        tasks.end(actor=helper, case_id=given.pk, seq=given.version)
    working.resolve(actor=coordinator, case_id=case.pk, text="Done")


def test_a_part_is_ended_by_its_department_or_the_lead_alone(
    case: Case, front: int, coordinator: Actor, employ: Employ
) -> None:
    first = tasks.give(actor=coordinator, case_id=case.pk, department_id=front, text="One.")
    lead = case.department_id or 0
    second = tasks.give(actor=coordinator, case_id=case.pk, department_id=lead, text="Two.")
    with pytest.raises(NotAllowed):
        tasks.end(actor=employ("officer", "front"), case_id=case.pk, seq=second.version)
    tasks.end(actor=coordinator, case_id=case.pk, seq=first.version, done=False)
    assert Task.objects.filter(open=True).count() == 1


def test_no_part_is_lost_by_a_merge_or_a_rebuild(
    case: Case, front: int, coordinator: Actor, report: Any
) -> None:
    given = tasks.give(actor=coordinator, case_id=case.pk, department_id=front, text="One.")
    tasks.give(actor=coordinator, case_id=case.pk, department_id=front, text="Two.")
    tasks.end(actor=coordinator, case_id=case.pk, seq=given.version)
    with pytest.raises(BadRequest, match="open"):
        merging.merge(actor=coordinator, case_id=case.pk, into=report().case.pk)
    before = list(Task.objects.order_by("seq").values_list("seq", "department", "open"))
    Task.objects.all().delete()
    rebuild.rebuild(lambda done: None)
    assert list(Task.objects.order_by("seq").values_list("seq", "department", "open")) == before


def test_after_the_second_transfer_the_coordinator_decides(
    case: Case, front: int, coordinator: Actor, employ: Employ
) -> None:
    lead = case.department_id or 0
    officer = employ("officer")
    for department in (front, lead):
        assigning.assign(actor=officer, case_id=case.pk, department_id=department)
    with pytest.raises(BadRequest, match="coordinator_decides"):
        assigning.assign(actor=officer, case_id=case.pk, department_id=front)
    assigning.assign(actor=officer, case_id=case.pk, department_id=lead, text="For you")
    moved = assigning.assign(actor=coordinator, case_id=case.pk, department_id=front)
    assert (moved.department_id, moved.transfers) == (front, 3)


def test_an_appeal_is_decided_by_somebody_else(report: Any, employ: Employ) -> None:
    told = report()
    first, second = employ("triager"), employ("triager")
    deciding.reject(actor=first, case_id=told.case.pk, reason="private")
    working.reopen(actor=resident(told), case_id=told.case.pk, text="It is a public road")
    assert told.case.events.get(kind="reopened").data["appeal"] is True
    steps = (
        lambda who: deciding.reject(actor=who, case_id=told.case.pk, reason="private"),
        lambda who: deciding.refer(actor=who, case_id=told.case.pk, body="power"),
        lambda who: deciding.accept(actor=who, case_id=told.case.pk),
    )
    for step in steps:
        with pytest.raises(BadRequest, match="same_person"):
            step(first)
    deciding.accept(actor=second, case_id=told.case.pk)


def test_a_coordinator_may_decide_their_own_appeal(report: Any, coordinator: Actor) -> None:
    told = report()
    deciding.reject(actor=coordinator, case_id=told.case.pk, reason="private")
    working.reopen(actor=resident(told), case_id=told.case.pk, text="No")
    deciding.accept(actor=coordinator, case_id=told.case.pk)


def test_a_case_is_given_to_nobody_who_may_not_see_it(
    report: Any, coordinator: Actor, employ: Callable[..., Actor], town: Book
) -> None:
    case = report().case
    west, front = (town.department_by_code[code].id for code in ("roads-west", "front"))
    worker = employ("crew", "roads-west").user_id
    on = {"actor": coordinator, "case_id": case.pk, "user_id": worker}
    with pytest.raises(BadRequest) as refusal:
        assigning.assign(**on, department_id=front)
    assert (refusal.value.field, refusal.value.code) == ("user", "sees_it_not")
    assert assigning.assign(**on, department_id=west).assignee_id == worker
