"""Erasing what somebody said, for good. What happened stays: the case, its dates, its answers."""

from datetime import datetime

from django.db.models import Q, QuerySet

from ngoma.casework.change import change
from ngoma.casework.errors import UnknownCase
from ngoma.people.permissions import Actor
from ngoma.records.models import Burst, Case, Event, Landmark, Photo, Proposal, Report
from ngoma.triage.words import plain

SAID = ("words", "location", "answers", "photos")
"""What a report says of itself, as the ledger names it."""
_BRINGING = ("opened", "joined")


def erase(*, actor: Actor, report_id: int, at: datetime | None = None) -> Case:
    """Erase a report's words, location as said, answers and photos, and what its reporter added.

    What reporters added to a case that several share stays, for nobody knows whose it is. Copies
    that others made of the words go as well; files and the ledger's salts follow as jobs.
    """
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise UnknownCase(f"no report {report_id}")
    with change("erase", actor=actor, case_id=report.case_id, at=at) as held:
        brought = _brought(report, held.case)
        gone = [[brought.case_id, brought.seq, name] for name in SAID]
        for event in _added(held.case):
            gone.append([event.case_id, event.seq, "text"])
            _silence(event)
        _copies(report)
        Photo.objects.filter(_photos(report, held.case)).update(public=False)
        Report.objects.filter(pk=report_id).update(
            words="", public_words="", location="", public_location="", answers={},
        )  # fmt: skip
        held.append("erased", reference=report.reference, fields=gone)
    return held.case


def photos_of(reference: str, case_id: int) -> QuerySet[Photo]:
    """The photos that go with a report that was erased."""
    report = Report.objects.get(reference=reference)
    return Photo.objects.filter(_photos(report, Case.objects.get(pk=case_id)))


def _brought(report: Report, case: Case) -> Event:
    """The event that brought the report: in its first case, or in one that it joined."""
    cases = Case.objects.filter(
        Q(reference=report.reference) | Q(pk=case.pk) | Q(merged_into=case.pk)
    )
    events = Event.objects.filter(case__in=cases, kind__in=_BRINGING)
    return events.filter(data__reference=report.reference).order_by("pk")[0]


def _added(case: Case) -> list[Event]:
    """What the one reporter of a case wrote later."""
    if case.reports_count > 1:
        return []
    own = Event.objects.filter(case=case, actor=Event.Actor.RESIDENT)
    return [event for event in own.order_by("seq") if event.data.get("text")]


def _silence(event: Event) -> None:
    event.data |= {"text": ""} | ({"texts": {}} if "texts" in event.data else {})
    event.save(update_fields=["data"])


def _photos(report: Report, case: Case) -> Q:
    own = Q(report=report)
    if case.reports_count > 1:
        return own
    return own | Q(case=case, kind=Photo.Kind.REPORT)


def _copies(report: Report) -> None:
    """What was taken from the words: reasons of proposals, the words of a burst, a landmark."""
    nothing: list[object] = []
    Proposal.objects.filter(report=report).update(services=nothing, reasons=nothing)
    if report.words:
        Burst.objects.filter(words=report.words).update(words="")
    if report.location:
        Landmark.objects.filter(city=report.city_id, words=plain(report.location)).delete()
