"""Map and list: the same reports, chosen by the address."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, working
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.public import listing, mapping

Tell = Callable[..., Receipt]
BOX = {"box": "0,32,1,33"}


@pytest.fixture
def town_of_reports(tell: Tell, officer: Actor) -> None:
    """Seven reports of different kinds, places, states and times."""
    with frozen(now() - timedelta(days=40)):
        old = tell(words="old hole", lat=0.15, lon=32.05).case
        deciding.accept(actor=officer, case_id=old.pk)
        late = tell(words="late hole", lat=0.15, lon=32.15).case
        deciding.accept(actor=officer, case_id=late.pk)
    working.resolve(actor=officer, case_id=old.pk, text="done")
    tell(words="dark street", service="light", lat=0.15, lon=32.15)
    refused = tell(words="private hole", lat=0.12, lon=32.02).case
    deciding.reject(actor=officer, case_id=refused.pk, reason="private")
    for word in ("one", "two", "three"):
        tell(words=f"odd {word}", service="else", lat=0.12, lon=32.12)


CHOICES: list[tuple[dict[str, Any], int]] = [
    ({}, 7),
    ({"state": "open"}, 5),
    ({"state": "late"}, 1),
    ({"state": "fixed"}, 1),
    ({"state": "refused"}, 1),
    ({"what": "pothole"}, 3),
    ({"what": "group:street"}, 4),
    ({"place": "west"}, 2),
    ({"place": "kasubi"}, 1),
    ({"days": 7}, 5),
    ({"place": "east", "what": "else", "state": "open"}, 3),
    ({"state": "nonsense", "place": "'; --", "days": "-1"}, 7),
]


@pytest.mark.usefixtures("town_of_reports")
@pytest.mark.parametrize(("chosen", "count"), CHOICES)
def test_the_list_equals_the_map(reader: Client, chosen: dict[str, Any], count: int) -> None:
    listed = _listed(reader, "/small/list", chosen)
    assert len(listed) == count
    assert _listed(reader, "/small/map", chosen) == listed
    points = reader.get("/small/map.json", chosen | BOX).json()["points"]
    assert {point[0] for point in points} == set(listed)


@pytest.mark.usefixtures("town_of_reports")
def test_pages_follow_each_other_without_gap_or_repetition(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _listed(reader, "/small/list", {})
    monkeypatch.setattr(listing, "LENGTH", 2)
    address, read = "/small/list", []
    for _ in range(4):
        html = reader.get(address).content.decode()
        read += _references(html)
        following = html.partition('rel="next"')[0].rpartition('href="')[2]
        address = following.partition('"')[0].replace("&amp;", "&")
    assert read == whole
    assert reader.get("/small/list?after=nonsense").status_code == 200


@pytest.mark.usefixtures("town_of_reports")
def test_what_is_too_much_for_a_map_is_counted(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "MOST", 3)
    answer = reader.get("/small/map.json", BOX).json()
    assert "points" not in answer
    assert sum(count for _lat, _lon, count in answer["clusters"]) == 7


@pytest.mark.parametrize(
    "box", ["", "1,2,3", "a,b,c,d", "1,32,0,33", "0,33,1,32", "nan,32,1,33", "0,32,1,999"]
)
def test_a_bad_box_is_refused(reader: Client, box: str) -> None:
    assert reader.get("/small/map.json", {"box": box}).status_code == 400


def test_the_outline_holds_the_largest_places(reader: Client) -> None:
    names = {each["name"] for each in reader.get("/small/sw/outline.json").json()}
    assert names == {"Kata ya Magharibi", "East Ward"}


@pytest.mark.usefixtures("town_of_reports")
def test_a_place_tells_what_is_open_in_it_and_below(reader: Client) -> None:
    html = reader.get("/small/places/east").content.decode()
    assert "<dd>5</dd>" in html
    assert "Nsambya" in html
    assert "Too few repairs" in html
    west = reader.get("/small/places").content.decode()
    assert 'href="/small/places/west"' in west


@pytest.mark.usefixtures("town_of_reports")
@pytest.mark.parametrize("face", ["list", "map"])
def test_the_choice_stays_when_the_language_changes(reader: Client, face: str) -> None:
    html = reader.get(f"/small/{face}?state=open&what=group%3Astreet").content.decode()
    link = re.search(r'<a href="([^"]*)" lang="sw"', html)
    assert link
    address = unescape(link[1])
    assert address == f"/small/sw/{face}?state=open&what=group%3Astreet"
    assert _references(html)
    other = reader.get(address).content.decode().replace("/small/sw/", "/small/")
    assert _references(other) == _references(html)


def _listed(reader: Client, address: str, chosen: dict[str, Any]) -> list[str]:
    return _references(reader.get(f"{address}?{urlencode(chosen)}").content.decode())


def _references(html: str) -> list[str]:
    parts = html.split('<h3><a href="/small/r/')[1:]
    return [part.partition('"')[0] for part in parts]
