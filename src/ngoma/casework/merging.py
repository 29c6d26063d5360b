"""Several reports of one problem share a case; a report that was put there by mistake leaves it."""

from datetime import datetime

from django.db import transaction

from ngoma.casework.change import Change, change, hold_rows
from ngoma.casework.deadlines import dues
from ngoma.casework.errors import BadRequest, UnknownCase
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Report


def merge(*, actor: Actor, case_id: int, into: int, at: datetime | None = None) -> Case:
    """Give all reports of a case to another open case of the city; returns that other case.

    What is private stays so: where one of the two is not public, the other no longer is.

    Raises `BadRequest` where `into` is the case itself or another city's, and while another
    department does a part of the case; `UnknownCase`.
    """
    with transaction.atomic():
        _hold_for_merge(case_id, into)
        with (
            change("merge", actor=actor, case_id=case_id, at=at) as held,
            change("join", actor=actor, case_id=into, at=at) as target,
        ):
            if held.case.tasks_open:
                raise BadRequest("task", "open")
            moved = Report.objects.filter(case=case_id)
            references = sorted(moved.values_list("reference", flat=True))
            moved.update(case=into)
            held.append("merged", into=into)
            target.append(
                "absorbed",
                **{"from": case_id},
                reports=len(references),
                references=references,
                urgency=max(held.case.urgency, target.case.urgency),
                public=held.case.public and target.case.public,
            )
    return target.case


def split(*, actor: Actor, report_id: int, at: datetime | None = None) -> Case:
    """Take a report out of its case into one of its own; returns that case.

    It is a new case, or the one that was opened for the report and merged since: splitting undoes a
    merge. Raises `BadRequest` for the report that its case was opened for, `UnknownCase`.
    """
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise UnknownCase(f"no report {report_id}")
    with transaction.atomic():
        former = Case.objects.filter(reference=report.reference).first()
        if former is not None:
            hold_rows(report.case_id, former.pk)
        with change("split", actor=actor, case_id=report.case_id, at=at) as held:
            if former is not None and former.pk == held.case.pk:
                raise BadRequest("report", "first")
            alone = _open_alone(held, report) if former is None else _give_back(held, former.pk)
            Report.objects.filter(pk=report.pk).update(case=alone)
            held.append("split", reference=report.reference, into=alone.pk)
    return alone


def _hold_for_merge(case_id: int, into: int) -> None:
    if into == case_id:
        raise BadRequest("into", "itself")
    cases = hold_rows(case_id, into)
    if len(cases) != 2:
        raise UnknownCase(f"no case {case_id} or {into}")
    if cases[0].city_id != cases[1].city_id:
        raise BadRequest("into", "other_city")


def _open_alone(held: Change, report: Report) -> Case:
    """A new case for one report, as it was told; its promises count from the split."""
    book = held.book
    service_id = report.service_id or held.case.service_id
    case = Case(city_id=book.id, reference=report.reference, version=0)
    new = Change(case, held.actor, held.at)
    new.append(
        "opened",
        reference=report.reference,
        channel=report.channel,
        service=service_id,
        place=report.place_id,
        department=book.owner(service_id, report.place_id),
        urgency=held.case.urgency,
        public=held.case.public,
        lat=report.lat,
        lon=report.lon,
        **{"from": held.case.pk},
        **dues(book, service_id, held.case.urgency, held.at).data(),
    )
    new.save()
    return case


def _give_back(held: Change, case_id: int) -> Case:
    """The case that was merged away, for its first report alone; it is decided anew."""
    case = Case.objects.get(pk=case_id)
    back = Change(case, held.actor, max(held.at, case.updated_at))
    promised = dues(held.book, case.service_id, case.urgency, back.at)
    back.append("returned", reference=case.reference, **promised.data())
    back.save()
    return case
