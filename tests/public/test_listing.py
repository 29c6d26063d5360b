"""Map and list: the same reports, chosen by the address."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from math import asinh, pi, radians, tan
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.casework import deciding, working
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.public import listing
from ngoma.records.sql import counts
from tests.insight.following import count_up

Tell = Callable[..., Receipt]
WORLD = "/small/tiles/0/0/0.json"


@pytest.fixture
def counted(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Counts what has happened; no model empties the counts after a test."""
    counts.drop()
    counts.create()
    yield count_up
    counts.drop()
    counts.create()


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


@pytest.mark.parametrize(("chosen", "count"), CHOICES)
def test_the_list_equals_the_map(
    counted: Callable[[], None],
    town_of_reports: None,
    reader: Client,
    chosen: dict[str, Any],
    count: int,
) -> None:
    counted()
    listed = _listed(reader, "/small/list", chosen)
    assert len(listed) == count
    assert _listed(reader, "/small/map", chosen) == listed
    assert shown(reader.get(WORLD, chosen).json()) == count
    close = [_tile(0.15, 32.05), _tile(0.15, 32.15), _tile(0.12, 32.02), _tile(0.12, 32.12)]
    points = [point for each in close for point in reader.get(each, chosen).json()["points"]]
    assert {point[0] for point in points} == set(listed)


def shown(tile: dict[str, Any]) -> int:
    """How many cases a tile shows."""
    return len(tile.get("points", ())) + sum(each[2] for each in tile.get("clusters", ()))


def _tile(lat: float, lon: float, zoom: int = 18) -> str:
    """The address of the tile around a point (Web Mercator, as XYZ)."""
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**zoom)
    return f"/small/tiles/{zoom}/{x}/{y}.json"


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


def test_the_list_follows_the_window_of_the_map(
    counted: Callable[[], None], town_of_reports: None, reader: Client
) -> None:
    counted()
    west, both = "0.1,32,0.2,32.1", "0,32,1,33"
    assert len(_listed(reader, "/small/list", {"box": west})) == 2
    assert len(_listed(reader, "/small/list/part", {"box": west})) == 2
    assert len(_listed(reader, "/small/list", {"box": both})) == 7
    everything = _listed(reader, "/small/list", {})
    for nonsense in ("", "1,2,3", "a,b,c,d", "1,32,0,33", "0,33,1,32", "nan,32,1,33"):
        assert _listed(reader, "/small/list", {"box": nonsense}) == everything


def test_the_embedded_map_alone_may_be_framed(reader: Client) -> None:
    framed = reader.get("/small/embed?state=open")
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert not framed.cookies
    for page in ("", "report", "map", "list", "places", "mine", "find"):
        answer = reader.get(f"/small/{page}")
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_the_outline_holds_the_largest_places(reader: Client) -> None:
    names = {each["name"] for each in reader.get("/small/sw/outline.json").json()}
    assert names == {"Kata ya Magharibi", "East Ward"}


def test_a_place_tells_what_is_open_in_it_and_below(
    counted: Callable[[], None], town_of_reports: None, reader: Client
) -> None:
    counted()
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
