"""A report as the page's script hands it in, from a phone that may have had no network for long."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ngoma.intake.submit import Receipt
from ngoma.records.models import Case, Photo, Report
from tests.public.test_flooding import worked
from tests.public.test_uploading import WHOLE, send

ADDRESS = "/small/report/hand-in"


def hand_in(reader: Client, **told: Any) -> Any:
    """Hand in what a phone has kept; the least it has is a key, words and a place."""
    whole = {"key": str(uuid4()), "words": "A deep hole", "place": "kasubi"} | told
    return reader.post(ADDRESS, whole, content_type="application/json")


def uploaded(reader: Client) -> str:
    upload = str(uuid4())
    assert send(reader, upload, 0, WHOLE).status_code == 204
    return upload


def test_it_is_answered_with_its_reference_and_receipt(reader: Client) -> None:
    photos = [uploaded(reader), uploaded(reader)]
    answer = hand_in(
        reader, service="pothole", lat=0.15, lon=32.05, accuracy=12.5, location="by the gate",
        contact="0772 123456", photos=photos,
    )  # fmt: skip
    assert answer.status_code == 201
    report = Report.objects.get(reference=answer.json()["reference"])
    assert answer.json()["url"] == f"/small/r/{report.reference}/{report.secret}/receipt"
    assert (report.words, report.location, report.accuracy) == ("A deep hole", "by the gate", 12)
    assert (report.service.code, report.contact.kind) == ("pothole", "phone")
    assert set(report.photos.values_list("upload", flat=True)) == set(photos)
    assert not reader.cookies


def test_the_same_again_is_the_same_report(reader: Client) -> None:
    told = {"key": str(uuid4()), "photos": [uploaded(reader)]}
    answers = [hand_in(reader, **told) for _ in range(3)]
    assert [each.status_code for each in answers] == [201, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert (Report.objects.count(), Case.objects.count(), Photo.objects.count()) == (1, 1, 1)


def test_a_photo_that_is_gone_is_asked_for_again(reader: Client) -> None:
    gone = str(uuid4())
    answer = hand_in(reader, photos=[uploaded(reader), gone])
    assert (answer.status_code, answer.json()) == (409, {"missing": [gone]})
    assert not Report.objects.exists()


def test_a_photo_of_another_report_is_not_taken(
    reader: Client, tell: Callable[..., Receipt]
) -> None:
    photo = uploaded(reader)
    first = Report.objects.get(reference=hand_in(reader, photos=[photo]).json()["reference"])
    assert hand_in(reader, photos=[photo]).status_code == 201
    assert Photo.objects.get(upload=photo).report == first


def test_what_is_wrong_is_told_by_step_and_field(reader: Client) -> None:
    answer = hand_in(reader, words="", place="", contact="nobody")
    assert answer.status_code == 422
    found = {(each["step"], each["field"]) for each in answer.json()["problems"]}
    assert found == {("show", "words"), ("where", "location"), ("send", "contact")}
    assert all(each["text"] for each in answer.json()["problems"])


def test_one_more_voice_joins_a_known_case(reader: Client, tell: Callable[..., Receipt]) -> None:
    known = tell()
    answer = hand_in(reader, joins=known.report.reference)
    assert Report.objects.get(reference=answer.json()["reference"]).case == known.case


KEY = '"key": "0123456789abcdef"'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"key": "short"}',
        '{"key": 5}',
        f'{{"key": "{"k" * 65}"}}',
        f'{{{KEY}, "lat": "north"}}',
        f'{{{KEY}, "lat": 1e999}}',
        f'{{{KEY}, "photos": ["1", "2", "3", "4", "5", "6"]}}',
        f'{{{KEY}, "answers": {{"size": "large"}}}}',
        f'{{{KEY}, "photos": ["\\u0000"], "words": "\\u0000"}}',
    ],
)
def test_what_no_script_of_ours_sends_is_refused(reader: Client, body: bytes) -> None:
    answer = reader.post(ADDRESS, body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert not Report.objects.exists()


def test_another_page_cannot_hand_in(reader: Client) -> None:
    answer = reader.post(
        ADDRESS, {}, content_type="application/json", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


@pytest.mark.usefixtures("early")
def test_in_a_flood_the_script_shows_work_and_a_danger_nothing(
    reader: Client, settings: Any
) -> None:
    settings.NGOMA_FLOOD_LIMIT = 2
    assert [hand_in(reader).status_code for _ in range(2)] == [201] * 2
    told = {"key": str(uuid4())}
    asked = hand_in(reader, **told)
    assert asked.status_code == 429
    assert int(asked["Retry-After"]) >= 1
    assert hand_in(reader, **told, proof=worked(asked.json())).status_code == 201
    assert hand_in(reader).status_code == 429
    assert hand_in(reader, words="The cable down there").status_code == 201


@pytest.mark.usefixtures("early")
def test_in_a_flood_of_photos_each_new_one_shows_work(reader: Client, settings: Any) -> None:
    settings.NGOMA_FLOOD_LIMIT = 1
    for _ in range(5):
        uploaded(reader)
    upload = str(uuid4())
    half = len(WHOLE) // 2
    asked = send(reader, upload, 0, WHOLE[:half])
    assert asked.status_code == 429
    proof = worked(asked.json())
    begun = send(reader, upload, 0, WHOLE[:half], proof=proof)
    assert begun.status_code == 204
    assert send(reader, upload, half, WHOLE[half:])["Upload-Complete"] == "?1", "one that has begun"
