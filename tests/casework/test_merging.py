"""Reports of one problem share a case, and leave it when that was wrong."""

from typing import Any

import pytest

from ngoma.casework import deciding, merging
from ngoma.casework.errors import BadRequest, UnknownCase, WrongState
from ngoma.people.permissions import Actor
from ngoma.records.models import Case


def test_merging_moves_every_report(report: Any, coordinator: Actor) -> None:
    first, second = report(), report()
    report(case=second.case)
    deciding.correct(actor=coordinator, case_id=second.case.pk, urgency=2)
    target = merging.merge(actor=coordinator, case_id=second.case.pk, into=first.case.pk)
    gone = Case.objects.get(pk=second.case.pk)
    assert (target.pk, target.reports_count, target.urgency) == (first.case.pk, 3, 2)
    assert (gone.state, gone.merged_into_id) == ("merged", target.pk)
    assert target.reports.count() == 3
    with pytest.raises(WrongState):
        merging.merge(actor=coordinator, case_id=second.case.pk, into=first.case.pk)


def test_merging_publishes_nothing_that_was_private(report: Any, coordinator: Actor) -> None:
    public, private = report().case, report().case
    Case.objects.filter(pk=private.pk).update(public=False)
    target = merging.merge(actor=coordinator, case_id=private.pk, into=public.pk)
    assert target.public is False


def test_a_case_is_not_merged_into_itself_or_nothing(report: Any, coordinator: Actor) -> None:
    case = report().case
    with pytest.raises(BadRequest):
        merging.merge(actor=coordinator, case_id=case.pk, into=case.pk)
    with pytest.raises(UnknownCase):
        merging.merge(actor=coordinator, case_id=case.pk, into=case.pk + 1000)


def test_a_report_leaves_into_a_case_of_its_own(report: Any, coordinator: Actor) -> None:
    first = report()
    second = report(case=first.case)
    new = merging.split(actor=coordinator, report_id=second.pk)
    second.refresh_from_db()
    old = Case.objects.get(pk=first.case.pk)
    assert second.case_id == new.pk
    assert (new.reference, new.reports_count, old.reports_count) == (second.reference, 1, 1)
    with pytest.raises(BadRequest):
        merging.split(actor=coordinator, report_id=first.pk)


def test_a_merge_is_undone_by_taking_the_report_out_again(report: Any, coordinator: Actor) -> None:
    first, second = report(), report()
    joined = report(case=second.case)
    merging.merge(actor=coordinator, case_id=second.case.pk, into=first.case.pk)
    back = merging.split(actor=coordinator, report_id=second.pk)
    second.refresh_from_db()
    assert (back.pk, second.case_id) == (second.case.pk, second.case.pk)
    assert (back.state, back.merged_into_id, back.reports_count) == ("received", None, 1)
    left = Case.objects.get(pk=first.case.pk)
    assert (left.reports_count, left.reports.count()) == (2, 2)
    own = merging.split(actor=coordinator, report_id=joined.pk)
    assert own.reference == joined.reference
    assert own.pk != back.pk
