"""Merges teach: which of the cases proposed as the same problem were the same, and why."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.proposals import in_use, merging, training
from ngoma.proposals.reading import preview
from ngoma.records.models import Case, Decision, Learned, Proposal
from ngoma.records.queries.photos import likenesses
from ngoma.triage.sameness import BY_HAND
from tests.intake import INSIDE
from tests.intake.pictures import encoded
from tests.triage.test_duplicates import again, street

pytestmark = pytest.mark.django_db
Hear = Callable[..., Receipt]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    in_use.look_again()


@pytest.fixture
def decide(hear: Hear, town: Book, coordinator: Actor) -> Callable[[int], Case]:
    """Writes down decisions of a city that merges what has like photos, and only that: words and
    nearness, by which the machine goes, say nothing there."""
    first, report = hear("A pothole").case, hear("Something else").report

    def decide(number: int) -> Case:
        for n in range(number):
            same = n % 2 == 0
            reasons = [
                {"kind": "word", "weight": 4.0 - 4 * same},
                {"kind": "place", "weight": -0.1},
            ]
            reasons += [{"kind": "photo", "weight": 1.5}] if same else []
            Decision.objects.create(
                proposal=Proposal.objects.create(
                    report=report,
                    created_at=now(),
                    model="keywords-1",
                    confidence=0.0,
                    confident=False,
                    services=[],
                    reasons=[],
                    urgency=0,
                    duplicates=[{"case": first.pk, "probability": 0.5, "reasons": reasons}],
                ),
                kind=Decision.Kind.ACCEPTED,
                at=now() + timedelta(seconds=n),
                user_id=coordinator.user_id,
                urgency=0,
                merged_into=first if same else None,
            )
        return first

    return decide


def test_what_people_merge_is_more_likely_from_then_on(
    town: Book, decide: Callable[[int], Case]
) -> None:
    decide(2 * merging.LEAST - 2)
    assert merging.known_pairs(town) == []
    assert training.learn(town) == []
    decide(60)
    (row,) = training.learn(town)
    assert (row.task, row.decisions, row.used_at is not None) == ("same", 158, True)
    assert row.figures["after"]["cost"] < row.figures["before"]["cost"]
    assert "used from now on" in training.told(row)
    weights = in_use.weights_of(town.id)
    word, photo = weights.factors[2], weights.factors[4]
    assert word < 0.6 < 1 < photo
    (again_row,) = training.learn(town)
    assert (again_row.used_at, again_row.data) == (None, None), "no better than itself"
    assert training.withdraw(town, Learned.Task.SAME) == row
    assert in_use.weights_of(town.id) == BY_HAND


@pytest.mark.once
def test_a_case_that_the_person_found_alone_teaches_nothing(
    town: Book, decide: Callable[[int], Case], hear: Hear
) -> None:
    decide(2 * merging.LEAST)
    pairs = merging.known_pairs(town)
    Decision.objects.update(merged_into=hear("Another").case)
    assert len(pairs) == 2 * merging.LEAST
    assert merging.known_pairs(town) == []


def test_photos_of_one_thing_are_proposed_before_the_same_words(hear: Hear, town: Book) -> None:
    photo, words = street(3), "Kino ekinnya kinene nnyo"
    seen = hear("By the gate", service="pothole", photos=(encoded(photo, "JPEG"),)).case
    said = hear(words, service="pothole").case
    copy = encoded(again(photo).convert("RGB"), "JPEG")
    report = hear(words, service="pothole", photos=(copy,)).report
    first, second = Proposal.objects.get(report=report).duplicates[:2]
    assert (first["case"], second["case"]) == (seen.pk, said.pk)
    assert "photo" in {reason["kind"] for reason in first["reasons"]}
    bits = likenesses(report.photos.values_list("name", flat=True))
    asked = preview(town, words=words, pictures=bits, except_case=report.case_id, **INSIDE)
    assert asked.duplicates[0].case_id == seen.pk
