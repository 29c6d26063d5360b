"""What no page of ours would ask or send: it is answered, and nothing breaks."""

import re
from typing import Any

import pytest
from django.test import Client

LONG = "a" * 300
HUGE = "9" * 30


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/small/list?after=2026-01-01T00:00:00Z.{HUGE}", 200),
        (f"/small/list?after=2026-01-01T00:00:00Z.-{HUGE}", 200),
        (f"/small/map?after=2026-01-01T00:00:00Z.{HUGE * 200}", 200),
        ("/small/list?after=0001-01-01T00:00:00Z.1", 200),
        ("/small/map.svg?pin=95,0", 200),
        ("/small/map.svg?pin=90,0", 200),
        ("/small/map.svg?pin=-90.1,0", 200),
        ("/small/map.svg?pin=inf,0", 200),
        ("/small/map.svg?pin=nan,nan", 200),
        ("/small/map.svg?frame=nan,nan,nan", 200),
        ("/small/map.svg?frame=85,180,360&pin=1,1e308", 200),
        ("/small/map?box=nan,0,1,1", 200),
        (f"/small/map?box={HUGE},0,1,{HUGE * 20}", 200),
        ("/small/list?box=0,0,1e-12,1e-12", 200),
        ("/small/tiles/20/1048575/1048575.json?what=%00&place=%00", 200),
        (f"/small/tiles/{HUGE}/{HUGE}/{HUGE}.json", 404),
        (f"/small/tiles/{HUGE * 150}/0/0.json", 404),
        ("/small/list/%00", 404),
        (f"/small/list/{LONG}", 404),
        ("/media/public/%00.jpg", 404),
        (f"/media/public/{LONG}.jpg", 404),
        ("/media/public/" + "a/" * 3000 + "x.jpg", 404),
        ("/small/r/%00", 404),
        ("/small/find?ref=%00%00", 404),
        ("/channels/stop/%00/", 404),
        ("/small/places/%00", 404),
    ],
)
def test_an_address_that_makes_no_sense(reader: Client, address: str, status: int) -> None:
    assert reader.get(address).status_code == status


def test_a_photo_is_no_folder(reader: Client) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    default_storage.save("public/aa/one.jpg", ContentFile(b"x"))
    assert reader.get("/media/public/aa/one.jpg/two.jpg").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"tap.x": "1", "tap.y": "1e9"},
        {"tap.x": "1e308", "tap.y": "-1e308"},
        {"tap.x": "x", "tap.y": "inf"},
        {"lat": "1e308", "lon": "1e308", "go": "where"},
        {"lat": "90", "lon": "-180", "go": "away"},
        {"lat": "95", "lon": "0", "go": "check"},
        {"lat": "1e308", "lon": "1", "go": "send", "accuracy": "1e308"},
        {"lat": "0.15", "lon": "32.05", "accuracy": "-1e308", "go": "check"},
        {"frame": "85,180,0.0012", "tap.x": "320", "tap.y": "0"},
        {"frame": "-85,-180,360", "tap.x": "0", "tap.y": "240"},
        {"service": "\0", "place": "\0", "location": "\0", "go": "check"},
        {"joins": "\0", "contact": "\0", "location": "\0", "go": "send"},
        {"drop": "\0", "go": "show"},
    ],
)
def test_a_form_that_makes_no_sense(reader: Client, form: dict[str, Any]) -> None:
    page = reader.get("/small/report").content.decode()
    draft = re.findall(r'name="draft" value="([^"]+)"', page)[0]
    typed = {"draft": draft, "words": "A deep hole"} | form
    assert reader.post("/small/report", typed).status_code in (200, 303, 422)


DEEP = b'{"a":' * 50_000


@pytest.mark.parametrize("address", ["report/hand-in", "follow/browser?place=west"])
@pytest.mark.parametrize("body", [DEEP, b"[" * 100_000, b'"\xed\xa0\x80"', b'{"key":"\\ud800"}'])
def test_json_that_makes_no_sense(reader: Client, address: str, body: bytes) -> None:
    answer = reader.post(f"/small/{address}", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("path", ["/small/report", "/small/mine", "/desk/login/", "/desk/small/"])
def test_a_form_in_other_letters_than_utf_8(town: Any, path: str) -> None:
    """Also where a token is asked for, which is looked for in the form."""
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.cookies["csrftoken"] = "c" * 32
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    answer = strict.post(path, "a=b", content_type=kind)
    assert answer.status_code == 400
    assert answer.content == b"This request cannot be read.\n"


def test_a_host_that_is_none(town: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["csrftoken"] = "c" * 32
    for host in ("a b", "localhost:x", "[::", "evil.example", "localhost@evil.example"):
        for kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            answer = strict.post("/desk/small/", "a=b", content_type=kind, headers={"host": host})
            assert answer.status_code == 400, host
            assert host not in answer.content.decode()


def test_an_origin_that_is_no_address(reader: Client) -> None:
    answer = reader.post("/small/report", {"go": "show"}, headers={"origin": "http://["})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "inform", "text": "a\0b"}, 302),
        ({"do": "inform", "text": "\0"}, 200),
        ({"do": "rate", "score": HUGE * 200}, 200),
        ({"do": "rate", "score": "\u00b2"}, 200),
        ({"do": "\0"}, 403),
    ],
)
def test_a_form_of_a_reporter_that_makes_no_sense(
    reader: Client, tell: Any, form: dict[str, str], status: int
) -> None:
    told = tell().report
    answer = reader.post(f"/small/r/{told.reference}/{told.secret}", form)
    assert answer.status_code == status


def test_what_is_said_is_never_a_part_of_the_page(reader: Client, tell: Any) -> None:
    evil = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
    told = tell(words=evil, location=evil).report
    address = f"/small/r/{told.reference}"
    own = f"{address}/{told.secret}"
    for page in (address, own, f"{own}/receipt", "/small/list", "/small/map", "/small/"):
        html = reader.get(page).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    sealed = re.findall(
        r'name="draft" value="([^"]+)"', reader.get("/small/report").content.decode()
    )
    for step in ("show", "where", "check", "send"):
        form = dict.fromkeys(("words", "location", "contact", "frame", "joins", "service"), evil)
        form |= {"draft": sealed[0], "go": step, "lat": "0.15", "lon": "32.05"}
        html = reader.post("/small/report", form).content.decode()
        assert evil not in html
        assert "<img src=x" not in html
