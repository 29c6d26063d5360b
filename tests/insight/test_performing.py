"""The figures of a city's work are what its events say, and the same when they are made again."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from ngoma.casework import assigning, deciding, merging, rating, working
from ngoma.casework.opening import open_case
from ngoma.cities.book import Book
from ngoma.insight import performing
from ngoma.insight.performing import ANSWER, SOLUTION, bucket, middle
from ngoma.people.permissions import STRANGER, Actor, resident, staff
from ngoma.records.models import Case, Event, Membership, Report, User
from ngoma.records.queries import performance
from ngoma.records.queries.performance import Asked

# Readers of events wait for open transactions, such as that of a test.
pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 5, 30, 6, 0, tzinfo=UTC)


@pytest.fixture
def lived(town: Book) -> list[Case]:
    """Forty cases that went all the ways there are, over two months."""
    user = User.objects.create_user("carol")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    who, draw = staff(user), Random(3)
    cases = [_case(town, number, draw) for number in range(40)]
    for case in cases:
        _live(who, case, town, draw)
    merging.merge(actor=who, case_id=cases[0].pk, into=cases[1].pk)
    while performing.read_batch():
        pass
    return [Case.objects.get(pk=case.pk) for case in cases]


def _case(town: Book, number: int, draw: Random) -> Case:
    service = town.service_by_code[draw.choice(["pothole", "light", "else"])].id
    at = START + timedelta(hours=draw.randrange(24 * 20))
    reference = f"SML{number:06}"
    with open_case(
        actor=STRANGER, book=town, reference=reference, channel="web", service_id=service,
        place_id=draw.choice([None, *town.places]), lat=None, lon=None, at=at,
    ) as case:  # fmt: skip
        Report.objects.create(
            city_id=town.id, case=case, reference=reference, received_at=at, channel="web",
            secret=reference, origin="t", key=reference,
        )  # fmt: skip
    return case


def _live(who: Actor, case: Case, town: Book, draw: Random) -> None:
    at = case.opened_at

    def later() -> datetime:
        nonlocal at
        at += timedelta(hours=draw.randrange(1, 24 * 15))
        return at

    if case.reference.endswith(("0", "1")):
        return
    deciding.accept(actor=who, case_id=case.pk, at=later())
    for _ in range(draw.randrange(4)):
        department = draw.choice(list(town.departments))
        assigning.assign(actor=who, case_id=case.pk, department_id=department, at=later())
    if draw.random() < 0.7:
        working.resolve(actor=who, case_id=case.pk, text="Done", at=later())
        if draw.random() < 0.3:
            working.reopen(actor=who, case_id=case.pk, at=later())
            working.resolve(actor=who, case_id=case.pk, text="Done again", at=later())
        report = Report.objects.get(case=case)
        rating.rate(actor=resident(report), case_id=case.pk, score=draw.randrange(1, 6), at=at)


def test_the_sums_are_those_of_the_cases(lived: list[Case], town: Book) -> None:
    asked = Asked(city_id=town.id, first=0, last=10**6)
    counted = [case for case in lived if case.state != "merged"]
    for by in performance.BY:
        found = {row.key: row for row in performance.work(asked, by)}
        expected = Counter(_key(town, case, by) for case in counted)
        assert {key: row.cases for key, row in found.items()} == expected
        for key, row in found.items():
            of_key = [case for case in counted if _key(town, case, by) == key]
            assert row.solved == sum(case.resolved_at is not None for case in of_key)
            assert row.transfers == sum(case.transfers for case in of_key)
            assert row.passed_on == sum(case.transfers > 2 for case in of_key)
            assert row.reopened == sum(case.reopenings > 0 for case in of_key)
            stars = Counter(case.rating for case in of_key)
            assert row.stars == tuple(stars[number] for number in range(1, 6))


def _key(town: Book, case: Case, by: str) -> int:
    if by == "month":
        local = case.opened_at.astimezone(town.zone)
        return local.year * 12 + local.month - 1
    if by == "place":
        chain = town.chain(case.place_id)
        return chain[-2] if len(chain) > 1 else chain[-1] if chain else 0
    return getattr(case, f"{by}_id") or 0


def test_the_times_are_those_of_the_events(lived: list[Case], town: Book) -> None:
    asked = Asked(city_id=town.id, first=0, last=10**6)
    spans: dict[int, Counter[int]] = {ANSWER: Counter(), SOLUTION: Counter()}
    for (_key, which), buckets in performance.spans(asked, "service").items():
        spans[which].update(buckets)
    expected: dict[int, Counter[int]] = {ANSWER: Counter(), SOLUTION: Counter()}
    for case in lived:
        if case.state == "merged":
            continue
        events = Event.objects.filter(case=case).order_by("seq")
        answers = events.filter(kind="accepted").values_list("at", flat=True)
        solved = events.filter(kind="resolved").values_list("at", flat=True)
        for which, at in ((ANSWER, answers.first()), (SOLUTION, solved.last())):
            if at is not None:
                worked = town.calendar.between(case.opened_at, at).total_seconds() / 60
                expected[which][bucket(worked)] += 1
    assert spans == expected


def test_making_them_again_makes_the_same(lived: list[Case], town: Book) -> None:
    asked = Asked(city_id=town.id, first=0, last=10**6)

    def figures() -> list[Any]:
        return [
            (performance.work(asked, by), performance.spans(asked, by)) for by in performance.BY
        ]

    before = figures()
    performing.rebuild(lambda done: None)
    assert figures() == before


@pytest.mark.parametrize("minutes", [0, 0.5, 1, 7, 60, 480, 10_000, 250_000])
def test_a_bucket_is_right_to_four_and_a_half_percent(minutes: float) -> None:
    assert abs(middle(bucket(minutes)) + 1 - (minutes + 1)) <= 0.0445 * (minutes + 1)
