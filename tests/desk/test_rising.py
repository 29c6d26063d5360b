"""What rises stands on the board, for those who may see its cases, and what the city has missed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Burst, Case, Outcomes

pytestmark = pytest.mark.django_db
BOARD = "/desk/small/board/"


def burst(town: Book, cases: list[Case], **fields: Any) -> Burst:
    """A burst of holes as the scan keeps it."""
    usual: dict[str, Any] = {
        "lat": 0.15, "lon": 32.05, "radius_m": 200, "hours": 2, "usual": 0.25, "chance": 1e-9,
        "words": "A deep hole opened. It was not there before.", "found_at": now(),
        "last_at": now(),
    }  # fmt: skip
    return Burst.objects.create(
        city_id=town.id,
        service_id=town.service_by_code["pothole"].id,
        reports=len(cases) + 3,
        cases=[case.pk for case in cases],
        **usual | fields,
    )


def test_a_burst_stands_on_the_board_until_it_is_over(
    town: Book, coordinator: Client, told: Callable[..., Case]
) -> None:
    assert "Rising now" not in coordinator.get(BOARD).content.decode()
    cases = [told(f"Hole {n}") for n in range(7)]
    row = burst(town, cases)
    page = coordinator.get(BOARD).content.decode()
    for said in (
        "Rising now", "Hole in the road, West", "Kasubi", "10 reports within 2 hours",
        "usually 0.2", "“A deep hole opened”", "and 2 more", cases[6].reference,
    ):  # fmt: skip
        assert said in page, said
    row.ended_at = now()
    row.save()
    assert "Rising now" not in coordinator.get(BOARD).content.decode()


def test_only_who_may_see_a_case_of_it_hears_of_it(
    town: Book, at_work: Callable[..., Client], told: Callable[..., Case]
) -> None:
    case = told("Hole")
    burst(town, [case])
    own = town.departments[case.department_id or 0].code
    assert "Rising now" in at_work("officer", own).get(BOARD).content.decode()
    assert "Rising now" not in at_work("officer", "front").get(BOARD).content.decode()


@pytest.mark.once
def test_nights_that_are_missed_stand_on_the_board(town: Book, coordinator: Client) -> None:
    night = Outcomes.objects.create(city_id=town.id, department=0, made_at=now(), figures={})
    assert "of the night" not in coordinator.get(BOARD).content.decode()
    night.made_at = now() - timedelta(days=3)
    night.save()
    page = coordinator.get(BOARD).content.decode()
    assert "The figures and the open data of the night were last made" in page
    assert "words that were taken back can still be read" in page


def test_the_board_of_one_department_has_its_work_alone(
    town: Book, coordinator: Client, at_work: Callable[..., Client], told: Callable[..., Case]
) -> None:
    case = told("Hole")
    burst(town, [case])
    own = town.departments[case.department_id or 0].code
    page = coordinator.get(BOARD, {"department": own}).content.decode()
    assert f'<option value="{own}" selected>' in page
    assert f"work/?department={own}" in page
    assert "Rising now" in page
    page = coordinator.get(BOARD, {"department": "front"}).content.decode()
    assert f"work/?department={own}" not in page
    assert "Rising now" not in page
    for wild in ("x", "9" * 30, "-"):
        page = coordinator.get(BOARD, {"department": wild}).content.decode()
        assert f"work/?department={own}" in page
    officer = at_work("officer", own)
    assert "Rising now" in officer.get(BOARD, {"department": "front"}).content.decode()
