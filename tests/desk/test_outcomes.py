"""Did it work? What supervisors see of the night's figures, and of whose cases."""

import csv
import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.insight.figures import BY, DAYS, Figures, Rate, Share, Slice, Spot, Times, Work
from ngoma.records.models import Outcomes, OutcomesSpan

pytestmark = pytest.mark.django_db
PAGE = "/desk/small/outcomes/"


def made(key: str, cases: int) -> Slice:
    """A slice in which half was solved within two days."""
    kept = Share(cases // 2, cases, 0.4, 0.6, (-0.05, -0.11, 0.02))
    known: list[float | None] = [0.5] * len(DAYS)
    times = Times(cases, cases, 300, 900, None, known, [0.4] * len(DAYS), [0.6] * len(DAYS))
    work = Work(cases, cases, cases, 7, 2, 9, kept, kept, kept, kept)
    return Slice(key, work, times, times, Share(cases // 4, cases, 0.2, 0.3))


KEYS = {
    "service": "pothole", "district": "west", "department": "roads", "channel": "sms",
    "language": "sw", "month": "2026-05",
}  # fmt: skip


def keep(town: Book, cases: int, department: str = "", months: int | None = None) -> None:
    by = {key: [made(KEYS[key], cases)] for key in BY}
    by["district"][0].rate = Rate(2000, 24.0, 17.7, 31.8)
    spots = [Spot("pothole", 0.15, 32.05, "kasubi", 3, 4), Spot("light", None, None, "west", 2, 2)]
    figures = Figures(24300, 24312, 450, made("", cases), by, spots)
    kept: Any = Outcomes.objects if months is None else OutcomesSpan.objects
    kept.create(
        city_id=town.id,
        department=town.department_by_code[department].id if department else 0,
        **({"months": months} if months else {}),
        made_at=now(),
        figures=msgspec.to_builtins(figures),
    )


def test_before_the_first_night_the_page_says_so(coordinator: Client, town: Book) -> None:
    assert "Nothing has been reckoned yet" in coordinator.get(PAGE).content.decode()
    assert coordinator.get(PAGE, {"csv": "service"}).status_code == 404


def test_figures_are_shown_with_their_ranges(coordinator: Client, town: Book) -> None:
    keep(town, 48)
    page = coordinator.get(PAGE).content.decode()
    for said in (
        *("Hole in the road", "West Ward", "text message", "Kiswahili", "May 2026", "40% to 60%"),
        *("2 working days", "-11 to +2", "<svg", "How this was computed", "West Ward Kasubi"),
        *("0.1500, 32.0500", "4.5"),
    ):
        assert said in page, said
    for wild in ({"department": "x"}, {"department": "9" * 30}):
        assert coordinator.get(PAGE, wild).status_code == 200


def test_fewer_months_can_be_looked_at(coordinator: Client, town: Book) -> None:
    keep(town, 4848)
    keep(town, 77, months=3)
    page = coordinator.get(PAGE, {"months": "3"}).content.decode()
    assert '<option value="3" selected>' in page
    assert "<dd>77</dd>" in page
    assert f"{PAGE}?months=3&amp;csv=service" in page
    rows = coordinator.get(PAGE, {"months": "3", "csv": "service"}).content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(rows)))["cases"] == "77"
    for wild in ("", "2", "-1", "x", "9" * 30):
        page = coordinator.get(PAGE, {"months": wild}).content.decode()
        assert "<dd>4,848</dd>" in page
        assert "months=3" not in page
    assert (
        "Nothing has been reckoned yet" in coordinator.get(PAGE, {"months": "1"}).content.decode()
    )


def test_each_table_comes_as_a_file(coordinator: Client, town: Book) -> None:
    keep(town, 48)
    for by, key in KEYS.items():
        answer = coordinator.get(PAGE, {"csv": by})
        row = next(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert (row[by], row["cases"], row["kept"], row["kept_of"]) == (key, "48", "24", "48")
        assert (row["kept_change_low"], row["solution_half"]) == ("-0.11", "900")
        assert (row["solved_by_30_days"], row["solution_most"]) == ("0.5", "")
    assert coordinator.get(PAGE, {"csv": "secrets"}).status_code == 404


def test_a_supervisor_sees_the_own_departments(at_work: Callable[..., Client], town: Book) -> None:
    keep(town, 4711)
    keep(town, 48, "roads")
    roads = at_work("supervisor", "roads")
    everybody: Any = {"department": "-"}
    for asked in ({}, everybody, {"department": "front"}):
        page = roads.get(PAGE, asked).content.decode()
        assert "4,711" not in page
        assert "<dd>48</dd>" in page
        assert "The whole city" not in page
    assert at_work("officer", "roads").get(PAGE).status_code == 403


def test_one_key_can_be_looked_at_alone(coordinator: Client, town: Book) -> None:
    keep(town, 48)
    for by, key in KEYS.items():
        if by == "department":
            continue
        page = coordinator.get(PAGE).content.decode()
        assert f'href="{PAGE}?{by}={key}"' in page
        page = coordinator.get(PAGE, {by: key}).content.decode()
        assert "Of all cases" in page
        assert "<svg" in page
        assert "By channel" not in page
        assert ("Where repairs do not hold" in page) is (by == "service"), by
        assert f'{PAGE}?{by}={key}&amp;csv=days"' in page
    for wild in ({"service": "x"}, {"month": "9" * 30}, {"channel": ""}, {"language": "%00"}):
        assert "By channel" in coordinator.get(PAGE, wild).content.decode()
    curve = coordinator.get(PAGE, {"service": "pothole", "csv": "days"}).content.decode("utf-8-sig")
    [first, *_] = csv.DictReader(io.StringIO(curve))
    assert (first["working_days"], first["answered"], first["solved_high"]) == (
        "0.25",
        "0.5",
        "0.6",
    )
    for asked, count in (({}, 2), ({"service": "pothole"}, 1), ({"district": "west"}, 0)):
        spots = coordinator.get(PAGE, {**asked, "csv": "spots"}).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(spots)))
        assert len(rows) == count, asked
        assert not rows or (rows[0]["service"], rows[0]["again"]) == ("pothole", "3")


def test_districts_stand_beside_their_people_and_silence_is_seen(
    coordinator: Client, town: Book
) -> None:
    keep(town, 48)
    keep(town, 48, "roads")
    page = coordinator.get(PAGE).content.decode()
    districts = page.split('id="by-district"')[1].split("</section>")[0]
    west, east = districts.split("<tbody>")[1].split("<tr>")[1:3]
    assert "<td>2,000</td><td>24" in west
    assert "17.7 to 31.8" in west
    assert "East Ward" in east
    assert "<td>0</td><td>–</td><td>–</td>" in east
    assert "Made up for tests, 2020" in districts
    rows = coordinator.get(PAGE, {"csv": "district"}).content.decode("utf-8-sig")
    west, east = csv.DictReader(io.StringIO(rows))
    assert (west["people"], west["reports_per_1000_high"]) == ("2000", "31.8")
    assert (east["district"], east["cases"], east["people"]) == ("east", "0", "")
    of_one = coordinator.get(PAGE, {"department": "roads", "csv": "district"}).content.decode()
    assert "east" not in of_one, "a department need not work everywhere"
