"""How well reports are read: counted once a day, by slices, with alarms that are seldom false."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.clock import frozen
from ngoma.casework import deciding
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.proposals import quality
from ngoma.proposals.quality import Figures, Slice, Sums
from ngoma.records.models import City, Decision, Job, Proposal, Quality
from ngoma.triage.comparing import ALARM, WORTH, lower
from ngoma.work import worker
from tests.casework import MONDAY

pytestmark = pytest.mark.django_db
Hear = Callable[..., Receipt]
WEEK = timedelta(weeks=1)


@pytest.fixture
def decide(hear: Hear, town: Book, coordinator: Actor) -> Callable[..., None]:
    """Takes a report in and decides on it, at a moment."""

    def decide(words: str, code: str, at: Any = MONDAY, **said: Any) -> None:
        with frozen(at):
            receipt = hear(words, **said)
            service_id = town.service_by_code[code].id
            deciding.accept(actor=coordinator, case_id=receipt.case.pk, service_id=service_id)
            worker.run_until_idle()

    return decide


def measured(town: Book, at: Any = MONDAY + timedelta(days=1)) -> Figures:
    with frozen(at):
        quality.measure(town.id)
    found = quality.newest(town.id)
    assert found is not None
    return found.figures


def slice_of(figures: Figures, by: str, key: str) -> Slice:
    return next(each for each in figures.by[by] if each.key == key)


def test_what_was_read_rightly_is_counted_by_every_slice(
    town: Book, decide: Callable[..., None]
) -> None:
    decide("A deep pothole in the road", "pothole")
    decide("A deep pothole in the road", "light", channel="sms")
    decide("Omwala guzibye, ekinnya kinene", "pothole", language="lg", channel="sms")
    figures = measured(town)
    assert figures.model == "keywords-1"
    assert figures.whole.now.decided == 3
    right = Decision.objects.filter(service__code="pothole", proposal__service__code="pothole")
    assert figures.whole.now.right == right.count()
    by_channel = {each.key: each.now.decided for each in figures.by["channel"]}
    assert by_channel == {"sms": 2, "web": 1}
    assert slice_of(figures, "channel", "web").now.right == 1
    languages = {each.key: each.now.decided for each in figures.by["language"]}
    noted = Proposal.objects.values_list("language", flat=True)
    assert languages == {each: list(noted).count(each) for each in noted}
    for kind in ("language", "channel", "place", "service"):
        found = figures.by[kind]
        assert sum(each.now.decided for each in found) == 3
        assert sum(each.now.due for each in found) == figures.whole.now.due == 3
    (pothole,) = figures.by["proposal"]
    assert (pothole.now.decided, pothole.now.right) == (2, 1)


def test_weeks_are_compared_with_those_before(town: Book, decide: Callable[..., None]) -> None:
    decide("A deep pothole", "pothole", MONDAY)
    decide("A deep pothole", "pothole", MONDAY + 5 * WEEK)
    whole = measured(town, MONDAY + 6 * WEEK).whole
    assert (whole.now.decided, whole.before.decided) == (1, 1)
    whole = measured(town, MONDAY + 20 * WEEK).whole
    assert (whole.now, whole.before) == (Sums(), Sums())


def test_an_answer_that_did_not_come_is_late(town: Book, hear: Hear) -> None:
    with frozen(MONDAY):
        hear("A deep pothole in the road")
    assert measured(town, MONDAY + timedelta(minutes=1)).whole.now.due == 0
    whole = measured(town, MONDAY + 3 * WEEK).whole.now
    assert (whole.due, whole.in_time) == (1, 0)


def test_a_day_is_measured_once_and_when_it_has_begun(town: Book) -> None:
    midnight = MONDAY.astimezone(town.zone).replace(hour=0, minute=30)
    with frozen(midnight):
        quality.measure_daily()
    assert not Job.objects.exists()
    for _ in range(2):
        with frozen(midnight + timedelta(hours=1)):
            quality.measure_daily()
            quality.measure_daily()
            assert Job.objects.count() <= 1
            worker.run_until_idle()
    assert list(Quality.objects.values_list("city", "day")) == [(town.id, midnight.date())]
    with frozen(midnight + timedelta(days=1, hours=1)):
        quality.measure_daily()
        worker.run_until_idle()
    assert Quality.objects.count() == 2
    newest = quality.newest(town.id)
    assert newest is not None
    assert newest.at.date() == (midnight + timedelta(days=1)).astimezone(newest.at.tzinfo).date()


def test_a_slice_that_falls_and_one_that_waits_longer_are_marked() -> None:
    good, bad = Sums(decided=400, right=340), Sums(decided=400, right=280)
    slices = [
        Slice("lg", Sums(decided=400, right=280, due=400, in_time=300), good),
        Slice("en", Sums(decided=400, right=338, due=1600, in_time=1500), good),
        Slice("sw", Sums(decided=30, right=3, due=30, in_time=0), Sums(decided=30, right=28)),
        Slice("ko", good, bad),
    ]
    quality.mark(slices, Slice("", Sums(due=2030, in_time=1800), Sums()))
    marked = {each.key: (each.fell, each.late) for each in slices}
    assert marked == {
        "lg": (True, True), "en": (False, False), "sw": (False, False), "ko": (False, False),
    }  # fmt: skip


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 500), st.integers(0, 500))
def test_nothing_is_lower_that_is_not_lower_by_enough(
    of: int, right: int, of_before: int, before: int
) -> None:
    right, before = min(right, of), min(before, of_before)
    if lower(right, of, before, of_before, tests=1):
        assert before / of_before - right / of >= WORTH
        assert not lower(before, of_before, right, of, tests=1)
    elif lower(right, of, before, of_before, tests=1000):
        pytest.fail("more tests may not make an alarm")


def test_false_alarms_are_as_rare_as_is_said() -> None:
    """Of 1,000 days with 20 slices of which nothing is wrong, few more than 10 have an alarm."""
    draw = Random(7)
    days = 1000

    def alarm() -> bool:
        def right() -> int:
            return sum(draw.random() < 0.8 for _ in range(60))

        return any(lower(right(), 60, right(), 60, tests=20) for _ in range(20))

    assert sum(alarm() for _ in range(days)) <= 2.5 * ALARM * days


def test_a_city_without_decisions_has_figures_without_any(town: Book) -> None:
    assert quality.newest(town.id) is None
    assert City.objects.get(pk=town.id).slug == town.slug
    figures = measured(town)
    assert figures.whole.now == Sums()
    assert set(figures.by) == set(quality.BY)
    assert not any(figures.by.values())
    assert figures.alarms == []
    assert Quality.objects.get().day == date(2026, 6, 2)
