"""No job is put for an event that nobody waits for."""

import pytest

from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.notices.following import follow
from ngoma.open311.webhooks.subscriptions import add
from ngoma.people.vault import Address
from ngoma.records.models import Case, Job, Place

pytestmark = pytest.mark.django_db
ALWAYS = ["proposals.read"]


def put_for_a_report(town: Book, key: str, place: str, **more: str) -> list[str]:
    """The kinds of job that a new report leaves."""
    Job.objects.all().delete()
    told = {"channel": "web", "words": "A hole", "place": place} | more
    submit(Submission(book=town, origin="test", key=key, **told))
    return sorted(Job.objects.values_list("kind", flat=True))


def test_a_reporter_is_told_who_left_an_address(town: Book) -> None:
    planned = sorted([*ALWAYS, "notices.plan"])
    assert put_for_a_report(town, "1", "kasubi") == ALWAYS
    assert put_for_a_report(town, "2", "kasubi", email="ana@example.org") == planned
    case = Case.objects.latest("pk")
    assert put_for_a_report(town, "3", "kasubi", joins=case.reference) == planned
    other = Case.objects.earliest("pk")
    assert put_for_a_report(town, "4", "kasubi", joins=other.reference) == ALWAYS
    assert (case.reports.count(), other.reports.count()) == (2, 2)


def test_followers_and_programs_are_told_where_there_are_some(town: Book) -> None:
    assert put_for_a_report(town, "1", "kasubi") == ALWAYS
    parent = Place.objects.get(code="kasubi").parent
    follow(town.id, Address("email", "a@example.org"), language="en", place=parent)
    assert put_for_a_report(town, "2", "kasubi") == sorted([*ALWAYS, "notices.tell"])
    add(town.id, "https://example.org/hook", ["resolved"])
    assert put_for_a_report(town, "3", "kasubi") == sorted([*ALWAYS, "notices.tell"])
    add(town.id, "https://example.org/other", ["opened"])
    both = sorted([*ALWAYS, "notices.tell", "webhooks.announce"])
    assert put_for_a_report(town, "4", "kasubi") == both
