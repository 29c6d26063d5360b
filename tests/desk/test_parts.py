"""Parts of a case at the desk: who has one sees the case, and says when it is done."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import Case

Act = Callable[..., Any]


def test_a_part_is_given_seen_and_done(
    coordinator: Client, at_work: Callable[..., Client], told: Callable[..., Case], act: Act,
    town: Book,
) -> None:  # fmt: skip
    case = told()
    act(coordinator, case, "accept", service="pothole")
    helper = at_work("officer", "front")
    address = f"/desk/small/cases/{case.reference}/"
    assert helper.get(address).status_code == 403
    front = town.department_by_code["front"].id
    act(coordinator, case, "task", department=front, text="Ask the shop to move.")
    page = helper.get(address).content.decode()
    assert "Ask the shop to move." in page
    assert "do-resolve" not in page
    assert case.reference in helper.get("/desk/small/work/", {"parts": "1"}).content.decode()
    assert case.reference not in helper.get("/desk/small/work/").content.decode()
    case.refresh_from_db()
    act(helper, case, "end-task", task=case.version, text="They have moved.")
    page = coordinator.get(address).content.decode()
    assert "They have moved." in page
    assert case.reference not in helper.get("/desk/small/work/", {"parts": "1"}).content.decode()


def test_the_way_through_departments_is_shown(
    coordinator: Client, at_work: Callable[..., Client], told: Callable[..., Case], act: Act,
    town: Book,
) -> None:  # fmt: skip
    case = told()
    act(coordinator, case, "accept", service="pothole")
    case.refresh_from_db()
    lead, front = case.department_id or 0, town.department_by_code["front"].id
    officer = at_work("officer")
    for department in (front, lead):
        act(officer, case, "assign", department=department)
    names = [town.departments[each].names["en"] for each in (lead, front, lead)]
    page = officer.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert " → ".join(names) in page
    answer = act(officer, case, "assign", department=front)
    assert answer.status_code == 422
    assert "the coordinator decides where it stays" in answer.content.decode()
    assert case.reference in officer.get("/desk/small/work/", {"passed": "1"}).content.decode()


def test_an_answer_that_worked_is_offered(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    before = told("A deep pothole near the market")
    act(coordinator, before, "accept", service="pothole")
    act(coordinator, before, "resolve", text="We filled it with gravel.")
    case = told("A deep pothole near the school", lat=0.17, lon=32.07)
    page = coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert "We filled it with gravel." in page
