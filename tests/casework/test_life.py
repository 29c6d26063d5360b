"""The life of one case, verb by verb: what each does, when it may be done, and what it leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.casework import assigning, deadlines, deciding, rating, talking, working
from ngoma.casework.errors import BadRequest, NotAllowed, WrongState
from ngoma.cities.book import Book
from ngoma.people.permissions import SYSTEM, Actor, resident
from tests.casework import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def kinds(case: Any) -> list[str]:
    return list(case.events.order_by("seq").values_list("kind", flat=True))


def test_a_hole_is_told_accepted_filled_and_closed(report: Any, coordinator: Actor) -> None:
    case = report().case
    assert case.state == "received"
    deciding.accept(actor=coordinator, case_id=case.pk, at=MONDAY + HOUR)
    working.start(actor=coordinator, case_id=case.pk, at=MONDAY + 2 * HOUR)
    working.resolve(actor=coordinator, case_id=case.pk, text="Filled.", at=MONDAY + DAY)
    assert working.close_finished(at=MONDAY + 14 * DAY) == 0
    assert working.close_finished(at=MONDAY + 15 * DAY + HOUR) == 1
    case.refresh_from_db()
    assert (case.state, case.version) == ("closed", 5)
    assert case.resolved_at == MONDAY + DAY
    assert kinds(case) == ["opened", "accepted", "started", "resolved", "closed"]


def test_promises_count_working_time_and_holidays(report: Any, town: Book) -> None:
    case = report().case
    assert case.answer_due == MONDAY + 5 * HOUR  # four hours of work around the lunch break
    assert case.due > MONDAY + 20 * DAY  # ten working days where only two days a week are worked
    assert town.calendar.between(MONDAY, case.due) == 10 * town.calendar.day_length()


def test_a_danger_is_answered_by_the_clock(report: Any, coordinator: Actor) -> None:
    case = report(at=MONDAY + 12 * HOUR).case
    changed = deciding.correct(actor=coordinator, case_id=case.pk, urgency=2)
    assert changed.answer_due == MONDAY + 14 * HOUR


def test_the_clock_stands_while_the_city_waits(report: Any, coordinator: Actor, town: Book) -> None:
    told = report()
    case_id, due = told.case.pk, told.case.due
    deciding.accept(actor=coordinator, case_id=case_id, at=MONDAY + HOUR)
    asked, answered = MONDAY + 2 * HOUR, MONDAY + 9 * DAY
    waiting = talking.ask(actor=coordinator, case_id=case_id, text="Which side?", at=asked)
    assert (waiting.state, waiting.paused_at) == ("waiting", asked)
    back = talking.inform(actor=resident(told), case_id=case_id, text="Left.", at=answered)
    assert (back.state, back.paused_at) == ("accepted", None)
    left = town.calendar.between(asked, due)
    assert town.calendar.between(answered, back.due) == left


def test_who_does_not_answer_ends_the_waiting(report: Any, coordinator: Actor) -> None:
    case = report().case
    talking.ask(actor=coordinator, case_id=case.pk, text="Where?", at=MONDAY)
    assert working.close_finished(at=MONDAY + 15 * DAY) == 1
    case.refresh_from_db()
    assert case.state == "closed"
    assert case.events.last().data == {"reason": "no-answer"}


def test_not_fixed_opens_the_case_again_with_a_new_date(report: Any, coordinator: Actor) -> None:
    told = report()
    case_id = told.case.pk
    deciding.accept(actor=coordinator, case_id=case_id, at=MONDAY)
    working.resolve(actor=coordinator, case_id=case_id, text="Done.", at=MONDAY + DAY)
    rating.rate(actor=resident(told), case_id=case_id, score=1, at=MONDAY + DAY)
    again = working.reopen(actor=resident(told), case_id=case_id, text="No!", at=MONDAY + 2 * DAY)
    assert (again.state, again.reopenings, again.rating) == ("accepted", 1, None)
    assert again.due > told.case.due
    assert again.resolved_at is None


def test_a_refusal_needs_a_reason_of_the_pack(report: Any, coordinator: Actor) -> None:
    case = report().case
    with pytest.raises(BadRequest) as wrong:
        deciding.reject(actor=coordinator, case_id=case.pk, reason="because")
    assert (wrong.value.field, wrong.value.code) == ("reason", "unknown")
    rejected = deciding.reject(actor=coordinator, case_id=case.pk, reason="private")
    assert rejected.state == "rejected"
    assert rejected.answered_at is not None


def test_a_contested_refusal_is_decided_anew(report: Any, coordinator: Actor) -> None:
    told = report()
    deciding.refer(actor=coordinator, case_id=told.case.pk, body="power")
    again = working.reopen(actor=resident(told), case_id=told.case.pk)
    assert again.state == "received"


def test_a_date_is_extended_once_and_with_a_reason(report: Any, coordinator: Actor) -> None:
    case = report().case
    deciding.accept(actor=coordinator, case_id=case.pk, at=MONDAY)
    later = deadlines.extend(
        actor=coordinator, case_id=case.pk, reason="private", days=3, text="Rain.", at=MONDAY
    )
    assert later.due > case.due
    with pytest.raises(BadRequest):
        deadlines.extend(actor=coordinator, case_id=case.pk, reason="private", days=3)


def test_what_is_late_is_escalated_once_a_step(report: Any) -> None:
    case = report().case
    assert deadlines.escalate_late(at=case.answer_due) == 0
    assert deadlines.escalate_late(at=case.answer_due + HOUR) == 1
    assert deadlines.escalate_late(at=case.answer_due + 2 * HOUR) == 0
    assert deadlines.escalate_late(at=case.due + HOUR) == 1
    assert [event.data["step"] for event in case.events.filter(kind="escalated")] == [1, 2]


def test_a_corrected_service_goes_to_its_owner(report: Any, coordinator: Actor, town: Book) -> None:
    case = report().case
    assert town.departments[case.department_id].code == "roads-west"
    light = town.service_by_code["light"].id
    changed = deciding.correct(actor=coordinator, case_id=case.pk, service_id=light)
    assert town.departments[changed.department_id].code == "roads"


def test_leaving_a_department_is_a_transfer(report: Any, coordinator: Actor, town: Book) -> None:
    case = report().case
    front = town.department_by_code["front"].id
    moved = assigning.assign(actor=coordinator, case_id=case.pk, department_id=front)
    assert (moved.department_id, moved.transfers) == (front, 1)
    same = assigning.assign(
        actor=coordinator, case_id=case.pk, department_id=front, user_id=coordinator.user_id
    )
    assert (same.assignee_id, same.transfers) == (coordinator.user_id, 1)


def test_somebody_quicker_is_a_refusal_and_changes_nothing(report: Any, coordinator: Actor) -> None:
    case = report().case
    deciding.accept(actor=coordinator, case_id=case.pk)
    with pytest.raises(WrongState) as wrong:
        deciding.accept(actor=coordinator, case_id=case.pk)
    assert (wrong.value.verb, wrong.value.state) == ("accept", "accepted")
    assert kinds(case) == ["opened", "accepted"]


def test_a_backdated_step_counts_from_the_last_one(report: Any, coordinator: Actor) -> None:
    case = report().case
    deciding.accept(actor=coordinator, case_id=case.pk, at=MONDAY + HOUR)
    working.start(actor=coordinator, case_id=case.pk, at=MONDAY - DAY)
    assert case.events.get(kind="started").at == MONDAY + HOUR


def test_an_officer_works_for_their_department_alone(
    report: Any, employ: Callable[..., Actor], town: Book
) -> None:
    case = report().case
    assert town.departments[case.department_id].code == "roads-west"
    with pytest.raises(NotAllowed):
        deciding.accept(actor=employ("officer", "front"), case_id=case.pk)
    above = employ("officer", "roads")
    assert deciding.accept(actor=above, case_id=case.pk).state == "accepted"


def test_a_resident_acts_on_their_own_report_alone(report: Any) -> None:
    mine, other = report(), report()
    with pytest.raises(NotAllowed):
        talking.inform(actor=resident(mine), case_id=other.case.pk, text="Hello")
    with pytest.raises(NotAllowed):
        deciding.accept(actor=resident(mine), case_id=mine.case.pk)


def test_the_system_decides_nothing(report: Any) -> None:
    case = report().case
    for verb in (deciding.accept, working.start):
        with pytest.raises(NotAllowed):
            verb(actor=SYSTEM, case_id=case.pk)


def test_nothing_is_resolved_without_a_word_or_a_photo(report: Any, coordinator: Actor) -> None:
    case = report().case
    deciding.accept(actor=coordinator, case_id=case.pk)
    with pytest.raises(BadRequest):
        working.resolve(actor=coordinator, case_id=case.pk)
