"""The situation board: what it counts, what rises, what is dangerous, and who may see it."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.insight.forecast.kept import Figures, Hourly, Line, Range, first_day
from ngoma.records.models import Burst, Case, Forecast
from ngoma.records.sql import counts
from ngoma.records.sql.counts import ARRIVALS
from tests.insight.following import arrive

Told = Callable[..., Case]
PAGE = "/desk/small/situation/"
# Readers of events wait for open transactions, such as that of a test.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def noon(town: Book) -> Any:
    """A working day at noon, and empty sums."""
    counts.drop(ARRIVALS)
    counts.create(ARRIVALS)
    with frozen(datetime(2026, 5, 5, 12, tzinfo=town.zone)) as at:
        yield at


@pytest.fixture
def foretold(town: Book, noon: datetime) -> Callable[..., None]:
    """Foretells so many reports for each of the last 14 days: of all, and of potholes."""

    def foretold(mean: float, low: int, high: int) -> None:
        pothole = town.service_by_code["pothole"].id
        days = [Range(mean, low, high)] * 14
        by = [Range(mean * hour / 24, 0, 0) for hour in range(1, 25)]
        lines = [Line(None, None, days, []), Line(pothole, None, days, [])]
        figures = Figures(lines, [Hourly(None, by)])
        for back in range(14):
            Forecast.objects.create(
                city_id=town.id,
                day=noon.astimezone(town.zone).date() - timedelta(days=back),
                made_at=noon,
                figures=msgspec.to_builtins(figures),
                first=msgspec.to_builtins(first_day(figures)),
            )

    return foretold


def _page(client: Client, **asked: Any) -> str:
    arrive()
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def _rows(client: Client, **asked: Any) -> list[dict[str, str]]:
    arrive()
    answer = client.get(PAGE, asked | {"csv": "1"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_what_lies_above_its_band_rises(
    coordinator: Client, told: Told, foretold: Callable[..., None]
) -> None:
    foretold(4.0, 1, 8)
    for number in range(7):
        told(f"Hole {number}")
    page = _page(coordinator)
    assert "Hole in the road, Small: 7 reports today, 2 expected" in page
    assert "Nothing is above" not in page
    assert "Above expected" in page


def test_what_lies_within_its_band_does_not(
    coordinator: Client, told: Told, foretold: Callable[..., None]
) -> None:
    foretold(12.0, 4, 22)
    for number in range(7):
        told(f"Hole {number}")
    page = _page(coordinator)
    assert "Nothing out of the ordinary: 7 reports today, 6 expected" in page
    assert "Nothing is above what was expected." in page
    assert "Hole in the road" in page.split("Most reported")[1]


def test_without_a_forecast_it_says_so(coordinator: Client, told: Told, noon: datetime) -> None:
    for number in range(7):
        told(f"Hole {number}")
    page = _page(coordinator)
    assert "after eight weeks" in page
    assert "7 reports today" in page


def test_spans_and_districts_leave_what_is_in_them(
    coordinator: Client, told: Told, town: Book, noon: datetime
) -> None:
    for hours in (1, 5, 30, 24 * 9):
        with frozen(noon - timedelta(hours=hours)):
            told(f"Hole {hours}")
    said = [_page(coordinator, span=span) for span in ("now", "today", "week", "wild")]
    assert [each.split("<h1>")[1].split("</h1>")[0] for each in said] == [
        "1 report in 3 hours", "2 reports today", "3 reports in 7 days", "2 reports today",
    ]  # fmt: skip
    here = town.district(Case.objects.order_by("pk")[0].place_id)
    others = [each for each in town.districts if each != here]
    codes = {each: town.places[each].code for each in town.districts}
    assert "2 reports today" in _page(coordinator, place=codes[here or 0])
    assert "0 reports today" in _page(coordinator, place=codes[others[0]])
    for wild in ("9" * 30, "kasubi", "\x00"):
        assert "2 reports today" in _page(coordinator, place=wild)


def test_dangers_bursts_and_late_work_are_there(
    coordinator: Client, told: Told, town: Book, noon: datetime
) -> None:
    case = told("A live wire lies on the path, danger")
    Case.objects.filter(pk=case.pk).update(urgency=2, answer_due=noon + timedelta(minutes=20))
    late = told("Hole")
    Case.objects.filter(pk=late.pk).update(due=noon - timedelta(days=1))
    Burst.objects.create(
        city_id=town.id, service_id=case.service_id or town.service_by_code["pothole"].id,
        lat=0.15, lon=32.05, radius_m=200, hours=3, usual=0.4, chance=1e-6, reports=9,
        cases=[case.pk], words="", found_at=noon, last_at=noon,
    )  # fmt: skip
    page = _page(coordinator)
    assert "Dangers open: 1" in page
    assert "20 minutes left" in page
    assert "Past their date: 1" in page
    assert "9 reports within 3 hours, usually 0.4" in page
    assert '<circle class="b"' in page


def test_a_file_has_the_days_with_what_was_expected(
    coordinator: Client, told: Told, foretold: Callable[..., None], noon: datetime
) -> None:
    foretold(4.0, 1, 8)
    told("Hole")
    whole = [row for row in _rows(coordinator) if not row["service"] and not row["district"]]
    assert len(whole) == 14
    assert whole[-1] | {"low": "", "high": ""} == {
        "day": "2026-05-05", "service": "", "district": "", "reports": "1", "expected": "2.0",
        "low": "", "high": "",
    }  # fmt: skip
    first = [whole[0][name] for name in ("reports", "expected", "low", "high")]
    assert first == ["0", "4.0", "1", "8"]


def test_it_answers_nothing_where_nothing_has_changed(
    coordinator: Client, told: Told, noon: datetime
) -> None:
    told("Hole")
    page = _page(coordinator)
    again = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert coordinator.get(again, headers={"HX-Request": "true"}).status_code == 204
    with frozen(noon + timedelta(seconds=1)):
        told("Another hole")
        renewed = coordinator.get(again, headers={"HX-Request": "true"})
    assert renewed.status_code == 200
    assert "<html" not in renewed.content.decode()


def test_supervisors_see_dangers_of_their_departments_alone(
    at_work: Callable[..., Client], told: Told, noon: datetime, town: Book
) -> None:
    case = told("A live wire lies on the path, danger")
    Case.objects.filter(pk=case.pk).update(urgency=2)
    Burst.objects.create(
        city_id=town.id, service_id=town.service_by_code["pothole"].id, lat=0.15, lon=32.05,
        radius_m=200, hours=3, usual=0.4, chance=1e-6, reports=9, cases=[case.pk], words="",
        found_at=noon, last_at=noon,
    )  # fmt: skip
    own = town.departments[case.department_id or 0].code
    for department, sees in (("front", False), (own, True)):
        page = _page(at_work("supervisor", department))
        assert ("Dangers open: 1" in page) == sees
        assert ("9 reports within" in page) == sees
        assert ('class="r" cx' in page) == sees


@pytest.mark.parametrize("role", ["agent", "triager", "officer", "crew"])
def test_others_do_not_see_it(at_work: Callable[..., Client], town: Book, role: str) -> None:
    client = at_work(role)
    assert client.get(PAGE).status_code == 403
    assert "situation/" not in client.get("/desk/small/board/").content.decode()
