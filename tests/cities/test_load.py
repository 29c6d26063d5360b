"""A pack becomes rows, and again and again the same rows."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ngoma.cities.load import PackError, load
from ngoma.records.models import City, Department, Owner, Place, Service

pytestmark = pytest.mark.django_db


def rows() -> dict[str, list[dict[str, Any]]]:
    """All that is stored of all cities."""
    models = (City, Place, Department, Service, Owner)
    return {each.__name__: list(each.objects.order_by("pk").values()) for each in models}


def test_a_pack_becomes_rows(pack: Path) -> None:
    city = load(pack)
    assert (city.slug, city.languages, city.prefix) == ("small", ["en", "sw"], "SML")
    assert city.settings["calendar"]["closed"] == ["2026-12-24"]
    assert city.settings["reasons"][0]["code"] == "private"
    kasubi = Place.objects.get(city=city, code="kasubi")
    assert kasubi.parent is not None
    assert kasubi.parent.code == "west"
    assert (kasubi.lat, kasubi.lon) == (pytest.approx(0.15), pytest.approx(32.05))
    assert kasubi.aliases == ["Kasuubi"]
    below = Department.objects.get(city=city, code="roads-west")
    assert below.parent is not None
    assert below.parent.code == "roads"
    pothole = Service.objects.get(city=city, code="pothole")
    assert (pothole.first_answer, pothole.resolution, pothole.order) == ("4h", "10d", 0)
    assert pothole.questions[0]["values"][1]["key"] == "knee"
    assert Owner.objects.filter(city=city).count() == 5


def test_loading_again_writes_nothing(pack: Path) -> None:
    load(pack)
    before = rows()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load(pack)
    assert rows() == before
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_an_edit_without_meaning_changes_no_row_of_meaning(edit: Any, pack: Path) -> None:
    load(pack)
    before = rows()
    load(edit("services.toml", "[[group]]", "# a remark\n[[group]]"))
    after = rows()
    assert after.pop("City")[0]["version"] == 2
    before.pop("City")
    assert after == before


def test_an_edit_changes_its_row_in_place(edit: Any, pack: Path) -> None:
    load(pack)
    before = rows()
    city = load(edit("services.toml", "Hole in the road", "Pothole"))
    after = rows()
    assert city.version == 2
    assert after["Service"][0]["id"] == before["Service"][0]["id"]
    assert after["Service"][0]["names"]["en"] == "Pothole"
    assert after["Service"][1:] == before["Service"][1:]
    assert after["Place"] == before["Place"]
    assert after["Owner"] == before["Owner"]


def test_what_vanishes_is_retired_and_comes_back_as_itself(edit: Any, pack: Path) -> None:
    load(pack)
    was = Place.objects.get(code="nsambya").pk
    line = "nsambya,east,street,Nsambya,,,0.15,32.15\n"
    load(edit("places.csv", line, ""))
    assert Place.objects.get(pk=was).retired
    load(edit("places.csv", "kasubi,", line + "kasubi,"))
    assert not Place.objects.get(pk=was).retired
    assert Place.objects.count() == 4


def test_a_service_that_vanishes_is_retired_with_its_owners(pack: Path, edit: Any) -> None:
    load(pack)
    text = (pack / "services.toml").read_text()
    head, _, tail = text.partition('[[service]]\ncode = "light"')
    (pack / "services.toml").write_text(head + "[[service]]" + tail.partition("[[service]]")[2])
    edit("stoppers.toml", 'services = ["light"]\n', "")
    edit("articles.toml", 'services = ["light"]\n', "")
    edit("owners.csv", "light,,,front\nlight,,kasubi,roads\n", "")
    load(pack)
    assert Service.objects.get(code="light").retired
    assert set(Service.objects.filter(retired=False).values_list("code", flat=True)) == {
        "pothole",
        "else",
    }
    assert Owner.objects.count() == 3


def test_a_place_may_move(edit: Any, pack: Path) -> None:
    load(pack)
    load(edit("places.csv", "nsambya,east", "nsambya,west"))
    moved = Place.objects.get(code="nsambya")
    assert moved.parent is not None
    assert moved.parent.code == "west"


def test_a_wrong_pack_changes_nothing(edit: Any, pack: Path) -> None:
    load(pack)
    before = rows()
    edit("city.toml", 'name = {en = "Small"', 'name = {en = "Great"')
    with pytest.raises(PackError) as raised:
        load(edit("owners.csv", "roads-west", "nobody"))
    assert rows() == before
    assert [(each.file, each.line) for each in raised.value.problems] == [("owners.csv", 3)]


def test_two_cities_cannot_share_prefix_or_host(pack: Path, edit: Any) -> None:
    load(pack)
    with pytest.raises(PackError) as raised:
        load(edit("city.toml", 'slug = "small"', 'slug = "other"'))
    assert [each.line for each in raised.value.problems] == [5, 15]
    assert City.objects.count() == 1
