"""Map and list: the same reports, chosen by the address."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.base.quad import spot
from ngoma.casework import deciding, working
from ngoma.cities.book import Book
from ngoma.intake.submit import Receipt
from ngoma.people.permissions import Actor
from ngoma.public import listing, mapping
from ngoma.records.queries import public_map
from tests.insight.following import count_up

# What is not committed has not happened yet for the reader of the counts on PostgreSQL.
pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Receipt]
WORLD = "/small/tiles/0/0/0.json"
WEST, NOWHERE = "0,32,1,32.1", "10,10,11,11"


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
    count_up()


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
    ({"days": 90, "state": "fixed", "place": "west"}, 1),
    ({"place": "east", "what": "else", "state": "open"}, 3),
    ({"state": "nonsense", "place": "'; --", "days": "-1"}, 7),
]


@pytest.mark.usefixtures("town_of_reports")
@pytest.mark.parametrize(("chosen", "count"), CHOICES)
def test_the_list_equals_the_map(reader: Client, chosen: dict[str, Any], count: int) -> None:
    listed = _listed(reader, "/small/list", chosen)
    assert len(listed) == count
    assert _listed(reader, "/small/map", chosen) == listed
    points = reader.get(WORLD, chosen).json()["points"]
    assert {point[0] for point in points} == set(listed)
    assert len(_listed(reader, "/small/map", chosen | {"box": "0,32,1,33"})) == count
    assert _listed(reader, "/small/map", chosen | {"box": NOWHERE}) == []


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
@pytest.mark.parametrize("kept", [True, False])
def test_what_is_too_much_for_a_map_is_counted(
    reader: Client, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    monkeypatch.setattr(public_map, "POINTS", 3)
    monkeypatch.setattr(public_map, "LIVE", 0 if kept else 10_000)
    for chosen, count in CHOICES:
        answer = reader.get(WORLD, chosen).json()
        if "points" in answer:
            assert len(answer["points"]) == count <= 3
        else:
            assert sum(cases for _x, _y, cases in answer["clusters"]) == count


@pytest.mark.usefixtures("town_of_reports")
def test_a_tile_says_where_and_how_its_cases_stand(reader: Client) -> None:
    shown = reader.get("/small/tiles/8/150/127.json").json()["points"]
    assert {(x, y) for _reference, x, y, _tone in shown} == {
        (3240, 3659), (3531, 3659), (3153, 3746), (3444, 3746),
    }  # fmt: skip
    assert sorted(tone for *_where, tone in shown) == [0, 1, 1, 1, 1, 2, 3]
    assert reader.get("/small/tiles/8/151/127.json").json() == {"points": []}


@pytest.mark.usefixtures("town_of_reports")
def test_a_tile_is_kept_by_whoever_asks_and_the_same_in_every_language(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "SMALL", 0)
    answer = reader.get(WORLD, headers={"accept-encoding": "gzip"})
    assert "public" in answer["Cache-Control"]
    assert answer["Content-Encoding"] == "gzip"
    again = reader.get(WORLD, headers={"accept-encoding": "gzip", "if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert reader.get(WORLD).json() == reader.get(WORLD.replace("small", "small/sw")).json()


@pytest.mark.usefixtures("town_of_reports", "unhurried")
def test_a_crowd_that_looks_at_one_tile_asks_the_database_once(
    reader: Client, django_assert_num_queries: Any
) -> None:
    first = reader.get(WORLD).content
    with django_assert_num_queries(0):
        assert reader.get(WORLD).content == first
    assert reader.get(WORLD, {"state": "fixed"}).content != first


@pytest.mark.parametrize(
    "tile", ["21/0/0", "3/8/0", "3/0/8", "0/0/1", "99999999999/0/0", "-1/0/0", "1.5/0/0"]
)
def test_there_are_no_other_tiles(reader: Client, tile: str) -> None:
    assert reader.get(f"/small/tiles/{tile}.json").status_code == 404


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "1,32,0,33", "nan,32,1,33", "0,32,1,999"])
def test_a_bad_box_is_the_whole_map(reader: Client, tell: Tell, box: str) -> None:
    tell()
    for page in ("map", "list", "list/part", "map/reports.svg", "embed"):
        assert reader.get(f"/small/{page}", {"box": box}).status_code == 200
    assert len(_listed(reader, "/small/list", {"box": box})) == 1


@pytest.mark.parametrize(
    "box",
    ["-90,-180,90,180", "89,0,90,1", "-90,0,-89,1", "0,32,0.0000001,32.0000001", "-85,0,85,1e-9"],
)
def test_any_box_can_be_looked_at(reader: Client, town: Book, box: str) -> None:
    for page in ("map", "list", "list/part", "map/reports.svg", "embed"):
        assert reader.get(f"/small/{page}", {"box": box}).status_code == 200
    tapped = reader.get("/small/map", {"box": box, "tap.x": "1e9", "tap.y": "-1"})
    assert tapped.status_code == 302
    assert reader.get(tapped["Location"]).status_code == 200


@pytest.mark.usefixtures("town_of_reports")
@pytest.mark.parametrize("many", [True, False])
def test_the_list_follows_the_map(
    reader: Client, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    if many:  # so that the newest are looked for, and not all counted
        monkeypatch.setattr(public_map, "LISTED", 1)
    west = _listed(reader, "/small/list", {"place": "west"})
    part = reader.get("/small/list/part", {"box": WEST}).content.decode()
    assert _references(part) == _listed(reader, "/small/map", {"box": WEST}) == west
    assert ("More than 1 " if many else "2 reports in this part") in part
    monkeypatch.setattr(listing, "LENGTH", 1)
    first = reader.get("/small/list/part", {"box": WEST}).content.decode()
    assert "/small/map?box=0.00000%2C32.00000%2C1.00000%2C32.10000&amp;after=" in first
    following = unescape(first.partition('rel="next"')[0].rpartition('href="')[2].split('"')[0])
    assert _references(reader.get(following).content.decode()) == west[1:]


@pytest.mark.usefixtures("town_of_reports")
def test_without_a_script_a_tap_leads_closer(reader: Client) -> None:
    html = reader.get("/small/map", {"state": "open"}).content.decode()
    assert 'src="/small/map/reports.svg?state=open"' in html
    picture = reader.get("/small/map/reports.svg", {"state": "open"}).content.decode()
    assert picture.count("<circle") == 5
    asked = {"state": "open", "tap.x": "80", "tap.y": "120"}
    closer = reader.get("/small/map", asked)["Location"]
    assert "state=open" in closer
    html = reader.get(closer).content.decode()
    assert "Further away" in html
    west = _listed(reader, "/small/list", {"place": "west", "state": "open"})
    assert _references(html) == west


@pytest.mark.usefixtures("town_of_reports")
def test_a_point_tells_of_its_report(reader: Client) -> None:
    (reference, *_) = reader.get(WORLD, {"state": "fixed"}).json()["points"][0]
    html = reader.get(f"/small/sw/list/{reference}").content.decode()
    assert f'href="/small/sw/r/{reference}"' in html
    assert "Shimo barabarani" in html
    assert reader.get("/small/list/SML999999").status_code == 404


def test_only_the_embedded_map_may_be_framed(reader: Client, tell: Tell) -> None:
    told = tell().report
    own = f"r/{told.reference}/{told.secret}"
    pages = (
        "",
        "report",
        "find",
        "list",
        "map",
        "places",
        "places/west",
        "your-data",
        "how-reports-are-read",
        "nowhere",
    )
    for page in (*pages, f"r/{told.reference}", own, f"{own}/receipt", "list/part", "map.svg"):
        answer = reader.get(f"/small/{page}")
        assert answer["X-Frame-Options"] == "DENY", page
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], page
    answer = reader.get("/small/embed?state=open")
    assert "X-Frame-Options" not in answer
    directives = dict(
        each.strip().split(" ", 1) for each in answer["Content-Security-Policy"].split(";")
    )
    assert directives["frame-ancestors"] == "*"
    assert directives["default-src"] == "'self'"
    assert not answer.cookies
    html = answer.content.decode()
    assert 'data-query="state=open"' in html
    assert 'href="/small/list?state=open"' in html
    assert "<form" not in html
    offered = unescape(reader.get("/small/map?state=open").content.decode())
    assert '<iframe src="http://localhost/small/embed?state=open"' in offered


@pytest.mark.parametrize("how", ["opened", "corrected"])
def test_nothing_on_a_map_gives_a_private_place_away(
    reader: Client, tell: Tell, officer: Actor, town: Book, how: str
) -> None:
    from ngoma.cities import book
    from ngoma.records.models import City, Service

    Service.objects.filter(code="light").update(public=False)
    City.objects.update(version=99)
    book.forget()
    told = tell(book=book.book("small"), service="light", lat=0.151, lon=32.051, words="at home")
    if how == "corrected":
        pothole = town.service_by_code["pothole"].id
        deciding.correct(actor=officer, case_id=told.case.pk, service_id=pothole)
    count_up()
    for chosen in ({}, {"state": "open"}, {"what": "light"}, {"what": "pothole"}, {"days": 7}):
        for zoom in range(21):
            tile = spot(0.151, 32.051, zoom)
            address = f"/small/tiles/{zoom}/{tile[0]}/{tile[1]}.json"
            assert reader.get(address, chosen).json() == {"points": []}
        inside = chosen | {"box": "0.15,32.05,0.152,32.052"}
        for page in ("map", "list", "list/part"):
            html = reader.get(f"/small/{page}", inside).content.decode()
            assert told.report.reference not in html
            assert "0 reports in this part" in html
        assert "<circle" not in reader.get("/small/map/reports.svg", inside).content.decode()
    if how == "opened":
        assert reader.get(f"/small/list/{told.report.reference}").status_code == 404
        assert "<dd>0</dd>" in reader.get("/small/places/west").content.decode()


@pytest.mark.usefixtures("town_of_reports")
def test_a_place_tells_by_kind_what_is_open_and_how_long_it_takes(
    reader: Client, tell: Tell, officer: Actor
) -> None:
    for number in range(5):
        with frozen(now() - timedelta(days=20)):
            case = tell(lat=0.15, lon=32.05).case
            deciding.accept(actor=officer, case_id=case.pk)
        with frozen(now() - timedelta(days=20 - number)):
            working.resolve(actor=officer, case_id=case.pk, text="done")
    count_up()
    html = reader.get("/small/places/west").content.decode()
    row = html.partition(">Street</a>")[2].partition("</tr>")[0]
    assert re.findall(r">([^<>\n]+)<", row) == ["0", "6", "3 days"]


def test_the_months_of_a_place_hide_what_could_point_at_somebody(
    reader: Client, tell: Tell
) -> None:
    def tells(days: int, count: int) -> None:
        with frozen(datetime(2026, 6, 20, 9, tzinfo=UTC) - timedelta(days=days)):
            for _ in range(count):
                tell(lat=0.15, lon=32.05)

    tells(10, 4)
    tells(40, 58)
    with frozen(datetime(2026, 6, 20, 12, tzinfo=UTC)):
        count_up()
        html = reader.get("/small/places/west").content.decode()
        rows = re.findall(r'<th scope="row">(\w+ 20\d\d)</th>(.*?)</tr>', html, re.DOTALL)
        assert len(rows) == 12
        said = {month: re.findall(r'"num">([^<]*)<', cells) for month, cells in rows}
        assert said["Jun 2026"] == ["fewer than 5", "0"]
        assert said["May 2026"] == ["58", "0"]
        assert said["Jul 2025"] == ["0", "0"]
        tiny = reader.get("/small/places/east").content.decode()
        assert "2026</th>" not in tiny


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
