"""New requests: every way in, every refusal, and the same one sent again."""

import base64
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ngoma.base.clock import frozen, now
from tests.intake.pictures import made_public
from tests.open311.conftest import INSIDE, KEY, Door, picture


def only_report() -> Any:
    from ngoma.records.models import Report

    return Report.objects.get()


def test_all_that_can_be_said(door: Door) -> None:
    from ngoma.people.vault import reveal

    reference = door.report(
        "A lamp is out\r\nsince Monday",
        service_code="light",
        address_string="Behind the market",
        email="Ana@Example.org",
        first_name="Ana",
        last_name="Nakato",
        device_id="d1",
        account_id="a1",
        jurisdiction_id="tryout",
        **{
            "attribute[depth]": "ankle",
            "attribute[seen][]": ["day", "night"],
            "attribute[count]": "2,5",
            "attribute[since]": "2026-03-01 08:00",
            "attribute[story]": "It fell.",
            "attribute[unknown]": "x",
        },
    )
    report = only_report()
    assert report.reference == reference
    assert (report.words, report.location) == ("A lamp is out\nsince Monday", "Behind the market")
    assert report.answers == {
        "depth": "ankle",
        "seen": ["day", "night"],
        "count": 2.5,
        "since": "2026-03-01T05:00:00Z",
        "story": "It fell.",
    }
    assert reveal(report.contact).name == "Ana Nakato"
    assert (report.channel, report.case.state) == ("open311", "received")


@pytest.mark.parametrize(
    "where",
    [
        {"lat": "0.15", "long": "32.05"},
        {"address_string": "Kasubi"},
        {"address_string": "Under the big tree"},
        {"address_id": "kasubi"},
    ],
)
def test_any_one_location_is_enough(door: Door, where: dict[str, str]) -> None:
    door.post(service_code="pothole", description="A hole", **where)


def test_the_key_and_arguments_in_the_query(door: Door) -> None:
    answer = door.client.post(
        f"/open311/v2/requests.json?api_key={KEY}&jurisdiction_id=tryout",
        "service_code=pothole&lat=0.15&long=32.05&description=%EB%B6%88",
        content_type="application/x-www-form-urlencoded; charset=utf-8",
    )
    assert answer.status_code == 200
    assert only_report().words == "불"


def test_photos_in_every_way(door: Door) -> None:
    from ngoma.records.models import Photo

    files = [SimpleUploadedFile("a.jpg", picture("red"), "image/jpeg")]
    several = [
        SimpleUploadedFile(f"{color}.png", picture(color, "PNG")) for color in ("blue", "green")
    ]
    encoded = base64.b64encode(picture("yellow")).decode()
    reference = door.report(media=[*files, *several])
    assert Photo.objects.filter(report__reference=reference).count() == 3
    assert door.get(f"requests/{reference}")[0]["media_url"] is None, "until faces are blurred"
    made_public()
    assert door.get(f"requests/{reference}")[0]["media_url"].startswith("http://testserver/")
    urls = door.get(f"requests/{reference}", extensions="true")[0]["extended_attributes"]
    assert len(urls["media_urls"]) == 3
    door.report("Second", photo1=SimpleUploadedFile("p", picture("black")))
    door.report("Third", media=f"data:image/jpeg;base64,{encoded}")
    large = "x" * 3_000_000  # what a form of Django's own would not take
    answer = door.client.post(
        "/open311/v2/requests.json",
        f"api_key={KEY}&service_code=pothole&lat=0.15&long=32.05&unknown={large}&media={encoded}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert Photo.objects.filter(report=None).count() == 0
    assert Photo.objects.count() == 6


def test_a_photo_that_is_only_named_is_fetched_later(door: Door) -> None:
    from ngoma.records.models import Job

    reference = door.report(media_url="https://photos.example/1.jpg")
    job = Job.objects.get(kind="open311.fetch")
    assert job.data == {"report": only_report().pk, "url": "https://photos.example/1.jpg"}
    assert door.get(f"requests/{reference}")[0]["media_url"] is None
    door.post("requests", 400, service_code="pothole", media_url="file:///etc/passwd", **INSIDE)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({}, 400, ["service_code", "where"]),
        ({"service_code": "none"} | INSIDE, 404, ["none"]),
        ({"service_code": "pothole"}, 400, ["where"]),
        ({"service_code": "light"} | INSIDE, 400, ["How deep"]),
        ({"service_code": "light", "attribute[depth]": "chin"} | INSIDE, 400, ["How deep"]),
        ({"service_code": "pothole", "lat": "32.05", "long": "0.15"}, 400, ["exchanged"]),
        ({"service_code": "pothole", "lat": "51.5", "long": "0.1"}, 400, ["outside"]),
        ({"service_code": "pothole", "lat": "north", "long": "0.1"}, 400, ["position"]),
        ({"service_code": "pothole", "lat": "inf", "long": "nan"}, 400, ["position"]),
        ({"service_code": "pothole", "lat": "0.15"}, 400, ["position"]),
        ({"service_code": "pothole", "address_id": "mars"}, 400, ["mars"]),
        ({"service_code": "pothole", "description": "x" * 4001} | INSIDE, 400, ["4000"]),
        ({"service_code": "pothole", "email": "no"} | INSIDE, 400, ["e-mail"]),
        (
            {"service_code": "none", "email": "no", "phone": "12", "lat": "51", "long": "0"},
            404,
            ["none", "e-mail", "outside"],
        ),
        ({"service_code": "pothole", "media": "%%%"} | INSIDE, 400, ["photo"]),
    ],
)
def test_every_reason_at_once(
    door: Door, fields: dict[str, str], status: int, said: list[str]
) -> None:
    from ngoma.records.models import Report

    errors = door.post("requests", status, **fields)
    told = " ".join(each["description"] for each in errors)
    assert all(word in told for word in said), told
    assert len(errors) == len(said)
    assert Report.objects.count() == 0
    answer = door.client.post("/open311/v2/requests.xml", {"api_key": KEY} | fields)
    assert answer.status_code == status
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<errors>')


def test_a_file_that_is_no_photo(door: Door) -> None:
    pdf = SimpleUploadedFile("holiday.jpg", b"%PDF-1.7 nothing to see", "image/jpeg")
    (error,) = door.post("requests", 400, service_code="pothole", media=pdf, **INSIDE)
    assert error["description"].startswith("media: ")
    half = SimpleUploadedFile("half.jpg", picture()[:300], "image/jpeg")
    door.post("requests", 400, service_code="pothole", media=half, **INSIDE)
    six = [SimpleUploadedFile(f"{n}.jpg", picture()) for n in range(6)]
    door.post("requests", 400, service_code="pothole", media=six, **INSIDE)


def test_keys(door: Door, city: Any) -> None:
    from ngoma.people import apikeys
    from ngoma.records.models import ApiKey

    fields = {"service_code": "pothole"} | INSIDE
    for wrong in ("", "wrong", "\x00", "열쇠"):
        (error,) = door.post("requests", 403, api_key=wrong, **fields)
        assert error["code"] == 403
    apikeys.create(city.pk, name="old", key="old", expires_at=now() - timedelta(days=1))
    (error,) = door.post("requests", 403, api_key="old", **fields)
    assert "expired" in error["description"]
    apikeys.create(city.pk, name="lost", key="lost")
    ApiKey.objects.filter(name="lost").update(revoked_at=now())
    (error,) = door.post("requests", 403, api_key="lost", **fields)
    assert "revoked" in error["description"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"service_code=%FF%FE&description=%E9t%E9", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded", 400),
        (b"a=b", "application/x-www-form-urlencoded; charset=klingon", 400),
        (b"nothing", "multipart/form-data", 400),
        (b"nothing", "multipart/form-data; boundary=x", 403),
        (b"--x\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=x", 403),
        (b'{"service_code": "pothole"}', "application/json", 415),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
def test_broken_forms(door: Door, body: bytes, content_type: str, status: int) -> None:
    answer = door.client.generic("POST", "/open311/v2/requests.json", body, content_type)
    assert answer.status_code == status, answer.content
    assert answer.json()[0]["description"]


def test_a_form_that_did_not_arrive_whole(served: str) -> None:
    host, _, port = served.split("/")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as caller:
        head = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"
        caller.sendall(
            f"POST /open311/v2/requests.json HTTP/1.0\r\nHost: {host}\r\n{head}".encode()
        )
        caller.sendall(f"api_key={KEY}&service_code=pothole".encode())
        caller.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: caller.recv(4096), b""))
    assert b" 400 " in answer.splitlines()[0]
    assert b"did not arrive whole" in answer


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_form_without_end(door: Door, kind: str) -> None:
    answer = door.client.generic(
        "POST", "/open311/v2/requests.json", b"x", kind, CONTENT_LENGTH=str(10**9)
    )
    assert answer.status_code == 413


def test_the_same_again_is_the_same_request(door: Door) -> None:
    from ngoma.records.models import Report

    with frozen(now()) as at:
        first = door.report()
        assert door.report() == first
        other = door.report(device_id="another")
        assert other != first
    with frozen(at + timedelta(minutes=9)):
        assert door.report() == first
    with frozen(at + timedelta(minutes=21)):
        assert door.report() not in (first, other)
    named = door.report("One", idempotency_key="k1")
    assert door.report("Two", idempotency_key="k1") == named
    assert door.report("Two", idempotency_key="k" * 500) != named
    header = door.client.post(
        "/open311/v2/requests.json",
        {"api_key": KEY, "service_code": "pothole"} | INSIDE,
        headers={"Idempotency-Key": "k1"},
    )
    assert header.json()[0]["service_request_id"] == named
    assert Report.objects.count() == 5


def test_ten_at_once_are_one(served: str) -> None:
    import httpx
    from django.db import connection

    from ngoma.records.models import Report

    answers: list[Any] = []
    start = threading.Barrier(10)

    def send() -> None:
        form = {"api_key": KEY, "service_code": "pothole", "description": "Ten"} | INSIDE
        files = {"media": ("a.jpg", picture(), "image/jpeg")}
        start.wait()
        answers.append(httpx.post(f"{served}requests.json", data=form, files=files, timeout=60))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 10
    assert len({answer.json()[0]["service_request_id"] for answer in answers}) == 1
    assert Report.objects.count() == 1
    connection.close()


def test_batch_and_blackbox(door: Door) -> None:
    token = door.post(service_code="survey", **INSIDE)[0]["token"]
    (found,) = door.get(f"tokens/{token}")
    assert door.get(f"requests/{found['service_request_id']}")[0]["service_code"] == "survey"
    token = door.post(service_code="tip", **INSIDE)[0]["token"]
    assert door.get(f"tokens/{token}") == [{"service_request_id": None, "token": token}]


@pytest.mark.parametrize(("locale", "kept"), [("sw_KE", "sw"), ("x" * 300, "en"), ("", "")])
def test_the_language_that_is_named(door: Door, locale: str, kept: str) -> None:
    door.report("", locale=locale)
    assert only_report().language == kept


def test_refusals_speak_the_callers_language(door: Door) -> None:
    errors = door.post("requests", 400, service_code="light", locale="sw", **INSIDE)
    assert "Lina kina gani?" in errors[0]["description"]


def test_a_key_for_updates_alone_hands_nothing_in(city: Any, door: Door) -> None:
    from ngoma.people import apikeys
    from ngoma.records.models import ApiKey, Report

    apikeys.create(city.pk, name="crew", key="crew", reports=False, updates=True)
    said = {"service_code": "pothole", "description": "A hole", "api_key": "crew"} | INSIDE
    refused = door.post("requests", 403, **said)
    assert "may not hand in" in refused[0]["description"]
    assert not Report.objects.exists()
    assert ApiKey.objects.get(name="crew").used_on is None
    door.get("servicerequestupdates", 200, api_key="crew")
    assert ApiKey.objects.get(name="crew").used_on == now().date()
