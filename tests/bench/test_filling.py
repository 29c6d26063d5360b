"""A made-up city is like a real one: every row the fold of its events, most cases closed."""

import pytest

from bench import filling, staff
from ngoma.base.clock import now
from ngoma.casework.fold import replay
from ngoma.casework.rebuild import FIELDS
from ngoma.cities.book import book_of, forget
from ngoma.cities.load import load
from ngoma.records.models import Case, Event, Photo, Proposal, Report
from ngoma.settings.prepared import PACKS

COUNT = 300


@pytest.fixture
def cases(db: None) -> list[Case]:
    forget()
    book = book_of(load(PACKS / "kampala").pk)
    clerk = staff.hire(book.id)
    filling.fill(book, COUNT, until=now(), staff=clerk.pk, advance=lambda _: None)
    return list(Case.objects.order_by("pk"))


def test_a_made_up_city_is_the_fold_of_its_events(cases: list[Case]) -> None:
    assert len(cases) == COUNT
    for case in cases:
        events = list(Event.objects.filter(case=case).order_by("seq"))
        row = replay(case, events)
        assert [getattr(row, name) for name in FIELDS] == [getattr(case, name) for name in FIELDS]
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].at <= now()
        told = [event.data["reference"] for event in events if event.kind in ("opened", "joined")]
        reports = Report.objects.filter(case=case).order_by("pk")
        assert told == list(reports.values_list("reference", flat=True))
        assert case.reports_count == len(told)
        assert Proposal.objects.filter(report=reports[0]).count() == 1

    states = [case.state for case in cases]
    assert states.count("closed") > COUNT / 2
    assert {"rejected", "referred", "resolved"} <= set(states)
    assert Photo.objects.filter(kind="after").exists()
