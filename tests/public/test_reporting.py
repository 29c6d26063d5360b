"""Three steps to a report, as a browser without a script takes them."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from ngoma.intake.submit import Receipt
from tests.intake.pictures import encoded, scene

ADDRESS = "/small/report"


def draft(answer: HttpResponse) -> str:
    """The draft that the form of a step carries."""
    found = re.search(r'name="draft" value="([^"]+)"', answer.content.decode())
    assert found
    return unescape(found[1])


def step(reader: Client, go: str, before: HttpResponse | None = None, **fields: Any) -> Any:
    """Press a button of a step, or take the first."""
    if before is not None:
        fields["draft"] = draft(before)
    return reader.post(ADDRESS, {"go": go, **fields})


def picture(name: str = "hole.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded(scene(), "JPEG"), "image/jpeg")


def report_of(answer: HttpResponse) -> Any:
    from ngoma.records.models import Report

    assert answer.status_code == 303, answer.content.decode()
    return Report.objects.get(reference=answer["Location"].split("/")[3])


def test_three_steps_lead_to_a_receipt(reader: Client) -> None:
    first = reader.get(ADDRESS)
    second = step(reader, "where", first, words="A pothole by the school", photo=picture())
    assert "Where is it?" in second.content.decode()
    third = step(reader, "check", second, location="by the gate", place="kasubi")
    page = third.content.decode()
    assert "Hole in the road" in page, "the service is proposed"
    assert "by the gate" in page
    sent = step(reader, "send", third, service="pothole", contact="a@example.org")
    report = report_of(sent)
    assert report.words == "A pothole by the school"
    assert (report.location, report.place.code) == ("by the gate", "kasubi")
    assert report.contact.kind == "email"
    assert report.photos.count() == 1
    receipt = reader.get(sent["Location"])
    assert "Thank you. Your report has arrived." in receipt.content.decode()
    assert "no-store" in receipt["Cache-Control"]
    assert not reader.cookies


def test_sending_twice_is_sending_once(reader: Client) -> None:
    from ngoma.records.models import Case, Report

    second = step(reader, "where", reader.get(ADDRESS), words="A hole", photo=picture())
    third = step(reader, "check", second, place="kasubi")
    answers = [step(reader, "send", third) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert (Report.objects.count(), Case.objects.count()) == (1, 1)
    assert report_of(answers[0]).photos.count() == 1


def test_a_tap_on_the_picture_of_the_map_is_a_place(reader: Client) -> None:
    second = step(reader, "where", reader.get(ADDRESS), words="A hole")
    tapped = reader.post(ADDRESS, {"draft": draft(second), "tap.x": "80", "tap.y": "120"})
    page = tapped.content.decode()
    assert "West Ward" in page
    picture_address = re.search(r'src="(/small/map\.svg[^"]+)"', page)
    assert picture_address
    drawn = reader.get(unescape(picture_address[1]))
    assert drawn["Content-Type"] == "image/svg+xml"
    assert 'class="p"' in drawn.content.decode(), "the pin"
    report = report_of(step(reader, "send", step(reader, "check", tapped)))
    # The city lies in the middle of the picture, 0.2 degrees wide.
    assert report.lat == pytest.approx(0.15, abs=0.03)
    assert report.lon == pytest.approx(32.05, abs=0.03)
    assert report.accuracy > 0


def test_the_phone_may_say_where_it_is(reader: Client) -> None:
    second = step(reader, "where", reader.get(ADDRESS), words="A hole")
    third = step(reader, "check", second, lat="0.15", lon="32.15", accuracy="12.4")
    report = report_of(step(reader, "send", third))
    assert (report.lat, report.lon, report.accuracy) == (0.15, 32.15, 12)


@pytest.mark.parametrize(
    ("go", "fields", "says"),
    [
        ("where", {"words": "   "}, "Tell us what the problem is"),
        ("check", {"words": "A hole"}, "Tell us where the problem is"),
        ("check", {"words": "A hole", "lat": "50", "lon": "8"}, "outside Small"),
        ("send", {"words": "A hole", "place": "kasubi", "contact": "12"}, "phone number"),
        ("send", {"words": "x" * 5000, "place": "kasubi"}, "too long"),
        ("send", {"words": "A hole", "place": "kasubi", "other": "nonsense"}, "no service"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    reader: Client, go: str, fields: dict[str, str], says: str
) -> None:
    answer = step(reader, go, **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'role="alert"' in page
    if "contact" in fields:
        assert 'value="12"' in page
    if go == "check":
        again = step(reader, "check", answer, place="kasubi")
        assert "A hole" in again.content.decode(), "the words came along"


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"%PDF-1.7 hello", "not a photo"), (encoded(scene(), "JPEG")[:900], "damaged")],
)
def test_what_is_no_photo_is_refused_at_once(reader: Client, data: bytes, says: str) -> None:
    file = SimpleUploadedFile("hole.jpg", data, "image/jpeg")
    answer = step(reader, "where", words="A hole", photo=file)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert ">A hole</textarea>" in answer.content.decode()


def test_a_photo_can_be_left_out_again(reader: Client) -> None:
    second = step(reader, "where", words="A hole", photo=picture())
    back = step(reader, "show", second)
    name = re.search(r'name="drop" value="([^"]+)"', back.content.decode())
    assert name
    second = step(reader, "where", back, drop=name[1])
    report = report_of(step(reader, "send", second, place="kasubi"))
    assert report.photos.count() == 0


def test_nobody_can_claim_a_photo_that_another_sent(reader: Client) -> None:
    from ngoma.records.models import Photo

    step(reader, "where", words="Mine", photo=picture())
    stolen = Photo.objects.get()
    forged = step(reader, "send", words="A hole", place="kasubi", photos=stolen.name)
    assert report_of(forged).photos.count() == 0
    answer = reader.post(
        ADDRESS, {"go": "send", "words": "A hole", "place": "kasubi", "draft": "eyJ:forged:x"}
    )
    assert report_of(answer).photos.count() == 0


def test_a_danger_is_met_with_what_to_do_first(reader: Client) -> None:
    second = step(reader, "where", words="A cable down in our street")
    assert "Stay away and call." in second.content.decode()
    assert 'href="tel:999"' in second.content.decode()


def test_a_known_problem_is_offered_and_can_be_joined(
    reader: Client, tell: Callable[..., Receipt]
) -> None:
    known = tell(words="A deep pothole in front of the school gate").case
    second = step(reader, "where", words="deep pothole in front of the school")
    third = step(reader, "check", second, lat="0.1501", lon="32.0501", accuracy="10")
    assert "Is it this one?" in third.content.decode()
    report = report_of(step(reader, "send", third, joins=known.reference))
    assert report.case_id == known.pk
    known.refresh_from_db()
    assert known.reports_count == 2


def test_the_questions_of_a_service_are_asked_and_kept(reader: Client) -> None:
    third = step(reader, "check", words="A pothole", place="kasubi", service="pothole")
    assert "How deep is it?" in third.content.decode()
    sent = step(reader, "send", third, **{"answer.depth": "knee"})
    assert report_of(sent).answers == {"depth": "knee"}
    wrong = step(reader, "send", third, **{"answer.depth": "sky"})
    # The draft was sent already: the first answer stands.
    assert wrong["Location"] == sent["Location"]


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)  # fmt: skip
def test_a_form_of_another_site_is_refused(reader: Client, headers: dict[str, str]) -> None:
    from ngoma.records.models import Report

    fields = {"go": "send", "words": "A hole", "place": "kasubi"}
    answer = reader.post(ADDRESS, fields, headers=headers)
    assert answer.status_code == 403
    assert not Report.objects.exists()
    own = reader.post(
        ADDRESS, fields, headers={"origin": "http://localhost", "sec-fetch-site": "same-origin"}
    )
    assert own.status_code == 303


def test_words_are_answered_with_chips(reader: Client) -> None:
    known = reader.post(f"{ADDRESS}/suggest", {"words": "pothole"}).json()
    assert known["service"] == "pothole"
    assert 'value="pothole" checked' in known["chips"]
    assert "Something else" in known["chips"]
    nothing = reader.post(f"{ADDRESS}/suggest", {"words": " "}).json()
    assert not any(nothing.values())


def test_a_place_is_answered_with_its_name_and_with_who_told_before(
    reader: Client, tell: Callable[..., Receipt]
) -> None:
    known = tell(words="A deep pothole").report
    fields = {"words": "A pothole", "lat": "0.15", "lon": "32.05", "accuracy": "10"}
    found = reader.post(f"{ADDRESS}/suggest", fields).json()
    assert "West Ward" in found["where"]
    assert f'value="{known.reference}"' in found["same"]
    assert not found["wrong"]
    outside = reader.post(f"{ADDRESS}/suggest", fields | {"lat": "50"}).json()
    assert "outside" in outside["wrong"]["location"]


def test_words_for_a_place_are_answered_with_the_place_that_is_understood(reader: Client) -> None:
    found = reader.post(f"{ADDRESS}/suggest", {"location": "by the gate in kasubi"}).json()
    assert found["where"].startswith("by the gate in kasubi, Kasubi")
    assert reader.post(f"{ADDRESS}/suggest", {"location": "Kasubi"}).json()["where"] != "Kasubi"
    nowhere = reader.post(f"{ADDRESS}/suggest", {"location": "behind the blue door"}).json()
    assert nowhere["where"] == "behind the blue door"


def test_a_danger_is_answered_with_what_to_do_first(reader: Client) -> None:
    found = reader.post(f"{ADDRESS}/suggest", {"words": "the cable down there"}).json()
    assert "Danger: first this" in found["stopper"]


def test_the_first_page_brings_along_what_is_asked_without_a_network(reader: Client) -> None:
    page = reader.get(ADDRESS).content.decode()
    assert {'id="where"', 'id="send"', 'id="step-waits"'} <= set(re.findall(r'id="[a-z-]+"', page))
    assert re.search(r'<template data-service="pothole">.*?name="answer\.', page, re.DOTALL)
    assert re.search(r"<template data-due='[^']*cable down[^']*'>", page)


def test_photos_that_no_report_took_are_dropped(reader: Client, settings: Any) -> None:
    from ngoma.base.clock import now
    from ngoma.intake.photos import UNUSED, discard_unused
    from ngoma.records.models import Photo

    third = step(reader, "send", words="A hole", place="kasubi", photo=picture())
    assert report_of(third).photos.count() == 1
    step(reader, "where", words="Never sent", photo=picture())
    assert discard_unused(now()) == 0
    assert discard_unused(now() + UNUSED * 2) == 1
    assert Photo.objects.count() == 1
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert len(files) == 3, "the original and two copies of the one that was taken"


def test_no_two_reporters_are_given_the_same_form(reader: Client) -> None:
    first, second = reader.get(ADDRESS), reader.get(ADDRESS)
    assert draft(first) != draft(second)
    assert first["Cache-Control"] == "private, no-store"


def test_a_draft_of_ones_own_making_is_an_empty_one(reader: Client) -> None:
    sealed = draft(reader.get(ADDRESS))
    forged = f"{'A' if sealed[0] != 'A' else 'B'}{sealed[1:]}"
    form = {"words": "A hole", "lat": "0.15", "lon": "32.05", "go": "send"}
    mine = reader.post(ADDRESS, form | {"draft": sealed})["Location"]
    assert reader.post(ADDRESS, form | {"draft": sealed})["Location"] == mine
    assert reader.post(ADDRESS, form | {"draft": forged})["Location"] != mine
