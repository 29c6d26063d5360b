"""Whatever is done at random: the row is the fold of its events, and rules are never broken."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ngoma.casework import (
    assigning,
    deadlines,
    deciding,
    merging,
    rating,
    rebuild,
    talking,
    tasks,
    undoing,
    workflow,
    working,
)
from ngoma.casework.errors import NotAllowed, Refusal
from ngoma.casework.fold import KINDS, replay
from ngoma.people.permissions import SYSTEM, VERBS, Actor, resident
from ngoma.people.publicity import PUBLIC_FIELDS
from ngoma.records.models import Case, Report, Task

STEPS: dict[str, Any] = {
    "accept": lambda who, case: deciding.accept(actor=who, case_id=case),
    "danger": lambda who, case: deciding.correct(actor=who, case_id=case, urgency=2),
    "start": lambda who, case: working.start(actor=who, case_id=case),
    "ask": lambda who, case: talking.ask(actor=who, case_id=case, text="?"),
    "inform": lambda who, case: talking.inform(actor=who, case_id=case, text="!"),
    "answer": lambda who, case: talking.answer(actor=who, case_id=case, text="."),
    "note": lambda who, case: talking.note(actor=who, case_id=case, text="-"),
    "resolve": lambda who, case: working.resolve(actor=who, case_id=case, text="Done"),
    "close": lambda who, case: working.close(actor=who, case_id=case),
    "reopen": lambda who, case: working.reopen(actor=who, case_id=case),
    "reject": lambda who, case: deciding.reject(actor=who, case_id=case, reason="private"),
    "refer": lambda who, case: deciding.refer(actor=who, case_id=case, body="power"),
    "rate": lambda who, case: rating.rate(actor=who, case_id=case, score=3),
    "extend": lambda who, case: deadlines.extend(actor=who, case_id=case, reason="private", days=2),
    "escalate": lambda who, case: deadlines.escalate(actor=who, case_id=case),
    "merge": lambda who, case: merging.merge(actor=who, case_id=case, into=_next(case)),
    "split": lambda who, case: merging.split(
        actor=who, report_id=Report.objects.filter(case=case).latest("pk").pk
    ),
    "task": lambda who, case: tasks.give(
        actor=who,
        case_id=case,
        department_id=Case.objects.get(pk=case).department_id,
        text="A part",
    ),
    "end_task": lambda who, case: tasks.end(
        actor=who, case_id=case, seq=getattr(Task.objects.filter(case=case).last(), "seq", 0)
    ),
    "undo": lambda who, case: undoing.undo(
        actor=who, case_id=case, seq=Case.objects.get(pk=case).version
    ),
    "assign": lambda who, case: assigning.assign(
        actor=who, case_id=case, department_id=Case.objects.get(pk=case).department_id
    ),
}
ACTS = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 2), st.integers(0, 2))


def _next(case: int) -> int:
    later = Case.objects.filter(pk__gt=case).order_by("pk").first()
    return (later or Case.objects.order_by("pk")[0]).pk


@examples(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, max_size=14))
def test_any_sequence_of_verbs_keeps_the_rules(
    acts: list[tuple[str, int, int]], report: Any, coordinator: Actor, settings: Any
) -> None:
    settings.NGOMA_UNDO = 10
    with transaction.atomic():
        told = [report() for _ in range(3)]
        actors = [coordinator, SYSTEM, resident(told[0])]
        for name, which, who in acts:
            case = told[which].case
            before = Case.objects.get(pk=case.pk)
            try:
                STEPS[name](actors[who], case.pk)
            except (Refusal, Report.DoesNotExist):
                assert Case.objects.get(pk=case.pk).version == before.version
            else:
                assert Case.objects.get(pk=case.pk).updated_at >= before.updated_at
        _check_all()
        transaction.set_rollback(True)


def _check_all() -> None:
    for case in Case.objects.all():
        events = list(case.events.order_by("seq"))
        assert [event.seq for event in events] == list(range(1, case.version + 1))
        assert all(a.at <= b.at for a, b in pairwise(events))
        made_again = replay(case, events)
        for field in rebuild.FIELDS:
            assert getattr(made_again, field) == getattr(case, field), field
        assert case.reports_count == case.reports.count() or case.state == "merged"
    assert rebuild.rebuild(lambda done: None) == 0


def test_rebuilding_repairs_a_row_that_was_tampered_with(report: Any, coordinator: Actor) -> None:
    case = report().case
    deciding.accept(actor=coordinator, case_id=case.pk)
    before = Case.objects.values().get(pk=case.pk)
    Case.objects.filter(pk=case.pk).update(state="closed", urgency=2, due=None)
    assert rebuild.rebuild(lambda done: None) == 1
    assert Case.objects.values().get(pk=case.pk) == before


def test_every_verb_has_its_states_and_its_permission() -> None:
    assert set(workflow.MOVES) <= set(VERBS)
    assert set(PUBLIC_FIELDS) <= KINDS


@pytest.mark.parametrize("role", ["agent", "crew", "auditor", "administrator", "triager"])
def test_no_role_does_what_the_table_does_not_say(role: str, report: Any, employ: Any) -> None:
    who = employ(role)
    for name, step in STEPS.items():
        if name == "undo":  # of one's own step alone, whatever the role
            continue
        verb = "correct" if name == "danger" else name
        case = report().case
        try:
            step(who, case.pk)
        except NotAllowed:
            assert role not in VERBS[verb]
        except Refusal:
            pass
        else:
            assert role in VERBS[verb], verb
