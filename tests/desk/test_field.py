"""A crew in the field: their stops, and visits that come late, twice, or too late."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ngoma.cities.book import Book
from ngoma.records.models import Case, Photo, User, Visit
from ngoma.work.worker import run_until_idle
from tests.intake.pictures import encoded, scene

Told = Callable[..., Case]
Act = Callable[..., Any]
FIELD = "/desk/small/field/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def stop(coordinator: Client, told: Told, act: Act) -> Callable[..., Case]:
    """An accepted case of somebody's shift."""

    def stop(words: str = "A hole, call me at 0772 123456", **more: Any) -> Case:
        case = told(words, **more)
        act(coordinator, case, "accept", service="pothole")
        case.refresh_from_db()
        return case

    return stop


@pytest.fixture
def crew(at_work: Callable[..., Client], coordinator: Client) -> Client:
    return at_work("crew")


def photo(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.jpg", encoded(scene(), "JPEG"), "image/jpeg")


def send(client: Client, case: Case, key: str = "phone-key-1", **form: Any) -> Any:
    typed = {"key": key, "reference": case.reference, "version": case.version, "outcome": "done"}
    return client.post(f"{FIELD}sync/", typed | form, headers=JSON)


def test_stops_say_what_a_crew_needs_and_nothing_of_the_reporter(
    crew: Client, stop: Callable[..., Case]
) -> None:
    case = stop(email="a@example.org", location="by the mosque")
    page = crew.get(FIELD).content.decode()
    kept = crew.get(f"{FIELD}stops.json").content.decode()
    assert "by the mosque" in page
    assert case.reference in kept
    for private in ("123456", "a@example.org"):
        assert private not in page + kept


def test_danger_comes_first_then_a_short_way(crew: Client, stop: Callable[..., Case]) -> None:
    east, middle, west = (stop(f"Hole {n}", lat=0.15, lon=32.02 + n / 100) for n in (5, 3, 1))
    danger = stop("A hole", lat=0.15, lon=32.06)
    Case.objects.filter(pk=danger.pk).update(urgency=2)
    stops = crew.get(f"{FIELD}stops.json").json()["stops"]
    order = [each["reference"] for each in stops]
    assert order == [each.reference for each in (danger, east, middle, west)]


def test_a_visit_solves_the_case_with_photos_minutes_and_materials(
    crew: Client, stop: Callable[..., Case]
) -> None:
    case = stop()
    answer = send(
        crew, case, text="Filled", minutes="35", materials="tar, 2 bags",
        before=photo("before"), after=photo("after"),
    )  # fmt: skip
    assert answer.json() == {"say": "Sent."}
    case.refresh_from_db()
    assert case.state == "resolved"
    visited, resolved = case.events.order_by("-seq")[1], case.events.order_by("-seq")[0]
    assert (visited.data["minutes"], visited.data["materials"]) == (35, "tar, 2 bags")
    assert len(visited.data["photos"]) == len(resolved.data["photos"]) == 1
    page = crew.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert "A crew was there: done" in page
    assert "tar, 2 bags" in page


def test_nothing_is_backdated(crew: Client, stop: Callable[..., Case]) -> None:
    case = stop()
    send(crew, case, text="Filled", at="2020-01-01T08:00:00Z")
    visited, resolved = (case.events.get(kind=kind) for kind in ("visited", "resolved"))
    assert visited.data["there_at"].startswith("2020-01-01T08:00")
    assert resolved.at.year > 2020


def test_the_same_visit_counts_once(crew: Client, stop: Callable[..., Case]) -> None:
    case = stop()
    for _ in range(3):
        assert send(crew, case, text="Filled").status_code == 200
    assert case.events.filter(kind="visited").count() == Visit.objects.count() == 1


def test_a_key_of_somebody_else_is_not_taken(
    crew: Client, at_work: Callable[..., Client], stop: Callable[..., Case]
) -> None:
    send(crew, stop(), text="Filled")
    assert send(at_work("crew"), stop(), text="Mine").status_code == 422


def test_what_changed_meanwhile_is_told_and_never_overwritten(
    crew: Client, coordinator: Client, stop: Callable[..., Case], act: Act
) -> None:
    case = stop()
    seen = case.version
    act(coordinator, case, "resolve", text="Done by others")
    answer = send(crew, case, version=seen, text="Filled", after=photo("after"))
    assert answer.status_code == 409
    assert "Nothing was overwritten" in answer.json()["say"]
    assert not Visit.objects.exists()
    answer = send(crew, case, version=seen, text="Filled", after=photo("after"), anyway="yes")
    assert answer.status_code == 200
    assert case.events.filter(kind="resolved").count() == 1
    page = coordinator.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert "before they knew what had changed" in page
    assert Photo.objects.filter(case=case, kind="after").count() == 1


def test_a_note_of_a_colleague_is_no_conflict(
    crew: Client, coordinator: Client, stop: Callable[..., Case], act: Act
) -> None:
    case = stop()
    seen = case.version
    act(coordinator, case, "note", text="The key is at the shop")
    assert "The key is at the shop" in crew.get(FIELD).content.decode()
    assert send(crew, case, version=seen, text="Filled").status_code == 200


def test_another_crew_is_called_for(
    crew: Client, coordinator: Client, stop: Callable[..., Case], act: Act
) -> None:
    case = stop()
    user = User.objects.get(username__startswith="crew")
    act(coordinator, case, "assign", department=case.department_id, user=user.pk)
    case.refresh_from_db()
    assert send(crew, case, outcome="other_crew", text="A tree lies on it").status_code == 200
    case.refresh_from_db()
    assert (case.state, case.assignee_id) == ("accepted", None)


@pytest.mark.parametrize(
    "form",
    [
        {"outcome": "dance"}, {"minutes": "-1"}, {"minutes": "many"}, {"key": "x"},
        {"text": "x" * 5000}, {"text": ""}, {"before": SimpleUploadedFile("x.jpg", b"no photo")},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    crew: Client, stop: Callable[..., Case], form: dict[str, Any]
) -> None:
    case = stop()
    answer = send(crew, case, **{"text": "Filled"} | form)
    assert answer.status_code == 422
    assert answer.json()["say"]
    case.refresh_from_db()
    assert case.state == "accepted"


def test_others_have_no_stops_and_see_no_other_department(
    at_work: Callable[..., Client], stop: Callable[..., Case], town: Book
) -> None:
    case = stop()
    assert at_work("agent").get(FIELD).status_code == 403
    front = at_work("crew", "front")
    assert case.reference not in front.get(f"{FIELD}stops.json").content.decode()
    assert send(front, case, text="Mine").status_code == 409
    case.refresh_from_db()
    assert case.state == "accepted"


def test_without_a_script_the_form_is_sent_as_it_is(
    crew: Client, stop: Callable[..., Case]
) -> None:
    case = stop()
    form = {"key": "form-key-1", "reference": case.reference, "version": case.version,
            "outcome": "done", "text": "Filled"}  # fmt: skip
    page = crew.post(f"{FIELD}sync/", form, follow=True).content.decode()
    assert "Sent." in page


class Roads(BaseHTTPRequestHandler):
    """A routing service for which the way east costs much."""

    def do_GET(self) -> None:
        spots = self.path.split("/driving/")[1].split("?")[0].split(";")
        lons = [float(spot.split(",")[0]) for spot in spots]
        table = [[1000 * max(0, b - a) + abs(b - a) for b in lons] for a in lons]
        body = msgspec.json.encode({"code": "Ok", "durations": table})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def roads() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Roads)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_routing_service_is_asked_where_one_is_set(
    crew: Client, stop: Callable[..., Case], settings: Any, roads: str
) -> None:
    cases = [stop(f"Hole {n}", lat=0.15, lon=32.02 + n / 100) for n in (3, 1, 4)]
    settings.NGOMA_ROUTING_URL = roads
    stops = crew.get(f"{FIELD}stops.json").json()["stops"]
    assert len(stops) == 3
    settings.NGOMA_ROUTING_URL = "http://127.0.0.1:9"
    assert len(crew.get(f"{FIELD}stops.json").json()["stops"]) == len(cases)


def test_numbers_in_the_landmark_and_in_notes_stay_off_the_phone(
    crew: Client, stop: Callable[..., Case], coordinator: Client, act: Act
) -> None:
    case = stop("A hole", location="shop of Aisha, call 0772 123456")
    act(coordinator, case, "note", text="Her number: 0772 654321")
    page = crew.get(FIELD).content.decode() + crew.get(f"{FIELD}stops.json").content.decode()
    assert "shop of Aisha" in page
    for private in ("123456", "654321"):
        assert private not in page


@pytest.mark.parametrize("conflict", [True, False])
def test_photos_of_a_visit_that_solved_nothing_are_not_published(
    crew: Client, coordinator: Client, stop: Callable[..., Case], act: Act, conflict: bool
) -> None:
    case = stop("A hole")
    seen, form = case.version, {"outcome": "not_found"}
    if conflict:
        act(coordinator, case, "reject", reason="private")
        form = {"outcome": "done", "anyway": "yes"}
    pictures = {"before": photo("before"), "after": photo("after")}
    assert send(crew, case, version=seen, text="Look", **form, **pictures).status_code == 200
    page = Client(SERVER_NAME="localhost").get(f"/small/r/{case.reference}").content.decode()
    kept = Photo.objects.filter(case=case)
    assert kept.count() == 2
    assert not any(each.public or each.name in page for each in kept)


def test_a_key_that_was_used_for_another_case_is_refused_not_swallowed(
    crew: Client, stop: Callable[..., Case]
) -> None:
    first, second = stop("One"), stop("Two")
    assert send(crew, first, text="Filled").status_code == 200
    assert send(crew, second, text="Filled").status_code == 422


def test_where_nothing_was_found_the_desk_is_asked(
    crew: Client, stop: Callable[..., Case], act: Act, coordinator: Client,
    at_work: Callable[..., Client],
) -> None:  # fmt: skip
    case, other = stop(), stop("Another hole")
    officer = at_work("officer")

    def listed() -> set[str]:
        return {each["reference"] for each in crew.get(f"{FIELD}stops.json").json()["stops"]}

    assert listed() == {case.reference, other.reference}
    assert send(crew, case, outcome="not_found", text="No hole here").status_code == 200
    run_until_idle()
    assert listed() == {other.reference}
    inbox = officer.get("/desk/small/inbox/").content.decode()
    assert "A crew was there: nothing found" in inbox
    assert "No hole here" in inbox
    act(coordinator, case, "note", text="By the gate, says the reporter")
    assert listed() == {other.reference}
    act(coordinator, case, "assign", department=case.department_id, text="Look by the gate")
    assert listed() == {case.reference, other.reference}


def test_what_a_crew_kept_although_it_had_changed_is_told_to_who_decides(
    crew: Client, stop: Callable[..., Case], act: Act, coordinator: Client,
    at_work: Callable[..., Client],
) -> None:  # fmt: skip
    case = stop()
    officer = at_work("officer")
    act(coordinator, case, "resolve", text="Filled by others")
    assert send(crew, case, text="Filled it").status_code == 409
    assert send(crew, case, text="Filled it", anyway="yes").status_code == 200
    run_until_idle()
    assert "before they knew what had changed" in officer.get("/desk/small/inbox/").content.decode()
    story = officer.get(f"/desk/small/cases/{case.reference}/").content.decode()
    assert "Filled by others" in story
    assert "Filled it" in story
