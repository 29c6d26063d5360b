"""Places are found by what people type."""

from pathlib import Path
from random import Random

import pytest

from ngoma.cities import book as books
from ngoma.cities import gazetteer
from ngoma.cities.book import Book
from ngoma.cities.load import load

pytestmark = pytest.mark.django_db

PACKS = Path(__file__).resolve().parents[2] / "src" / "ngoma" / "packs"
PLACES = """code,parent,level,name,name_sw,aliases,lat,lon
west,,ward,Rubaga,Kata ya Magharibi,Old Town,,
east,,ward,East Ward,,,,
kasubi,west,street,Kasubi,,,,
rubaga-street,west,street,Rubaga,,,,
market-west,west,street,Market Lane II,,,,
market-east,east,street,Market Lane 2,,,,
yeoksam,east,street,역삼1동,,Yeoksam 1-dong,,
"""


@pytest.fixture
def town(pack: Path) -> Book:
    (pack / "places.csv").write_text(PLACES, encoding="utf-8")
    load(pack)
    return books.book("small")


def found(town: Book, text: str) -> list[str]:
    return [town.places[each.place_id].code for each in gazetteer.find(town, text)]


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("Kasubi", "kasubi", "name"),
        ("  KASUBI! ", "kasubi", "name"),
        ("near the gate in Kasubi, by the pump", "kasubi", "name"),
        ("kata ya magharibi", "west", "name"),
        ("old town", "west", "name"),
        ("Kasuubi", "kasubi", "sound"),
        ("Lubaga", "west", "sound"),
        ("Kasubhi", "kasubi", "spelling"),
        ("at kazubi", "kasubi", "spelling"),
        ("역삼1동 12-3", "yeoksam", "name"),
        ("yeoksam 1-dong", "yeoksam", "name"),
        ("kas", "kasubi", "start"),
    ],
)
def test_a_place_is_found(town: Book, text: str, code: str, kind: str) -> None:
    best = gazetteer.find(town, text)[0]
    assert (town.places[best.place_id].code, best.kind) == (code, kind)


@pytest.mark.parametrize("text", ["", "?!", "a deep hole in the road", "x" * 10_000, "Kampala"])
def test_what_is_no_place_is_not_found(town: Book, text: str) -> None:
    assert gazetteer.find(town, text) == []


def test_of_one_name_the_place_around_is_meant(town: Book) -> None:
    first, second = gazetteer.find(town, "Rubaga")
    assert town.places[first.place_id].code == "west"
    assert first.score == 100
    assert second.score < 90


def test_two_places_of_one_name_are_not_sure(town: Book) -> None:
    matches = gazetteer.find(town, "Market Lane 2")
    assert {town.places[each.place_id].code for each in matches} == {"market-west", "market-east"}
    assert all(each.score < 90 for each in matches)


def test_what_lies_around_decides(town: Book) -> None:
    matches = gazetteer.find(town, "market lane II, Old Town")
    assert town.places[matches[0].place_id].code == "market-west"
    assert matches[0].score >= 90
    assert all(
        each.score < 90
        for each in matches[1:]
        if each.place_id != matches[0].place_id and town.places[each.place_id].code == "market-east"
    )


def test_a_way_between_two_places_is_in_neither(town: Book) -> None:
    assert all(each.score < 90 for each in gazetteer.find(town, "from Kasubi to East Ward"))


def test_as_many_as_asked_for(town: Book) -> None:
    assert len(gazetteer.find(town, "Market Lane 2", limit=1)) == 1


def test_retired_places_are_not_found(pack: Path, town: Book) -> None:
    (pack / "places.csv").write_text(PLACES.replace("kasubi,west,street,Kasubi,,,,\n", ""))
    (pack / "boundaries.geojson").unlink()
    owners = (pack / "owners.csv").read_text()
    (pack / "owners.csv").write_text(owners.replace("light,,kasubi,roads\n", ""))
    load(pack)
    assert gazetteer.find(books.book("small"), "Kasubi") == []


@pytest.mark.parametrize(
    "text", ["6GGJ5322+22", "my house: 6ggj5322+22, Kasubi", "5322+22", "5322+22 Small"]
)
def test_plus_codes(town: Book, text: str) -> None:
    assert gazetteer.plus_code(town, text) == pytest.approx((0.15, 32.05), abs=0.0002)


@pytest.mark.parametrize("text", ["", "call 0772+22", "2+2", "ABCD+EF", "0.15, 32.05", "+256772"])
def test_what_is_no_plus_code(town: Book, text: str) -> None:
    assert gazetteer.plus_code(town, text) is None


@pytest.fixture
def kampala() -> Book:
    books.forget()
    load(PACKS / "kampala")
    return books.book("kampala")


def test_a_village_is_found_though_its_name_has_a_slip(kampala: Book) -> None:
    """Kampala's 857 villages, each with one slip: one of that name is among the first three."""
    draw = Random(7)
    villages = [each for each in kampala.places.values() if len(kampala.chain(each.id)) == 3]
    assert len(villages) == 857
    found = 0
    for village in villages:
        name = village.names["en"]
        offered = gazetteer.find(kampala, _slipped(name, draw), limit=3)
        found += name in {kampala.places[each.place_id].names["en"] for each in offered}
    assert found / len(villages) >= 0.95


def _slipped(name: str, draw: Random) -> str:
    """The name with a letter left out, doubled or wrong, or two of them exchanged."""
    at = draw.randrange(1, len(name))
    start, letter, rest = name[:at], name[at], name[at + 1 :]
    other = draw.choice("abcdefghijklmnopqrstuvwxyz")
    return draw.choice(
        (start + rest, start + letter * 2 + rest, start + other + rest, _exchanged(name, at))
    )


def _exchanged(name: str, at: int) -> str:
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


@pytest.mark.parametrize("numbered", ["mulago", "Makerere"])
def test_of_numbered_villages_none_is_sure(kampala: Book, numbered: str) -> None:
    first, *rest = gazetteer.find(kampala, numbered, limit=3)
    assert first.score < 90
    assert rest


def test_what_a_report_is_about_is_no_place(kampala: Book) -> None:
    told = "Kasasiro tatwalibwa okumpi n'akatale mu Mulago II"
    (first, *_rest) = gazetteer.mentioned(kampala, told)
    assert kampala.places[first.place_id].code == "kawempe-mulago-ii"
    assert gazetteer.mentioned(kampala, "Kasasiro tatwalibwa wiiki bbiri") == []
