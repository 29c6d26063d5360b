"""Several reports of one problem share a case; a report that was put there by mistake leaves it."""

from datetime import datetime

from django.db import transaction

from ngoma.casework.change import Change, change
from ngoma.casework.deadlines import dues
from ngoma.casework.errors import BadRequest, UnknownCase
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Report


def merge(*, actor: Actor, case_id: int, into: int, at: datetime | None = None) -> Case:
    """Give all reports of a case to another open case of the city; returns that other case.

    Raises `BadRequest` where `into` is the case itself or another city's, `UnknownCase`.
    """
    with transaction.atomic():
        _hold_both(case_id, into)
        with (
            change("merge", actor=actor, case_id=case_id, at=at) as held,
            change("join", actor=actor, case_id=into, at=at) as target,
        ):
            count = Report.objects.filter(case=case_id).update(case=into)
            held.append("merged", into=into)
            urgency = max(held.case.urgency, target.case.urgency)
            target.append("absorbed", urgency=urgency, reports=count, **{"from": case_id})
    return target.case


def split(*, actor: Actor, report_id: int, at: datetime | None = None) -> Case:
    """Take a report out of its case into a new one of its own; returns the new case.

    Raises `BadRequest` for a report that a case was opened for: this case, or one merged into it,
    which bears its reference. Raises `UnknownCase`.
    """
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise UnknownCase(f"no report {report_id}")
    with change("split", actor=actor, case_id=report.case_id, at=at) as held:
        if Case.objects.filter(reference=report.reference).exists():
            raise BadRequest("report", "first")
        new = _open_alone(held, report)
        held.append("split", reference=report.reference, into=new.pk)
    return new


def _hold_both(case_id: int, into: int) -> None:
    """Lock both rows in the order of their ids, so that two merges never wait for each other."""
    if into == case_id:
        raise BadRequest("into", "itself")
    both = Case.objects.select_for_update(no_key=True).filter(pk__in=(case_id, into)).order_by("pk")
    cities = list(both.values_list("city_id", flat=True))
    if len(cities) != 2:
        raise UnknownCase(f"no case {case_id} or {into}")
    if len(set(cities)) != 1:
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
    Report.objects.filter(pk=report.pk).update(case=case)
    return case
