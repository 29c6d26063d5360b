"""Accepted without a person: only what the city allows, calm and sure, and while it is right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.intake.transcribing import READ_HEARD
from ngoma.people.permissions import Actor
from ngoma.proposals import alone, quality
from ngoma.records.models import City, Decision, Event, Proposal, Quality, Recording
from ngoma.records.queries.decided import teaching
from ngoma.work import worker
from ngoma.work.queue import put

pytestmark = pytest.mark.django_db
Hear = Callable[..., Receipt]
WORDS = "A deep pothole near the market"


@pytest.fixture
def town(town: Book) -> Book:
    """The small town lets potholes be accepted alone."""
    city = City.objects.get(pk=town.id)
    city.settings["alone"] = ["pothole"]
    city.version += 1
    city.save()
    book.forget()
    return book.book(town.slug)


@pytest.fixture(autouse=True)
def _none_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left to people, so that every report can be counted on."""
    monkeypatch.setattr(alone, "_left", lambda reference: False)


def measured(town: Book, *, sure: int = 200, right: int = 199, days: float = 0.0) -> None:
    """What was proposed as potholes, as if it had been measured."""
    sums = {"decided": sure, "right": right, "sure": sure, "sure_right": right}
    nothing: dict[str, Any] = {"key": "", "now": {}, "before": {}}
    one = {"key": str(town.service_by_code["pothole"].id), "now": sums, "before": {}}
    at = now() - timedelta(days=days)
    figures = {"model": "keywords-1", "whole": nothing, "by": {"proposal": [one]}}
    Quality.objects.create(city_id=town.id, day=at.date(), measured_at=at, figures=figures)


def test_a_calm_report_is_accepted_as_it_is_read(town: Book, hear: Hear) -> None:
    measured(town)
    case = hear(WORDS, email="resident@mail.example").case
    assert (case.state, case.service_id) == ("accepted", town.service_by_code["pothole"].id)
    event = case.events.get(kind="accepted")
    assert (event.actor, event.user_id) == (Event.Actor.SYSTEM, None)
    assert case.department_id
    assert case.due
    decision = Decision.objects.get()
    assert decision.user_id is None
    assert not teaching(town.id).exists(), "nobody has decided"
    quality.measure(town.id)
    latest = quality.newest(town.id)
    assert latest is not None
    assert latest.figures.whole.now.decided == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Something is broken", {}),
        (f"{WORDS}, by a live wire", {}),
        ("street light", {}),
        (f"{WORDS}, you idiots", {}),
        (WORDS, {"service": "light"}),
        ("pothole or street light, light, pothole", {}),
    ],
)
def test_what_is_in_doubt_waits_for_a_person(
    town: Book, hear: Hear, words: str, said: dict[str, Any]
) -> None:
    measured(town)
    assert hear(words, **said).case.state == "received"


def test_what_may_be_a_duplicate_waits_for_a_person(town: Book, hear: Hear) -> None:
    measured(town)
    assert hear(WORDS).case.state == "accepted"
    assert hear(WORDS).case.state == "received"


def test_what_a_machine_understood_of_a_voice_waits_for_a_person(town: Book, hear: Hear) -> None:
    """However sure its reading is: in the same words, written, it would stand."""
    measured(town)
    case = hear("Listen to me").case
    report = case.reports.get()
    Recording.objects.create(
        report=report, path="a/b.ogg", kind="audio/ogg", digest="a", added_at=now(), heard=WORDS
    )
    put(READ_HEARD, {"report": report.pk})
    worker.run_until_idle()
    case.refresh_from_db()
    read = Proposal.objects.latest("pk")
    assert (read.service_id, read.confident) == (town.service_by_code["pothole"].id, True)
    assert case.state == "received"


@pytest.mark.parametrize(
    "how",
    [
        {"sure": 99, "right": 99},
        {"sure": 1000, "right": 979},
        {"days": 2.1},
    ],
)
def test_it_turns_itself_off_where_it_is_not_right_enough_or_not_measured(
    town: Book, hear: Hear, how: dict[str, Any]
) -> None:
    measured(town, **how)
    assert hear(WORDS).case.state == "received"
    (standing,) = alone.standing(town)
    assert standing[:2] == (town.service_by_code["pothole"].id, False)


def test_nothing_is_accepted_that_the_city_has_not_allowed(
    town: Book, hear: Hear, coordinator: Actor
) -> None:
    measured(town)
    city = City.objects.get()
    city.settings["alone"], city.version = [], city.version + 1
    city.save()
    book.forget()
    assert hear(WORDS).case.state == "received"


def test_an_error_that_a_person_puts_right_counts(
    town: Book, hear: Hear, coordinator: Actor
) -> None:
    measured(town)
    case = hear(WORDS).case
    light = town.service_by_code["light"].id
    deciding.correct(actor=coordinator, case_id=case.pk, service_id=light)
    worker.run_until_idle()
    with frozen(now() + timedelta(days=1)):
        quality.measure(town.id)
        latest = quality.newest(town.id)
    assert latest is not None
    (proposed,) = latest.figures.by["proposal"]
    assert (proposed.now.sure, proposed.now.sure_right) == (1, 0)


def test_one_in_ten_is_left_to_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    left = sum(alone._left(f"SML-{n}") for n in range(10_000))
    assert 900 < left < 1100
