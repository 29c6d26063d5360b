"""“For you”: mentions, assignments and reminders at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import Alert, Case, Notice, User
from ngoma.work.worker import run_until_idle

Act = Callable[..., Any]


@pytest.fixture
def colleague(at_work: Callable[..., Client]) -> Client:
    """Somebody who can be mentioned."""
    client = at_work("supervisor")
    User.objects.filter(username__startswith="supervisor").update(
        username="akello", first_name="Akello", email="akello@example.org"
    )
    return client


def test_who_is_mentioned_is_told(
    coordinator: Client, colleague: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told("A hole")
    act(coordinator, case, "note", text="What do you think, @akello? (mail@nowhere.example)")
    run_until_idle()
    page = colleague.get("/desk/small/").content.decode()
    assert "1<span" in page
    inbox = colleague.get("/desk/small/inbox/").content.decode()
    assert "mentions you" in inbox
    assert "What do you think" in inbox
    notice = Notice.objects.get(user__isnull=False)
    assert "What do you think" not in notice.text
    assert f"/desk/small/cases/{case.reference}/" not in notice.text  # filled in when it is sent
    colleague.get(f"/desk/small/cases/{case.reference}/")
    assert not Alert.objects.filter(read_at=None).exists()
    assert "mentions you in a note" not in coordinator.get("/desk/small/inbox/").content.decode()


def test_nobody_is_drawn_into_a_case_that_they_may_not_see(
    coordinator: Client, at_work: Callable[..., Client], told: Callable[..., Case], act: Act
) -> None:
    case = told()
    at_work("officer", "front")
    name = User.objects.get(username__startswith="officer").username
    answer = act(coordinator, case, "note", text=f"@{name} look")
    assert answer.status_code == 422
    assert "may not see this case" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@nobody look", "Nobody here has the name"),
        ("Ask @akello and @akelo.", "Nobody here has the name"),
        (" ".join(f"@n{n}" for n in range(21)), "20 colleagues at most"),
    ],
)
def test_a_name_that_nobody_has_is_told_at_once(
    coordinator: Client,
    colleague: Client,
    told: Callable[..., Case],
    act: Act,
    text: str,
    said: str,
) -> None:
    case = told()
    answer = act(coordinator, case, "note", text=text)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert text in answer.content.decode(), "what was written stays"
    assert not case.events.filter(kind="noted").exists()


def test_who_is_assigned_and_whose_department_has_a_part_is_told(
    coordinator: Client, colleague: Client, told: Callable[..., Case], act: Act,
    at_work: Callable[..., Client], town: Book,
) -> None:  # fmt: skip
    case = told()
    user = User.objects.get(username="akello")
    act(coordinator, case, "assign", department=case.department_id, user=user.pk, text="Yours")
    helper = at_work("officer", "front")
    front = town.department_by_code["front"].id
    act(coordinator, case, "task", department=front, text="Call the shop")
    run_until_idle()
    assert "assigned it to you" in colleague.get("/desk/small/inbox/").content.decode()
    page = helper.get("/desk/small/inbox/").content.decode()
    assert "gives your department a part" in page
    assert "Call the shop" in page


def test_all_are_read_and_mail_is_switched_off(
    coordinator: Client, colleague: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told()
    colleague.post("/desk/small/inbox/mail/", {})
    act(coordinator, case, "note", text="@akello one")
    run_until_idle()
    assert not Notice.objects.filter(user__isnull=False).exists()
    colleague.post("/desk/small/inbox/read/")
    assert "All read" not in colleague.get("/desk/small/inbox/").content.decode()


def test_an_empty_inbox_says_what_it_is_for(coordinator: Client) -> None:
    assert "Nothing for you" in coordinator.get("/desk/small/inbox/").content.decode()


def test_a_referral_is_handed_on_by_mail_without_who_reported(
    coordinator: Client, told: Callable[..., Case], act: Act, town: Book
) -> None:
    case = told("Wires hang low, says Okello, 0772 123456", email="o@example.org")
    act(coordinator, case, "refer", body="power", text="Yours, we think.")
    run_until_idle()
    notice = Notice.objects.get(body="power")
    assert "Wires hang low" in notice.text
    assert "Yours, we think." in notice.text
    for private in ("123456", "o@example.org"):
        assert private not in notice.text
    assert Notice.objects.filter(body="power").count() == 1


def test_an_alert_tells_no_words_of_a_case_that_others_have_now(
    coordinator: Client, at_work: Callable[..., Client], told: Callable[..., Case], act: Act,
    town: Book,
) -> None:  # fmt: skip
    case = told("Secret words of a neighbour")
    officer = at_work("officer", case.department.code if case.department else "")
    name = User.objects.get(username__startswith="officer").username
    act(coordinator, case, "note", text=f"He is known to us, @{name}")
    run_until_idle()
    inbox = officer.get("/desk/small/inbox/").content.decode()
    assert "Secret words" in inbox
    assert "known to us" in inbox
    act(coordinator, case, "accept", service="pothole")
    act(coordinator, case, "assign", department=town.department_by_code["front"].id)
    inbox = officer.get("/desk/small/inbox/").content.decode()
    assert "mentions you" in inbox
    assert "Secret words" not in inbox
    assert "known to us" not in inbox
