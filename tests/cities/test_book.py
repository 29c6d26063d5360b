"""What a city is, asked in memory."""

import threading
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ngoma.cities import book as books
from ngoma.cities.book import Book, UnknownCity, text
from ngoma.cities.load import load
from ngoma.records.models import City, Service

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(pack: Path) -> Book:
    load(pack)
    return books.book("small")


def test_it_is_found_by_slug_id_and_host(small: Book) -> None:
    assert books.book_of(small.id) is small
    assert books.books() == [small]
    assert books.by_host("Small.Example:8000") is small
    assert books.by_host("elsewhere.example") is None
    with pytest.raises(UnknownCity):
        books.book("nowhere")
    with pytest.raises(UnknownCity):
        books.book_of(-1)


def test_it_holds_what_the_pack_says(small: Book) -> None:
    assert small.zone == ZoneInfo("Africa/Kampala")
    assert small.languages == ("en", "sw")
    assert list(small.service_by_code) == ["pothole", "light", "else"]
    assert small.groups["street"] == {"en": "Street", "sw": "Barabara"}
    assert list(small.service_by_code["pothole"].names) == ["en", "sw"]
    assert small.reason("private")["name"]["sw"] == "Ardhi ya mtu binafsi"  # type: ignore[index]
    assert small.body("power")["phone"] == "999"  # type: ignore[index]
    assert small.reason("nothing") is None
    assert small.body("nobody") is None


@pytest.mark.usefixtures("unhurried")
def test_a_question_asked_again_reads_nothing(small: Book) -> None:
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            assert books.book("small") is small
    assert not queries


def test_a_change_of_version_is_seen(small: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    Service.objects.filter(code="pothole").update(names={"sw": "Shimo", "en": "Pothole"})
    monkeypatch.setattr(books, "FRESH", 0.0)
    assert books.book("small") is small
    City.objects.update(version=9)
    renewed = books.book("small")
    assert renewed.version == 9
    assert renewed.service_by_code["pothole"].names == {"en": "Pothole", "sw": "Shimo"}


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("sw", "sw"), ("sw-KE", "sw"), ("SW_ke", "sw"), ("fr", "en"), ("", "en"), (None, "en")],
)
def test_language(small: Book, wanted: str | None, given: str) -> None:
    assert small.language(wanted) == given


@pytest.mark.parametrize(
    ("service", "place", "owner"),
    [
        ("pothole", None, "roads"),
        ("pothole", "east", "roads"),
        ("pothole", "west", "roads-west"),
        ("pothole", "kasubi", "roads-west"),
        ("light", "west", "front"),
        ("light", "kasubi", "roads"),
        (None, "kasubi", "front"),
    ],
)
def test_the_most_exact_owner_wins(
    small: Book, service: str | None, place: str | None, owner: str
) -> None:
    found = small.owner(
        small.service_by_code[service].id if service else None,
        small.place_by_code[place].id if place else None,
    )
    assert small.departments[found].code == owner


def test_points_are_located(small: Book) -> None:
    def at(lat: float, lon: float) -> tuple[str | None, int]:
        found = small.locate(lat, lon)
        code = small.places[found.place_id].code if found.place_id else None
        return code, round(found.outside_m)

    assert at(0.15, 32.05) == ("kasubi", 0)
    assert at(0.11, 32.05) == ("west", 0)
    assert at(0.15, 32.15) == ("east", 0)
    code, outside = at(0.15, 32.203)
    assert code == "east"
    assert 300 < outside < 350
    code, outside = at(0.15, 32.3)
    assert code is None
    assert 11_000 < outside < 11_300


def test_a_chain_goes_from_small_to_whole(small: Book) -> None:
    ids = {code: entry.id for code, entry in small.place_by_code.items()}
    assert small.chain(ids["kasubi"]) == (ids["kasubi"], ids["west"])
    assert small.chain(None) == ()


def test_stoppers_come_by_service_and_by_words(small: Book) -> None:
    light, pothole = (small.service_by_code[code].id for code in ("light", "pothole"))
    for service, words in ((light, ""), (None, "There is a CABLE down!"), (pothole, "cable down")):
        stopper = small.stopper(service, words)
        assert stopper is not None
        assert stopper["code"] == "cable"
    assert small.stopper(pothole, "a deep hole") is None


def test_templates_of_the_service_come_first(small: Book) -> None:
    def codes(service: str | None, kind: str = "resolve") -> list[str]:
        chosen = small.service_by_code[service].id if service else None
        return [each["code"] for each in small.templates_for(kind, chosen)]

    assert codes("pothole") == ["filled", "done"]
    assert codes("light") == ["done"]
    assert codes(None) == ["done"]
    assert codes("pothole", "ask") == []


def test_a_text_falls_back_to_the_first() -> None:
    assert text({"en": "road", "sw": "barabara"}, "sw") == "barabara"
    assert text({"en": "road", "sw": ""}, "sw") == "road"
    assert text({}, "sw") == ""


def test_an_edit_is_seen_at_once_where_it_was_loaded(small: Book, edit: Any) -> None:
    load(edit("services.toml", "Hole in the road", "Pothole"))
    assert books.book("small").service_by_code["pothole"].names["en"] == "Pothole"


@pytest.mark.django_db(transaction=True)
def test_many_threads_see_one_book(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(pack)
    monkeypatch.setattr(books, "FRESH", 0.001)
    seen: list[Book] = []
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            until = time.monotonic() + 0.2
            while time.monotonic() < until:
                seen.append(books.book("small"))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert {id(each) for each in seen} == {id(books.book("small"))}
