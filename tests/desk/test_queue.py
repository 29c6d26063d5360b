"""The queue: its order, its pages, and what it shows of a report."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Case
from ngoma.records.queries import queue


def _order(page: str) -> list[str]:
    return [piece.split('"', 1)[0] for piece in page.split('data-reference="')[1:]]


def test_danger_comes_first_then_what_is_due_soonest(
    coordinator: Client, told: Callable[..., Case]
) -> None:
    old = told("An old hole", at=now() - timedelta(days=20))
    new = told("A new hole")
    danger = told("A live cable has fallen on the path and children play there", service="light")
    Case.objects.filter(pk=danger.pk).update(urgency=2)
    page = coordinator.get("/desk/small/").content.decode()
    assert _order(page) == [danger.reference, old.reference, new.reference]


def test_every_case_is_found_by_going_on(
    coordinator: Client, told: Callable[..., Case], town: Book
) -> None:
    for number in range(7):
        case = told(f"Hole {number}")
        Case.objects.filter(pk=case.pk).update(urgency=number % 3)
    waiting = queue.Waiting(town.id, None, now() + timedelta(days=400))
    everything = [row.id for row in queue.page(waiting, limit=50)]
    paged, after = [], None
    while rows := queue.page(waiting, after=after, limit=2):
        paged += [row.id for row in rows]
        after = waiting.key(rows[-1])
    assert paged == everything
    assert len(set(paged)) == 7
    assert sum(queue.counts(waiting).values()) == 7


def test_a_key_that_makes_no_sense_is_the_top(
    coordinator: Client, told: Callable[..., Case]
) -> None:
    case = told()
    for after in ("nonsense", "new~yesterday~1", "danger~2026-01-01T00:00:00Z~x", "~~"):
        page = coordinator.get("/desk/small/", {"after": after}).content.decode()
        assert _order(page) == [case.reference]


def test_a_script_is_given_the_part_it_asks_for(
    coordinator: Client, told: Callable[..., Case]
) -> None:
    case = told("A hole with <b>marks</b>")
    address = f"/desk/small/?case={case.reference}"
    part = coordinator.get(address, headers={"HX-Request": "true", "HX-Target": "look"})
    text = part.content.decode()
    assert text.strip().startswith('<div id="look"')
    assert "&lt;b&gt;marks" in text
    assert part["Cache-Control"] == "no-store, private"


def test_a_script_whose_login_has_ended_is_sent_to_the_login(town: Book) -> None:
    answer = Client(SERVER_NAME="localhost").get(
        "/desk/small/", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/desk/x"}
    )
    assert answer["HX-Redirect"] == "/desk/login/?next=%2Fdesk%2Fx"


def test_an_empty_queue_says_so(coordinator: Client) -> None:
    assert "Nothing waits" in coordinator.get("/desk/small/").content.decode()


def test_reasons_are_marked_in_the_words(coordinator: Client, told: Callable[..., Case]) -> None:
    told("There is a pothole here")
    assert "<mark>pothole</mark>" in coordinator.get("/desk/small/").content.decode()


# The index of words never reads past a transaction that is open, such as that of a test.
@pytest.mark.django_db(transaction=True)
def test_the_list_finds_by_words_reference_and_filters(
    coordinator: Client, told: Callable[..., Case], town: Book
) -> None:
    case, other = told("A pothole at 50%_off shop"), told("Dark lamp", service="light")
    find = "/desk/small/work/"
    assert coordinator.get(find, {"q": case.reference.lower()})["Location"].endswith(
        f"/cases/{case.reference}/"
    )
    for asked, there, absent in (
        ({"q": "POTHOLE shop"}, "50%_off", "Dark lamp"),
        ({"q": "50%_off"}, "50%_off", "Dark lamp"),
        ({"service": "light"}, "Dark lamp", "50%_off"),
        ({"department": town.departments[other.department_id or 0].code}, "Dark lamp", "50%_off"),
        ({"state": "closed"}, "No case fits", "Dark lamp"),
        ({"late": "1"}, "No case fits", "Dark lamp"),
        ({"assignee": "me"}, "No case fits", "Dark lamp"),
        ({"place": "east"}, "No case fits", "Dark lamp"),
    ):
        page = coordinator.get(find, asked).content.decode()
        assert there in page, asked
        assert absent not in page.split("<h1>")[1], asked
    wild = {"service": "x", "place": "-", "department": "9" * 30, "assignee": "x", "state": "x"}
    page = coordinator.get(find, wild).content.decode()
    assert "50%_off" in page
    assert "Dark lamp" in page


def test_the_board_counts_what_each_department_has(
    coordinator: Client, told: Callable[..., Case]
) -> None:
    told("Late", at=now() - timedelta(days=60))
    page = coordinator.get("/desk/small/board/").content.decode()
    assert "late=1" in page
    assert "Roads" in page


def test_a_report_is_taken_down_for_a_caller(coordinator: Client, town: Book) -> None:
    form = coordinator.get("/desk/small/call/").content.decode()
    key = form.split('name="key" value="')[1].split('"')[0]
    typed = {"words": "A hole, says the caller", "location": "Kasubi", "key": key, "service": "",
             "phone": "nonsense", "language": "sw"}  # fmt: skip
    refused = coordinator.post("/desk/small/call/", typed)
    assert refused.status_code == 422
    assert "does not look like a phone number" in refused.content.decode()
    assert "A hole, says the caller" in refused.content.decode()
    typed |= {"phone": "+256700000001", "service": town.service_by_code["pothole"].names["en"]}
    first, again = (coordinator.post("/desk/small/call/", typed) for _ in range(2))
    assert first["Location"] == again["Location"]
    case = Case.objects.get()
    report = case.reports.get()
    assert (report.channel, report.contact.language) == ("call", "sw")
    assert case.service.code == "pothole"


def test_flags_are_shown_with_their_rule_and_filter_the_queue(
    coordinator: Client, told: Callable[..., Case]
) -> None:
    plain = told("A hole")
    rude = told("You idiots, a journalist will hear of this lamp", service="light")
    page = coordinator.get("/desk/small/", {"case": rude.reference}).content.decode()
    for said in ("Insults", "<mark>You idiots</mark>", "Tell the press office first."):
        assert said in page
    assert "Told and answered before" not in page  # a reason whose rule found nothing
    page = coordinator.get("/desk/small/", {"rule": "insult"}).content.decode()
    assert _order(page) == [rude.reference]
    page = coordinator.get("/desk/small/", {"rule": "%"}).content.decode()
    assert set(_order(page)) == {plain.reference, rude.reference}
