"""What a form does to a case, and what it says when it cannot."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Case, Event, Job, State, User
from ngoma.records.queries.photos import inside_url, public_path, url
from ngoma.work.worker import run_until_idle
from tests.intake.pictures import encoded, scene

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


def test_the_words_for_the_place_are_taken_back_too(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told(location="Behind Okello's blue door")
    report = case.reports.get()
    page = f"/small/r/{report.reference}"
    reader = Client(SERVER_NAME="localhost")
    assert "blue door" in reader.get(page).content.decode()
    shown = coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert 'name="location"' in shown
    act(coordinator, case, "redact", report=report.pk, words="A pothole", location="x" * 301)
    assert "blue door" in reader.get(page).content.decode()
    act(coordinator, case, "redact", report=report.pk, words="A pothole", location="")
    report.refresh_from_db()
    assert (report.public_words, report.public_location) == ("A pothole", "")
    assert "blue door" in report.location
    told_all = reader.get(page).content.decode() + reader.get("/small/list").content.decode()
    assert "blue door" not in told_all


def test_a_photo_taken_back_is_served_to_staff_alone(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told(photos=(_photo().getvalue(),))
    run_until_idle()
    photo = case.reports.get().photos.get()
    shown, reader = f"{photo.name}-{photo.edition}", Client(SERVER_NAME="localhost")
    addresses = [url(shown), url(shown, "small")]
    assert [reader.get(each).status_code for each in addresses] == [200, 200]
    act(coordinator, case, "hide", photo=photo.pk)
    assert [reader.get(each).status_code for each in addresses] == [404, 404]
    for address in (inside_url(photo.name), inside_url(photo.name, "small")):
        assert reader.get(address).status_code == 404
        assert "no-store" in coordinator.get(address)["Cache-Control"]


def test_what_is_blurred_in_a_photo_is_changed_on_a_page_of_its_own(
    coordinator: Client, told: Callable[..., Case], act: Act
) -> None:
    case = told(photos=(encoded(scene(320, 240), "JPEG"),))
    run_until_idle()
    photo = case.reports.get().photos.get()
    before = photo.edition
    page = f"/desk/small/cases/{case.reference}/photos/{photo.pk}/"
    assert page in coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    shown = coordinator.get(page).content.decode()
    cells = re.findall(r'name="cell" value="([0-9,]+)"', shown)
    assert len(cells) == 192
    act(coordinator, case, "blur", photo=photo.pk, cell=cells[:2])
    photo.refresh_from_db()
    assert (photo.edition, photo.blurs) == (None, [[0, 0, 125, 83]]), "two cells are one area"
    assert Client(SERVER_NAME="localhost").get(url(f"{photo.name}-{before}")).status_code == 404
    Job.objects.update(run_at=now())
    run_until_idle()
    photo.refresh_from_db()
    assert photo.edition not in (None, before)
    assert not default_storage.exists(public_path(f"{photo.name}-{before}", "large"))
    assert (
        "What is blurred in a photo was changed"
        in coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    )
    assert 'value="0,0,125,83" checked' in coordinator.get(page).content.decode()
    for bad in ("1,2,3", "a,b,c,d", "0,0,0,10", "990,0,20,10", "-1,0,10,10"):
        act(coordinator, case, "blur", photo=photo.pk, area=bad)
    act(coordinator, told(), "blur", photo=photo.pk)
    photo.refresh_from_db()
    assert photo.blurs == [[0, 0, 125, 83]], "what makes no sense changes nothing"


def _photo() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "grey").save(file, "JPEG")
    file.name = "after.jpg"
    file.seek(0)
    return file
