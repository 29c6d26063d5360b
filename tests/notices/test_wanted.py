"""No job is put for an event that nobody waits for."""

import pytest

from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.notices.following import follow
from ngoma.open311.webhooks.subscriptions import add
from ngoma.people.vault import Address
from ngoma.records.models import Job, Place

pytestmark = pytest.mark.django_db
ALWAYS = ["notices.plan", "proposals.read"]


def put_for_a_report(town: Book, key: str, place: str) -> list[str]:
    """The kinds of job that a new report leaves."""
    Job.objects.all().delete()
    submit(
        Submission(book=town, origin="test", key=key, channel="web", words="A hole", place=place)
    )
    return sorted(Job.objects.values_list("kind", flat=True))


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
