"""Reports are read: a proposal with its reasons, danger at once, duplicates nearby."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, merging, working
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.proposals.reading import preview, read
from ngoma.records.models import Burst, Case, Event, Proposal
from ngoma.records.queries.nearby import around_point
from ngoma.triage.reading import MODEL
from tests.casework import MONDAY

pytestmark = pytest.mark.django_db
Hear = Callable[..., Receipt]
METRE = 1 / 111_195
"""Degrees of latitude; at the equator of longitude too."""

HERE = (0.15, 32.05)


def proposal(receipt: Receipt) -> Proposal:
    return Proposal.objects.get(report=receipt.report)


def test_a_report_is_read_into_a_proposal_with_its_reasons(hear: Hear, town: Book) -> None:
    words = "A pothole as deep as my knee"
    made = proposal(hear(words))
    assert made.service_id == town.service_by_code["pothole"].id
    assert made.model == MODEL
    best = made.services[0]
    assert best["service"] == made.service_id
    assert 0 < best["probability"] <= 1
    assert made.confidence == pytest.approx(best["probability"], abs=1e-4)
    word = next(reason for reason in best["reasons"] if reason["kind"] == "word")
    assert words[word["start"] : word["end"]] == word["text"] == "pothole"
    known = {service.id for service in town.services.values()}
    assert {each["service"] for each in made.services} <= known


def test_it_is_noted_on_the_case_and_decides_nothing(hear: Hear) -> None:
    receipt = hear("A pothole")
    event = receipt.case.events.get(kind="proposed")
    assert event.actor == "system"
    assert event.data["proposal"] == proposal(receipt).pk
    assert (receipt.case.state, receipt.case.service_id) == ("received", None)


def test_what_is_not_understood_proposes_nothing_surely(hear: Hear) -> None:
    made = proposal(hear("qwrtz plmk"))
    assert not made.confident
    assert made.urgency == 0


def test_danger_is_seen_and_brings_the_first_answer_forward(hear: Hear) -> None:
    with frozen(MONDAY):
        calm = hear("A pothole").case
        danger = hear("A live wire lies in the road").case
    assert (calm.urgency, danger.urgency) == (0, 2)
    assert danger.answer_due == MONDAY + timedelta(hours=2) < calm.answer_due
    assert danger.due == calm.due
    reasons = Proposal.objects.get(report__case=danger).reasons
    assert "live wire" in {reason["text"] for reason in reasons}


def test_danger_joining_a_calm_case_raises_it(hear: Hear) -> None:
    case = hear("A hole").case
    hear("There is a live wire in it", joins=case.reference)
    case.refresh_from_db()
    assert (case.urgency, case.reports_count) == (2, 2)


def test_what_a_person_has_decided_stays(hear: Hear, coordinator: Actor) -> None:
    case = hear("A pothole", service="pothole").case
    deciding.accept(actor=coordinator, case_id=case.pk)
    hear("A live wire", joins=case.reference)
    case.refresh_from_db()
    assert case.urgency == 0


def test_a_report_is_read_once_however_often_the_job_runs(hear: Hear) -> None:
    receipt = hear("A pothole")
    opened = receipt.case.events.get(kind="opened")
    read(event=opened.pk, case=receipt.case.pk)
    assert Proposal.objects.count() == 1


def duplicates(receipt: Receipt) -> list[int]:
    return [each["case"] for each in proposal(receipt).duplicates]


@pytest.mark.parametrize(("metres", "near"), [(0, True), (45, True), (55, False), (400, False)])
def test_the_same_problem_within_fifty_metres_is_a_duplicate(
    hear: Hear, metres: float, near: bool
) -> None:
    first = hear("A pothole at the bridge")
    second = hear("A pothole by the bridge", lat=HERE[0] + metres * METRE, lon=HERE[1])
    assert duplicates(second) == ([first.case.pk] if near else [])
    if near:
        (found,) = proposal(second).duplicates
        assert found["metres"] == pytest.approx(metres, abs=1)
        assert found["reasons"]


def test_a_case_is_no_duplicate_of_itself_nor_of_what_is_gone(
    hear: Hear, coordinator: Actor, town: Book
) -> None:
    first = hear("A pothole at the bridge", service="pothole").case
    gone = hear("A pothole near the bridge", service="pothole").case
    merging.merge(actor=coordinator, case_id=gone.pk, into=first.pk)
    refused = hear("A pothole under the bridge", service="pothole").case
    deciding.reject(actor=coordinator, case_id=refused.pk, reason="private")
    assert duplicates(hear("A pothole at the bridge")) == [first.pk]


def test_what_was_repaired_is_known_for_a_week(hear: Hear, coordinator: Actor) -> None:
    with frozen(MONDAY):
        case = hear("A pothole at the bridge", service="pothole").case
        deciding.accept(actor=coordinator, case_id=case.pk)
        working.resolve(actor=coordinator, case_id=case.pk, text="Filled.")
    with frozen(MONDAY + timedelta(days=6)):
        assert duplicates(hear("A pothole at the bridge")) == [case.pk]
    Case.objects.exclude(pk=case.pk).update(state="rejected")
    with frozen(MONDAY + timedelta(days=8)):
        assert duplicates(hear("A pothole at the bridge")) == []


def test_in_a_crowd_the_nearest_are_compared(hear: Hear, town: Book) -> None:
    with frozen(MONDAY):
        nearest = hear("A pothole").case
    for number in range(6):
        hear("A pothole", lat=HERE[0] + (20 + number) * METRE)
    rows = around_point(town.id, *HERE, metres=150, at=MONDAY, limit=3)
    assert rows[0]["id"] == nearest.pk
    assert len(rows) == 3


def test_another_city_has_no_duplicates_here(hear: Hear, town: Book) -> None:
    hear("A pothole")
    assert around_point(town.id + 1, *HERE, metres=150, at=MONDAY) == []


@pytest.mark.parametrize("point", [(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (89.99, 179.99)])
def test_the_ends_of_the_world_have_neighbours_too(town: Book, point: Any) -> None:
    assert around_point(town.id, *point, metres=100_000, at=MONDAY) == []


@pytest.mark.parametrize("chosen", ["pothole", None])
def test_an_answer_that_worked_before_is_offered(
    hear: Hear, coordinator: Actor, chosen: str | None
) -> None:
    case = hear("A pothole at the market", service="pothole").case
    deciding.accept(actor=coordinator, case_id=case.pk)
    working.resolve(actor=coordinator, case_id=case.pk, text="We filled it with gravel.")
    made = proposal(hear("A pothole at the school", service=chosen))
    assert case.pk in [answer["case"] for answer in made.answers]
    assert "filled" in [answer["template"] for answer in made.answers]


@pytest.mark.usefixtures("unhurried")
def test_a_preview_reads_the_same_and_writes_nothing(hear: Hear, town: Book) -> None:
    known = hear("A pothole at the bridge").case
    before = {model: model.objects.count() for model in apps.get_models()}
    told = {"words": "A live wire and a pothole", "lat": HERE[0], "lon": HERE[1]}
    preview(town, **told)  # every few seconds a process looks whether its city and model are new
    with CaptureQueriesContext(connection) as asked:
        reading = preview(town, **told, with_answers=True)
    assert [query["sql"].split()[0].upper() for query in asked] == ["SELECT"] * len(asked)
    assert len(asked) <= 3
    assert reading.urgency.level == "now"
    assert [each.case_id for each in reading.duplicates] == [known.pk]
    assert {model: model.objects.count() for model in apps.get_models()} == before


@pytest.mark.usefixtures("unhurried")
def test_a_reading_costs_few_questions(hear: Hear, django_assert_max_num_queries: Any) -> None:
    receipt = hear("A pothole at the bridge")
    Proposal.objects.all().delete()
    opened = Event.objects.get(case=receipt.case, kind="opened")
    with django_assert_max_num_queries(11):
        read(event=opened.pk, case=receipt.case.pk)


def test_a_flood_of_reports_here_is_a_danger_and_one_elsewhere_is_not(
    hear: Hear, town: Book
) -> None:
    service = next(each for each in town.services.values() if each.danger == "soon")
    lat, lon = HERE
    burst = Burst.objects.create(
        city_id=town.id, service_id=service.id, lat=lat, lon=lon, radius_m=400.0, hours=3,
        usual=0.1, chance=1e-9, reports=9, cases=[], words="", found_at=now(), last_at=now(),
    )  # fmt: skip
    said = {"words": service.keywords["en"][0], "service": service.code}
    near = proposal(hear(**said, lat=lat, lon=lon))
    assert (near.urgency, near.reasons[0]["kind"]) == (2, "burst")
    assert proposal(hear(**said, lat=lat + 500 * METRE, lon=lon)).urgency == 1
    burst.ended_at = now()
    burst.save()
    assert proposal(hear(**said, lat=lat, lon=lon)).urgency == 1
