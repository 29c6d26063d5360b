"""Several people share one queue: they take steps back, hold cases, and see what others do."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.casework import deciding, talking
from ngoma.cities.book import Book
from ngoma.people.permissions import staff
from ngoma.records.models import Case, Hold, Membership, Notice, Place, SavedFilter, User

Act = Callable[..., Any]
Told = Callable[..., Case]


@pytest.fixture
def slow(settings: Any) -> None:
    """Ten seconds to undo, as in a running installation."""
    settings.NGOMA_UNDO = 10


def rows(page: str) -> list[str]:
    return re.findall(r'data-reference="(\w+)"', page.split('id="look"')[0])


def test_a_decision_is_taken_back_from_the_page_that_follows(
    coordinator: Client, told: Told, act: Act, slow: None
) -> None:
    case, other = told("A hole"), told("Another hole")
    before = Notice.objects.count()
    answer = act(coordinator, case, "reject", **{"from": "queue"}, reason="private")
    page = coordinator.get(answer["Location"]).content.decode()
    assert 'aria-keyshortcuts="u"' in page
    seq = re.search(r'name="seq" value="(\d+)"', page)
    assert seq
    form = {"seq": seq[1], "from": "queue"}
    answer = coordinator.post(f"/desk/small/cases/{case.reference}/undo/", form)
    page = coordinator.get(answer["Location"]).content.decode()
    assert rows(page) == [case.reference, other.reference]
    assert "taken back" in page
    case.refresh_from_db()
    assert case.state == "received"
    assert Notice.objects.count() == before
    story = coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert "Taken back: Rejected" in story
    assert "<s>Rejected</s>" in story


def test_it_says_why_a_step_can_no_longer_be_taken_back(
    coordinator: Client, told: Told, act: Act, slow: None
) -> None:
    case = told()
    act(coordinator, case, "note", text="First")
    seq = Case.objects.get().version
    act(coordinator, case, "note", text="Second")
    address = f"/desk/small/cases/{case.reference}/undo/"
    page = coordinator.post(address, {"seq": seq}, follow=True).content.decode()
    assert "Something has happened to the case since" in page
    page = coordinator.post(address, {"seq": "1"}, follow=True).content.decode()
    assert "This step cannot be undone." in page


def test_nobody_takes_back_what_somebody_else_did(
    coordinator: Client, at_work: Callable[..., Client], told: Told, act: Act, slow: None
) -> None:
    case = told()
    act(coordinator, case, "accept", service="pothole")
    case.refresh_from_db()
    form = {"seq": case.version}
    answer = at_work("coordinator").post(f"/desk/small/cases/{case.reference}/undo/", form)
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.state == "accepted"


def test_two_people_never_hold_the_same_report(
    coordinator: Client, at_work: Callable[..., Client], told: Told, act: Act
) -> None:
    case, other = told("A hole"), told("Another hole")
    coordinator.get("/desk/small/")
    colleague = at_work("triager")
    page = colleague.get("/desk/small/").content.decode()
    assert f'data-open="{other.reference}"' in page  # the next one that is free
    name = User.objects.get(username__startswith="coordinator").username
    page = colleague.get(f"/desk/small/?case={case.reference}").content.decode()
    assert f"{name} is reading this report." in page
    refused = act(colleague, case, "accept", service="pothole", text="Ours")
    assert refused.status_code == 409
    text = refused.content.decode()
    assert f"{name} holds this report" in text
    assert "Ours" in text
    assert 'name="takeover"' in text
    assert act(colleague, case, "note", text="I see it too").status_code == 302
    answer = act(colleague, case, "accept", service="pothole", takeover="yes")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "accepted"


def test_a_report_is_taken_over(
    coordinator: Client, at_work: Callable[..., Client], told: Told
) -> None:
    case = told()
    coordinator.get("/desk/small/")
    colleague = at_work("triager")
    colleague.post(f"/desk/small/cases/{case.reference}/hold/")
    page = coordinator.get(f"/desk/small/?case={case.reference}").content.decode()
    assert "is reading this report." in page
    assert at_work("auditor").post(f"/desk/small/cases/{case.reference}/hold/").status_code == 403


def test_a_hold_lapses(coordinator: Client, at_work: Callable[..., Client], told: Told) -> None:
    told()
    coordinator.get("/desk/small/")
    Hold.objects.update(until=now() - timedelta(seconds=1))
    assert "is reading this report." not in at_work("triager").get("/desk/small/").content.decode()


def test_who_may_only_look_holds_nothing(at_work: Callable[..., Client], told: Told) -> None:
    told()
    at_work("auditor").get("/desk/small/")
    assert not Hold.objects.exists()


def changes(client: Client, since: str = "", **query: Any) -> tuple[dict[str, Any], str]:
    answer = client.get("/desk/small/live/", {"since": since, **query})
    assert answer["Content-Type"] == "text/event-stream"
    lines = dict(line.split(": ", 1) for line in answer.content.decode().strip().splitlines())
    return msgspec.json.decode(lines["data"]), lines["id"]


# On PostgreSQL readers wait for open transactions, such as that of a test.
@pytest.mark.django_db(transaction=True)
def test_an_open_page_hears_what_comes_changes_and_goes(
    coordinator: Client, told: Told, town: Book
) -> None:
    seen = told("Seen already")
    data, mark = changes(coordinator)
    assert "rows" not in data
    case = told("A new hole")
    data, mark = changes(coordinator, mark)
    assert [row["reference"] for row in data["rows"]] == [case.reference]
    assert "A new hole" in data["rows"][0]["row"]
    assert sum(data["counts"].values()) == 2
    who = staff(User.objects.get())
    talking.answer(actor=who, case_id=seen.pk, text="We look.")
    deciding.accept(actor=who, case_id=case.pk)
    data, again = changes(coordinator, mark)
    assert [row["reference"] for row in data["rows"]] == [seen.reference]
    assert set(data["versions"]) == {seen.reference, case.reference}
    assert changes(coordinator, mark, language="sw")[0]["rows"] == []
    assert changes(coordinator, again)[1] == again


@pytest.mark.django_db(transaction=True)
def test_nothing_of_other_departments_is_heard(
    at_work: Callable[..., Client], told: Told, town: Book
) -> None:
    case = told("Dark lamp", service="light")
    leaf = {each.parent_id for each in town.departments.values()}
    own = next(
        each
        for each in town.departments.values()
        if each.id != case.department_id and each.id not in leaf
    )
    client = at_work("officer", own.code)
    _data, mark = changes(client)
    told("Another dark lamp", service="light")
    data, _ = changes(client, mark)
    assert data["rows"] == []
    assert "dark lamp" not in str(data)


@pytest.mark.django_db(transaction=True)
def test_an_open_page_goes_on_holding_its_case(coordinator: Client, told: Told) -> None:
    case = told()
    coordinator.get("/desk/small/")
    Hold.objects.update(until=now() + timedelta(seconds=1))
    changes(coordinator, holding=case.pk)
    assert Hold.objects.get().until > now() + timedelta(minutes=1)


def test_a_mark_that_makes_no_sense_is_now(coordinator: Client, told: Told) -> None:
    told()
    for mark in ("x", "-", "1-", "9" * 30, "1-2-3"):
        data, _ = changes(coordinator, mark)
        assert "rows" not in data


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["hole", "lamp"]),
        ({"language": "sw"}, ["lamp"]),
        ({"channel": "web"}, ["hole", "lamp"]),
        ({"channel": "sms"}, []),
        ({"channel": "nonsense", "place": "999999", "department": "x"}, ["hole", "lamp"]),
        ({"department": "roads"}, ["hole", "lamp"]),
        ({"department": "front"}, []),
        ({"place": "kasubi"}, ["hole", "lamp"]),
        ({"place": "nsambya"}, []),
        ({"place": "-", "department": "9" * 30}, ["hole", "lamp"]),
    ],
)
def test_one_chooses_what_the_queue_shows(
    coordinator: Client, told: Told, asked: dict[str, str], found: list[str]
) -> None:
    cases = {"hole": told("A hole"), "lamp": told("Taa", service="light", language="sw")}
    Case.objects.filter(pk=cases["hole"].pk).update(urgency=1)
    page = coordinator.get("/desk/small/", asked).content.decode()
    assert set(rows(page)) == {cases[name].reference for name in found}


def test_a_choice_is_kept_through_a_decision(coordinator: Client, told: Told, act: Act) -> None:
    told("A hole")
    lamp = told("Taa", service="light", language="sw")
    fields = {"from": "queue", "choice": "language=sw"}
    answer = act(coordinator, lamp, "accept", service="light", **fields)
    assert answer["Location"] == "/desk/small/?language=sw"


def test_a_choice_is_kept_under_a_name(coordinator: Client, told: Told) -> None:
    told()
    form = {"choice": "language=sw&channel=web", "name": " Swahili "}
    answer = coordinator.post("/desk/small/filters/", form)
    page = coordinator.get(answer["Location"]).content.decode()
    assert 'aria-current="true">Swahili</a>' in page
    kept = SavedFilter.objects.get()
    kept.query = f"place={Place.objects.get(code='nsambya').pk}"  # as it was kept once
    kept.save()
    assert "/desk/small/?place=nsambya" in coordinator.get("/desk/small/").content.decode()
    other = User.objects.create_user("other")
    Membership.objects.create(user=other, city_id=kept.city_id, role="triager")
    stranger = Client(SERVER_NAME="localhost")
    stranger.force_login(other)
    stranger.post(f"/desk/small/filters/{kept.pk}/drop/")
    assert SavedFilter.objects.exists()
    coordinator.post(f"/desk/small/filters/{kept.pk}/drop/")
    assert not SavedFilter.objects.exists()
