"""What the clock does to cases: found by indexes alone, and none holds the others up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from ngoma.casework import deadlines, deciding, talking, working
from ngoma.people.permissions import Actor
from ngoma.records.models import Case
from ngoma.records.queries import lateness
from ngoma.work import timers
from tests.casework import MONDAY

pytestmark = pytest.mark.django_db
LONG = timedelta(days=400)


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (lateness.UNANSWERED, "case_unanswered"),
        (lateness.UNSOLVED, "case_unsolved"),
        (lateness.RESOLVED, "case_resolved"),
        (lateness.WAITING, "case_waiting"),
    ],
)
def test_a_question_of_the_clock_reads_its_own_index_in_order(sql: str, index: str) -> None:
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    city = [1] if "city_id" in sql else []
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{explain} {sql}", [*city, "2026-06-01", "2026-01-01", 0, 10])
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert index in plan
    assert "SORT" not in plan.upper()
    assert "B-TREE" not in plan.upper()


def test_what_is_late_is_found_whatever_its_number(
    report: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lateness, "AT_ONCE", 2)
    cases = [report().case for _ in range(5)]
    assert deadlines.escalate_late(MONDAY + timedelta(hours=6)) == 5
    assert deadlines.escalate_late(MONDAY + timedelta(hours=6)) == 0
    for case in cases:
        case.refresh_from_db()
        assert case.escalation == 1
    assert deadlines.escalate_late(MONDAY + LONG) == 5
    assert set(Case.objects.values_list("escalation", flat=True)) == {2}


def test_a_case_with_which_it_fails_holds_no_other_up(
    report: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = report().case, report().case
    escalate = deadlines.escalate

    def fail(*, case_id: int, **how: Any) -> Case:
        if case_id == broken.pk:
            raise ZeroDivisionError
        return escalate(case_id=case_id, **how)

    monkeypatch.setattr(deadlines, "escalate", fail)
    assert deadlines.escalate_late(MONDAY + timedelta(hours=6)) == 1
    sound.refresh_from_db()
    assert sound.escalation == 1


def test_what_is_not_reached_in_a_second_waits_for_the_next_time(
    report: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lateness, "AT_ONCE", 2)
    monkeypatch.setattr(timers, "SECONDS", 0)
    for _ in range(3):
        report()
    at = MONDAY + timedelta(hours=6)
    assert [deadlines.escalate_late(at) for _ in range(3)] == [2, 1, 0]


def test_what_is_finished_is_closed(report: Callable[..., Any], coordinator: Actor) -> None:
    solved, asked, going = (report().case for _ in range(3))
    for case in (solved, asked, going):
        deciding.accept(actor=coordinator, case_id=case.pk, at=MONDAY)
    working.resolve(actor=coordinator, case_id=solved.pk, text="Done", at=MONDAY)
    talking.ask(actor=coordinator, case_id=asked.pk, text="Where?", at=MONDAY)
    assert working.close_finished(MONDAY + timedelta(hours=1)) == 0
    assert working.close_finished(MONDAY + LONG) == 2
    states = [Case.objects.get(pk=case.pk).state for case in (solved, asked, going)]
    assert states == ["closed", "closed", "accepted"]
    assert solved.events.get(kind="closed").data.get("reason", "") == ""
    assert asked.events.get(kind="closed").data["reason"] == "no-answer"
