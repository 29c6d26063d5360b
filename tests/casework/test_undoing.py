"""A step is taken back by who did it, for a moment, before anybody has heard of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.base.clock import now
from ngoma.casework import assigning, deciding, merging, rebuild, talking, working
from ngoma.casework.errors import BadRequest, NotAllowed
from ngoma.casework.opening import join
from ngoma.casework.undoing import undo
from ngoma.cities.book import Book
from ngoma.notices.following import follow
from ngoma.people.permissions import STRANGER, Actor
from ngoma.people.vault import Address
from ngoma.records.models import Case, Event, Job, Notice, Report
from ngoma.work.worker import run_until_idle

Steps = dict[str, Callable[[Actor, Case], object]]

STEPS: Steps = {
    "accepted": lambda who, case: deciding.accept(actor=who, case_id=case.pk, urgency=1),
    "corrected": lambda who, case: deciding.correct(
        actor=who, case_id=case.pk, urgency=2, position=(0.15, 32.05)
    ),
    "rejected": lambda who, case: deciding.reject(actor=who, case_id=case.pk, reason="private"),
    "referred": lambda who, case: deciding.refer(actor=who, case_id=case.pk, body="power"),
    "asked": lambda who, case: talking.ask(actor=who, case_id=case.pk, text="Where?"),
    "answered": lambda who, case: talking.answer(actor=who, case_id=case.pk, text="Soon."),
    "noted": lambda who, case: talking.note(actor=who, case_id=case.pk, text="Aha."),
}


@pytest.fixture
def slow(settings: Any) -> None:
    """Ten seconds to undo, as in a running installation."""
    settings.NGOMA_UNDO = 10


@pytest.fixture
def waiting(report: Any, slow: None) -> Case:
    """A case that came in just now, and all that followed has been done."""
    case = report(at=now()).case
    run_until_idle()
    case.refresh_from_db()
    return case


def row(case: Case) -> dict[str, Any]:
    """The row of a case, but for what grows with every event."""
    values = Case.objects.values().get(pk=case.pk)
    return {k: v for k, v in values.items() if k not in ("version", "updated_at")}


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_what_is_undone_was_never_heard_of(kind: str, waiting: Case, coordinator: Actor) -> None:
    before, notices = row(waiting), Notice.objects.count()
    done = STEPS[kind](coordinator, waiting)
    assert isinstance(done, Case)
    undo(actor=coordinator, case_id=waiting.pk, seq=done.version)
    assert row(waiting) == before
    Job.objects.update(run_at=now())
    run_until_idle()
    assert Notice.objects.count() == notices
    kinds = list(waiting.events.order_by("seq").values_list("kind", "undone"))
    assert kinds[-2:] == [(kind, True), ("undone", False)]
    assert rebuild.rebuild(lambda done: None) == 0


def test_a_step_leaves_no_job_that_nobody_waits_for(
    waiting: Case, coordinator: Actor, town: Book
) -> None:
    Job.objects.all().delete()
    deciding.accept(actor=coordinator, case_id=waiting.pk)
    assert list(Job.objects.values_list("kind", flat=True)) == ["proposals.decide"]
    follow(town.id, Address("email", "ana@example.org"), language="en", case=waiting)
    talking.answer(actor=coordinator, case_id=waiting.pk, text="Soon.")
    kinds = ["notices.plan", "notices.tell", "proposals.decide"]
    assert sorted(Job.objects.values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize("kind", ["notices.plan", "notices.tell"])
@pytest.mark.parametrize("begun", [{"claimed_until": now()}, {"attempts": 1}])
def test_what_has_begun_to_be_told_is_not_taken_back(
    waiting: Case, coordinator: Actor, town: Book, kind: str, begun: dict[str, Any]
) -> None:
    follow(town.id, Address("email", "ana@example.org"), language="en", case=waiting)
    done = talking.answer(actor=coordinator, case_id=waiting.pk, text="Soon.")
    Job.objects.filter(kind=kind).update(**begun)
    before = Job.objects.count()
    with pytest.raises(BadRequest, match="too_late"):
        undo(actor=coordinator, case_id=waiting.pk, seq=done.version)
    Job.objects.filter(kind="notices.plan").delete()
    with pytest.raises(BadRequest, match="too_late"):
        undo(actor=coordinator, case_id=waiting.pk, seq=done.version)
    assert Job.objects.count() == before - 1


def test_notices_wait_until_a_step_stands(waiting: Case, coordinator: Actor) -> None:
    before = Job.objects.count()
    deciding.accept(actor=coordinator, case_id=waiting.pk)
    run_until_idle()
    assert Job.objects.count() > before
    Job.objects.update(run_at=now())
    run_until_idle()
    assert Job.objects.count() == before


def test_what_was_heard_of_stands(waiting: Case, coordinator: Actor) -> None:
    done = deciding.accept(actor=coordinator, case_id=waiting.pk)
    Job.objects.update(run_at=now())
    run_until_idle()
    with pytest.raises(BadRequest, match="too_late"):
        undo(actor=coordinator, case_id=waiting.pk, seq=done.version)
    assert Case.objects.get(pk=waiting.pk).state == "accepted"


def test_ten_seconds_are_not_more(waiting: Case, coordinator: Actor) -> None:
    done = talking.note(actor=coordinator, case_id=waiting.pk, text="Aha.")
    with pytest.raises(BadRequest, match="too_late"):
        undo(
            actor=coordinator,
            case_id=waiting.pk,
            seq=done.version,
            at=now() + timedelta(seconds=11),
        )


def test_only_who_did_it_takes_it_back(waiting: Case, coordinator: Actor, employ: Any) -> None:
    done = deciding.accept(actor=coordinator, case_id=waiting.pk)
    with pytest.raises(NotAllowed):
        undo(actor=employ("coordinator"), case_id=waiting.pk, seq=done.version)


def test_a_step_is_taken_back_from_a_department_that_one_does_not_see(
    waiting: Case, employ: Any, town: Book
) -> None:
    own = town.departments[waiting.department_id or 0]
    other = next(each for each in town.departments.values() if each.parent_id is None)
    officer = employ("officer", own.code)
    assert other.id != own.id
    done = assigning.assign(actor=officer, case_id=waiting.pk, department_id=other.id)
    undo(actor=officer, case_id=waiting.pk, seq=done.version)
    waiting.refresh_from_db()
    assert (waiting.department_id, waiting.transfers) == (own.id, 0)


def test_what_happened_since_is_not_overrun(waiting: Case, coordinator: Actor) -> None:
    done = deciding.accept(actor=coordinator, case_id=waiting.pk)
    with join(actor=STRANGER, case_id=waiting.pk, reference="SML000099"):
        pass
    with pytest.raises(BadRequest, match="changed"):
        undo(actor=coordinator, case_id=waiting.pk, seq=done.version)


def test_a_merge_is_taken_back_in_both_cases(
    waiting: Case, report: Any, coordinator: Actor
) -> None:
    other = report(at=now()).case
    voice = report(case=waiting, at=now())
    run_until_idle()
    waiting.refresh_from_db()
    other.refresh_from_db()
    before = row(waiting), row(other)
    merging.merge(actor=coordinator, case_id=waiting.pk, into=other.pk)
    waiting.refresh_from_db()
    undo(actor=coordinator, case_id=waiting.pk, seq=waiting.version)
    assert (row(waiting), row(other)) == before
    voice.refresh_from_db()
    assert voice.case_id == waiting.pk
    assert Report.objects.filter(case=other).count() == 1
    assert rebuild.rebuild(lambda done: None) == 0
    merging.merge(actor=coordinator, case_id=waiting.pk, into=other.pk)
    Job.objects.update(run_at=now())
    run_until_idle()
    assert not Job.objects.filter(parked_at__isnull=False).exists()


def test_a_repeated_undo_takes_nothing_more_back(waiting: Case, coordinator: Actor) -> None:
    talking.note(actor=coordinator, case_id=waiting.pk, text="First.")
    done = talking.note(actor=coordinator, case_id=waiting.pk, text="Second.")
    undo(actor=coordinator, case_id=waiting.pk, seq=done.version)
    with pytest.raises(BadRequest, match="changed"):
        undo(actor=coordinator, case_id=waiting.pk, seq=done.version)


def test_a_rebuild_marks_again_what_was_undone(waiting: Case, coordinator: Actor) -> None:
    done = working_step(coordinator, waiting)
    undo(actor=coordinator, case_id=waiting.pk, seq=done.version)
    Event.objects.update(undone=False)
    rebuild.rebuild(lambda done: None)
    assert list(Event.objects.filter(undone=True).values_list("seq", flat=True)) == [done.version]


def working_step(who: Actor, case: Case) -> Case:
    """Accept, then say that work has begun."""
    deciding.accept(actor=who, case_id=case.pk)
    return working.start(actor=who, case_id=case.pk)
