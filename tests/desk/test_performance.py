"""Board and performance: who may see them, what they say, and the files beside."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ngoma.cities.book import Book
from ngoma.insight import performing
from ngoma.records.models import Case, User

Told = Callable[..., Case]
Act = Callable[..., Any]
PAGE = "/desk/small/performance/"
# Readers of events wait for open transactions, such as that of a test.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def solved(coordinator: Client, told: Told, act: Act) -> list[Case]:
    """Six potholes, solved at once, and a lamp that waits."""
    cases = [told(f"Hole {number}") for number in range(6)]
    for case in cases:
        act(coordinator, case, "accept", service="pothole")
        act(coordinator, case, "resolve", text="Filled")
    told("Dark lamp", service="light")
    while performing.read_batch():
        pass
    return cases


def test_figures_are_shown_and_come_as_files(coordinator: Client, solved: Any) -> None:
    page = coordinator.get(PAGE).content.decode()
    for said in ("Solved in time", "Hole in the road", "Kasubi", "By department", "<svg"):
        assert said in page
    answer = coordinator.get(PAGE, {"csv": "service"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    hole, lamp = table
    assert (hole["name"], hole["cases"], hole["solved"]) == ("Hole in the road", "6", "6")
    assert hole["solution_median_minutes"] == "0"
    assert (lamp["cases"], lamp["solved"], lamp["solution_median_minutes"]) == ("1", "0", "")
    assert coordinator.get(PAGE, {"csv": "secrets"}).status_code == 404


def test_filters_leave_less(coordinator: Client, solved: Any, town: Book) -> None:
    page = coordinator.get(PAGE, {"service": "light"}).content.decode()
    assert "Street light" in page.split("By service")[1]
    assert "Hole in the road" not in page.split("By service")[1]
    assert (
        "No case fits"
        in coordinator.get(PAGE, {"from": "2001-01", "to": "2001-12"}).content.decode()
    )
    for wild in ({"from": "x", "to": "9999999-13"}, {"service": "x", "place": "9" * 30}):
        assert coordinator.get(PAGE, wild).status_code == 200


def test_a_place_that_can_be_chosen_leaves_what_is_in_it(coordinator: Client, solved: Any) -> None:
    page = coordinator.get(PAGE).content.decode()
    offered = page.split('name="place"')[1].split("</select>")[0]
    assert 'value="kasubi"' in offered
    table = coordinator.get(PAGE, {"place": "kasubi", "csv": "month"}).content.decode("utf-8-sig")
    assert [row["cases"] for row in csv.DictReader(io.StringIO(table))] == ["7"]
    assert "No case fits" in coordinator.get(PAGE, {"place": "nsambya"}).content.decode()


def test_supervisors_see_their_departments_alone(
    at_work: Callable[..., Client], solved: list[Case], town: Book
) -> None:
    code = town.departments[solved[0].department_id or 0].code
    lead = at_work("supervisor", code)
    table = lead.get(PAGE, {"csv": "department"}).content.decode("utf-8-sig")
    assert len(table.splitlines()) == 2
    other = at_work("supervisor", "front")
    assert "Hole in the road" not in other.get(PAGE, {"csv": "service"}).content.decode()
    front = {"department": "front", "csv": "service"}
    assert lead.get(PAGE, front).content == lead.get(PAGE, {"csv": "service"}).content


@pytest.mark.parametrize("role", ["agent", "triager", "officer", "crew"])
def test_others_see_no_figures(at_work: Callable[..., Client], town: Book, role: str) -> None:
    client = at_work(role)
    assert client.get(PAGE).status_code == 403
    assert "performance/" not in client.get("/desk/small/board/").content.decode()


def test_the_board_tells_leaders_of_everybody_and_others_of_themselves(
    coordinator: Client, at_work: Callable[..., Client], told: Told, act: Act
) -> None:
    officer = at_work("officer")
    user = User.objects.get(username__startswith="officer")
    User.objects.filter(pk=user.pk).update(first_name="Opio")
    case = told()
    act(coordinator, case, "accept", service="pothole")
    case.refresh_from_db()
    act(coordinator, case, "assign", department=case.department_id, user=user.pk)
    assert "Opio" in coordinator.get("/desk/small/board/").content.decode()
    assert "By person" in officer.get("/desk/small/board/").content.decode()
    assert "By person" not in at_work("officer").get("/desk/small/board/").content.decode()
