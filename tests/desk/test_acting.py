"""What a form does to a case, and what it says when it cannot."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from ngoma.cities.book import Book
from ngoma.records.models import Case, Event, State, User
from ngoma.records.queries.photos import url

Act = Callable[..., Any]


def test_an_accepted_report_leaves_the_queue_and_the_next_one_opens(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    first, second = told("The first hole"), told("The second hole")
    answer = act(coordinator, first, "accept", **{"from": "queue"}, service="pothole")
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/small/?case={second.reference}"
    page = coordinator.get(answer["Location"]).content.decode()
    assert "Accepted." in page
    assert f'data-reference="{first.reference}"' not in page
    first.refresh_from_db()
    assert first.state == State.ACCEPTED
    assert first.service.code == "pothole"


def test_a_service_is_chosen_by_its_name_in_the_language_of_the_desk(
    at_work: Callable[..., Client], told: Callable[..., Case], act: Act, town: Book
) -> None:
    case = told(service=None, words="No idea what this is")
    name = town.service_by_code["light"].names["sw"]
    act(at_work("triager", language="sw"), case, "accept", service=name.upper())
    case.refresh_from_db()
    assert case.service.code == "light"


def test_who_decides_on_an_old_page_is_shown_what_happened(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told()
    seen = case.version
    act(coordinator, case, "note", text="I go and look")
    answer = act(coordinator, case, "reject", version=seen, reason="private", text="Not ours")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this case" in page
    assert "I go and look" in page
    assert "Not ours" in page  # what was typed is still there
    case.refresh_from_db()
    assert case.state == State.RECEIVED


@pytest.mark.parametrize(
    ("name", "fields", "says"),
    [
        ("accept", {"service": "no such thing"}, "Choose a service from the list."),
        ("reject", {"reason": "no such reason"}, "Choose a reason from the list."),
        ("refer", {"body": ""}, "Choose a body from the list."),
        ("answer", {"text": "  "}, "Write something first."),
        ("ask", {"text": "x" * 4001}, "The text is too long"),
        ("assign", {"department": ""}, "Choose a department."),
        ("assign", {"department": "999999"}, "Choose a department from the list."),
        ("assign", {"department": "1; DROP"}, "Choose a department from the list."),
        ("correct", {"position": "there"}, "Write the position as two numbers"),
        ("correct", {"position": "51.5, -0.1"}, "That position lies outside the city."),
        ("correct", {"urgency": "9"}, "Choose how urgent it is."),
        ("merge", {"into": "nonsense"}, "There is no case with that reference"),
        ("split", {"report": "999999"}, "That report is no longer part of this case."),
        ("hide", {"photo": "999999"}, "That photo is no longer part of this case."),
    ],
)
def test_a_form_that_makes_no_sense_says_what_to_do(
    coordinator: Client,
    told: Callable[..., Case],
    act: Act,
    name: str,
    fields: dict[str, str],
    says: str,
) -> None:
    case = told()
    before = Event.objects.filter(case=case).count()
    for origin in ("case", "queue"):
        answer = act(coordinator, case, name, **{"from": origin}, **fields)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert Event.objects.filter(case=case).count() == before


def test_a_step_that_the_state_forbids_is_refused_in_words(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    answer = act(coordinator, told(), "start")
    assert answer.status_code == 409
    assert "in the state “New”" in answer.content.decode()


def test_a_case_lives_its_whole_life_at_the_desk(
    coordinator: Client, told: Callable[..., Case], act: Act, town: Book
) -> None:
    case = told()
    officer = User.objects.get(username__startswith="coordinator")
    roads = town.department_by_code["roads"].id
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("ask", {"text": "Which side of the road?"}, "waiting"),
        ("inform", {"text": "The left side"}, "received"),
        ("accept", {"service": "pothole", "urgency": "1"}, "accepted"),
        ("assign", {"department": str(roads), "user": str(officer.pk)}, "accepted"),
        ("start", {}, "in_progress"),
        ("answer", {"text": "We come on Thursday."}, "in_progress"),
        ("note", {"text": "Bring tar"}, "in_progress"),
        ("resolve", {"text": "Filled", "photos": _photo()}, "resolved"),
        ("reopen", {"text": "It sank again"}, "accepted"),
        ("resolve", {"text": "Filled deeper"}, "resolved"),
        ("close", {}, "closed"),
    ]
    for name, fields, state in steps:
        assert act(coordinator, case, name, **fields).status_code == 302, name
        case.refresh_from_db()
        assert case.state == state, name
    page = coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    for said in ("Which side of the road?", "The left side", "We come on Thursday.", "Bring tar",
                 "Filled deeper", "It sank again"):  # fmt: skip
        assert said in page
    assert "-480.jpg" in page


def test_a_file_that_is_no_photo_is_refused_in_words(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told()
    act(coordinator, case, "accept", service="pothole")
    answer = act(coordinator, case, "resolve", text="Done", photos=io.BytesIO(b"%PDF-1.7"))
    assert answer.status_code == 422
    assert "not a photo" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == State.ACCEPTED


def test_a_proposed_duplicate_is_merged_and_leads_to_the_other(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    first = told("A deep hole in the road at the market")
    second = told("A deep hole in the road at the market gate", lat=0.1501, lon=32.0501)
    page = coordinator.get(f"/desk/small/?case={second.reference}").content.decode()
    assert "may be the same problem" in page
    act(coordinator, second, "merge", into=first.reference)
    second.refresh_from_db()
    assert second.merged_into_id == first.pk
    followed = coordinator.get(f"/desk/small/cases/{second.reference}/")
    assert followed["Location"].endswith(f"/cases/{first.reference}/")


def test_a_report_of_another_problem_is_taken_out_of_a_case(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told()
    told("Another hole, further on", joins=case.reference)
    other = case.reports.exclude(reference=case.reference).get()
    first = case.reports.get(reference=case.reference)
    assert act(coordinator, case, "split", report=first.pk).status_code == 422
    assert act(coordinator, case, "split", report=other.pk).status_code == 302
    assert case.reports.get() == first
    assert Case.objects.get(reference=other.reference).reports.get() == other


def test_words_and_photos_are_taken_back_from_the_public(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told(photos=(_photo().getvalue(),))
    report = case.reports.get()
    photo = report.photos.get()
    act(coordinator, case, "redact", report=report.pk, words="A pothole")
    act(coordinator, case, "hide", photo=photo.pk)
    report.refresh_from_db()
    photo.refresh_from_db()
    assert (report.public_words, photo.public) == ("A pothole", False)
    assert report.words == "A pothole near the market"


def test_a_photo_taken_back_is_served_to_staff_alone(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told(photos=(_photo().getvalue(),))
    photo = case.reports.get().photos.get()
    reader, addresses = Client(SERVER_NAME="localhost"), [url(photo.name), url(photo.name, "small")]
    assert [reader.get(each).status_code for each in addresses] == [200, 200]
    act(coordinator, case, "hide", photo=photo.pk)
    for address in addresses:
        assert reader.get(address).status_code == 404
        assert "no-store" in coordinator.get(address)["Cache-Control"]


def _photo() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(file, "JPEG")
    file.name = "after.jpg"
    file.seek(0)
    return file
