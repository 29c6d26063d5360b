"""The packs that come with Ngoma are right, and load as what they are."""

import time
from pathlib import Path

import pytest

import ngoma
from ngoma.cities import book as books
from ngoma.cities import gazetteer
from ngoma.cities.check import check
from ngoma.cities.load import load
from ngoma.records.models import City, Department, Owner, Place, Service

PACKS = sorted(path.parent for path in Path(ngoma.__file__).parent.glob("packs/*/city.toml"))


def test_they_are_there() -> None:
    assert {"demo", "kampala", "seoul"} <= {path.name for path in PACKS}


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_nothing_is_wrong_with_them(path: Path) -> None:
    assert [str(problem) for problem in check(path)] == []


@pytest.mark.django_db
def test_they_load_once_and_for_all() -> None:
    for path in PACKS:
        load(path)
    models = (City, Place, Department, Service, Owner)
    before = [list(each.objects.order_by("pk").values()) for each in models]
    City.objects.update(pack_digest="")  # as if every file had been touched
    for path in PACKS:
        load(path)
    after = [list(each.objects.order_by("pk").values()) for each in models]
    for old, new in zip(before[0], after[0], strict=True):
        assert new == old | {"version": 2}
    assert after[1:] == before[1:]


@pytest.mark.django_db
def test_every_service_has_an_owner_everywhere() -> None:
    for path in PACKS:
        load(path)
    for book in books.books():
        for service in book.services:
            for place in (None, *book.places):
                assert book.owner(service, place) in book.departments


@pytest.mark.django_db
def test_points_of_two_cities_are_located() -> None:
    for path in PACKS:
        load(path)
    seoul, kampala = books.book("seoul"), books.book("kampala")
    hall = seoul.locate(37.5663, 126.9779)
    assert hall.place_id is not None
    names = [seoul.places[each].names["ko"] for each in seoul.chain(hall.place_id)]
    assert names[-2:] == ["중구", "서울특별시"] or names[-1] == "중구"
    road = kampala.locate(0.3136, 32.5811)
    assert road.place_id is not None
    assert kampala.places[kampala.chain(road.place_id)[-1]].code == "central"
    assert kampala.locate(37.5663, 126.9779).outside_m > 1_000_000


@pytest.mark.django_db
def test_a_city_of_a_thousand_places_is_fast() -> None:
    path = next(each for each in PACKS if each.name == "kampala")
    start = time.process_time()
    load(path)
    assert time.process_time() - start < 1.5
    kampala = books.book("kampala")
    start = time.process_time()
    for step in range(2000):
        kampala.locate(0.25 + step * 0.00007, 32.53 + step * 0.00005)
    assert (time.process_time() - start) / 2000 < 0.0006  # far more than usual, for slow machines


@pytest.mark.django_db
def test_villages_and_districts_are_found_by_name() -> None:
    for path in PACKS:
        load(path)
    for city, text, name in (
        ("kampala", "Kakajjo 2, Bukesa", "Kakajjo II"),
        ("kampala", "near Lubaga cathedral", "Rubaga"),
        ("seoul", "강남구 역삼1동", "역삼1동"),
        ("seoul", "Gangnam-gu", "강남구"),
    ):
        book = books.book(city)
        best = gazetteer.find(book, text)[0]
        assert books.text(book.places[best.place_id].names, book.languages[0]) == name
