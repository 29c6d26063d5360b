"""Requests as they are read: one, many, in pages, by time and by place."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from ngoma.base.clock import frozen, iso, now
from ngoma.base.sentences import languages, sentences
from ngoma.casework import deciding, merging, working
from ngoma.open311.refusing import PACKAGE
from tests.open311.conftest import KEY, Door

TODAY = datetime(2026, 3, 31, 12, tzinfo=UTC)


def ids(told: list[dict[str, Any]]) -> list[str]:
    return [each["service_request_id"] for each in told]


@pytest.fixture
def month(door: Door) -> list[str]:
    """A request a day, the oldest first, the last one on the 30th; the third lies far off."""
    found = []
    for day in range(1, 31):
        with frozen(datetime(2026, 3, day, 9, tzinfo=UTC)):
            where = {"lat": "0.11", "long": "32.19"} if day == 3 else {}
            found.append(door.report(f"Hole {day}", **where))
    return found


def test_what_is_not_there_is_404(door: Door) -> None:
    for path in ("requests/TRYMWVJD7", "requests/1", "requests/%00", "tokens/abc", "tokens/a b"):
        (error,) = door.get(path, 404)
        assert error["code"] == 404
    door.get("requests", 404, service_request_id="TRYMWVJD7")
    door.get("services/none", 404)
    door.get("requests", 404, service_code="pothole,none")
    door.get("nothing", 404)
    assert door.xml("nothing", 404).tag == "errors"
    assert door.client.get("/open311/v2/services").status_code == 404
    assert door.client.get("/open311/v2/services.csv").status_code == 404


def test_jurisdictions(door: Door) -> None:
    assert door.get("services") == door.get("services", jurisdiction_id="tryout")
    assert door.get("services") == door.get("services", jurisdiction_id="tryout.example")
    (error,) = door.get("services", 404, jurisdiction_id="none")
    assert "none" in error["description"]


def test_several_cities_must_be_told_apart(door: Door, tmp_path: Any) -> None:
    from shutil import copytree

    from ngoma.cities.load import load
    from tests.open311.conftest import PACK

    other = tmp_path / "other"
    copytree(PACK, other)
    text = (other / "city.toml").read_text()
    for old, new in (('"tryout"', '"other"'), ("tryout.example", "other.example"), ("TRY", "OTH")):
        text = text.replace(old, new)
    (other / "city.toml").write_text(text)
    reference = door.report()
    load(other)
    (error,) = door.get("services", 400)
    assert "tryout, other" in error["description"]
    assert door.get("requests", jurisdiction_id="other") == []
    door.get(f"requests/{reference}", 404, jurisdiction_id="other")
    door.post("requests", 403, jurisdiction_id="other", service_code="pothole")
    assert len(door.get("discovery")["endpoints"]) == 1
    answer = door.client.get("/open311/v2/services.json", HTTP_HOST="other.example")
    assert answer.status_code in (200, 400)  # as far as the host name is served at all


def test_codes_may_hold_anything(door: Door, city: Any) -> None:
    from ngoma.cities import book
    from ngoma.records.models import Service

    code = "Streets/Lights: public & 조명"
    Service.objects.filter(city=city, code="light").update(code=code)
    book.forget()
    assert door.get(f"services/{quote(code)}")["service_code"] == code
    assert door.xml(f"services/{quote(code, safe='')}").findtext("service_code") == code
    assert door.get("requests", service_code=code) == []


def test_several_by_id(door: Door) -> None:
    one, two = door.report("One"), door.report("Two")
    both = f"{one},{two},TRY222222"
    assert set(ids(door.get("requests", service_request_id=both, status="closed"))) == {one, two}
    assert set(ids(door.get(f"requests/{both}"))) == {one, two}
    assert ids(door.get(f"requests/{one.lower()}")) == [one]


def test_the_last_ninety_days(door: Door) -> None:
    with frozen(now() - timedelta(days=100)):
        old = door.report("Old")
    new = door.report("New")
    assert ids(door.get("requests")) == [new]
    since, until = now() - timedelta(days=120), now() - timedelta(days=60)
    assert ids(door.get("requests", start_date=iso(since), end_date=iso(until))) == [old]
    assert ids(door.get("requests", start_date=iso(since))) == [old]
    assert ids(door.get("requests", end_date=iso(until))) == [old]
    assert ids(door.get(f"requests/{old}")) == [old]
    (error,) = door.get("requests", 400, start_date=iso(since), end_date=iso(now()))
    assert "90" in error["description"]
    (error,) = door.get("requests", 400, start_date=iso(until), end_date=iso(since))
    assert "start_date" in error["description"]


@pytest.mark.parametrize(
    "text",
    ["2026-03-28T00:00:00Z", "2026-03-28 00:00:00.218495-00:00", "2026-03-28T03:00:00 03:00",
     "20260328T030000+03", "2026-03-28"],
)  # fmt: skip
def test_dates_in_any_usual_form(door: Door, month: list[str], text: str) -> None:
    with frozen(TODAY):
        assert ids(door.get("requests", start_date=text)) == month[:26:-1]


def test_by_status_and_service(door: Door, month: list[str], verbs: Callable[..., Any]) -> None:
    with frozen(TODAY):
        verbs(deciding.reject, month[4], reason="private")
        verbs(deciding.accept, month[5])
        verbs(working.resolve, month[5], text="Filled.")
        assert set(ids(door.get("requests", status="closed"))) == {month[4], month[5]}
        assert len(door.get("requests", status="Open")) == 28
        assert len(door.get("requests", status="open,closed")) == 30
        assert len(door.get("requests", service_code="pothole,survey")) == 30
        assert door.get("requests", service_code="survey") == []
        (told,) = door.get(f"requests/{month[4]}")
    assert (told["status"], told["status_notes"]) == ("closed", "This is private land.")


def test_pages_by_number(door: Door, month: list[str]) -> None:
    with frozen(TODAY):
        pages = [door.get("requests", page=page, page_size=12) for page in (1, 2, 3, 4)]
        assert [len(page) for page in pages] == [12, 12, 6, 0]
        assert [each for page in pages for each in ids(page)] == month[::-1]
        answer = door.client.get("/open311/v2/requests.xml?page=2&page_size=12")
        assert (answer["X-Page-Size"], answer["X-Page-Count"]) == ("12", "3")
        assert answer["X-Result-Count"] == "30"
        for wrong in ("0", "-1", "x", "1.5", "²"):
            door.get("requests", 400, page=wrong)
        door.get("requests", 400, page=10**8)


@pytest.mark.parametrize("more", [{}, {"updated_after": "2026-03-01"}])
def test_pages_by_key(door: Door, month: list[str], more: dict[str, str]) -> None:
    with frozen(TODAY):
        found = []
        address = "/open311/v2/requests.json"
        answer = door.client.get(address, more | {"page_size": "7", "api_key": KEY})
        found += ids(answer.json())
        while "Link" in answer:
            assert "api_key" not in answer["Link"]
            answer = door.client.get(answer["Link"].partition("<")[2].partition(">")[0])
            found += ids(answer.json())
        assert found == (month if more else month[::-1])
        door.get("requests", 400, after="x")


def test_by_change(door: Door, month: list[str], verbs: Callable[..., Any]) -> None:
    with frozen(TODAY):
        verbs(deciding.accept, month[0])
    with frozen(TODAY + timedelta(days=80)):
        changed = door.get("requests", updated_after="2026-03-31 12:00:00.000000-00:00")
        assert ids(changed) == [month[0]]
        assert ids(door.get("requests", updated_before="2026-03-02T12:00:00Z")) == [month[1]]
        door.get("requests", 400, updated_before="2026-03-02", updated_after="2026-03-03")


def test_by_place(door: Door, month: list[str]) -> None:
    with frozen(TODAY):
        far = {"lat": "0.1101", "long": "32.1901"}
        assert ids(door.get("requests", **far, radius=100)) == [month[2]]
        assert ids(door.get("requests", **far, radius=5)) == []
        assert len(door.get("requests", **far, radius=50_000)) == 30
        assert ids(door.get("requests", bbox="32.18,0.1,32.2,0.12")) == [month[2]]
        assert len(door.get("requests", bbox="32,0,33,1")) == 30
        for wrong in ("1,2,3", "x,0,33,1", "32,1,33,0", "32,0,33,91", "nan,0,1,1"):
            door.get("requests", 400, bbox=wrong)
        door.get("requests", 400, **far)
        door.get("requests", 400, **far, radius=-1)
        door.get("requests", 400, lat="nan", long="32", radius=10)


def test_a_duplicate_names_its_parent(door: Door, verbs: Callable[..., Any]) -> None:
    parent, other = door.report("One"), door.report("The same")
    into = _case(parent)
    verbs(merging.merge, other, into=into)
    verbs(deciding.accept, parent, text="On it.")
    (told,) = door.get(f"requests/{other}", extensions="true")
    assert told["service_request_id"] == other
    assert told["status_notes"] == "On it."
    extended = told["extended_attributes"]
    assert (extended["duplicate"], extended["parent_service_request_id"]) == (True, parent)
    assert extended["reports"] == 2
    (told,) = door.get(f"requests/{parent}", extensions="true")
    assert told["extended_attributes"]["duplicate"] is False


def test_languages(door: Door) -> None:
    reference = door.report()
    (told,) = door.get(f"requests/{reference}", locale="sw")
    assert told["service_name"] == "Shimo barabarani"
    answer = door.client.get(
        "/open311/v2/requests/x.json",
        headers={"Accept-Language": "fr;q=0.9, sw-KE;q=0.8, en;q=0.1"},
    )
    assert answer.json()[0]["description"].startswith("Hakuna taarifa")
    assert "Accept-Language" in answer["Vary"]
    answer = door.client.get("/open311/v2/services.json?jurisdiction_id=no&locale=ko")
    assert "도시가 없습니다" in answer.json()[0]["description"]


def test_every_language_says_the_same_things() -> None:
    english = sentences(PACKAGE, "en")
    assert languages(PACKAGE) == ("en", "ko", "lg", "sw")
    for language in languages(PACKAGE):
        spoken = sentences(PACKAGE, language)
        assert spoken.keys() == english.keys()
        for code, sentence in spoken.items():
            assert _blanks(sentence) == _blanks(english[code]), (language, code)


def test_unchanged_answers_cost_no_bytes(door: Door) -> None:
    door.report()
    first = door.client.get("/open311/v2/requests.json")
    again = door.client.get("/open311/v2/requests.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    door.report("Another")
    changed = door.client.get("/open311/v2/requests.json", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_web_pages_of_others_may_ask(door: Door) -> None:
    answer = door.client.options("/open311/v2/requests.json", headers={"Origin": "https://x.test"})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in answer["Access-Control-Allow-Headers"]
    assert door.client.get("/open311/v2/requests.json")["Access-Control-Allow-Origin"] == "*"
    assert door.client.head("/open311/v2/requests.json").status_code == 200
    refused = door.client.put("/open311/v2/requests.json")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


def _case(reference: str) -> int:
    from ngoma.records.models import Report

    return int(Report.objects.get(reference=reference).case_id)


def _blanks(sentence: str) -> set[str]:
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
