"""What there is to expect, for who plans crews: pictures, words, files, and who may see them."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.insight.forecast.kept import Figures, Line, Range, Score
from ngoma.records.models import Forecast
from ngoma.records.queries import forecasts

pytestmark = pytest.mark.django_db
PAGE = "/desk/small/forecast/"


def line(service: int | None, place: int | None, mean: float, score: Score | None = None) -> Line:
    day = Range(mean, int(mean / 2), int(2 * mean) + 1)
    week = Range(7 * mean, int(5 * mean), int(10 * mean))
    return Line(service, place, [day] * 14, [week, week], score)


@pytest.fixture
def foretold(town: Book) -> dict[str, int]:
    """Four reports a day on potholes in West, one of a service not known; ids by code."""
    ids = {code: town.service_by_code[code].id for code in ("pothole", "light")}
    ids["west"] = town.place_by_code["west"].id
    good, bad = Score(49, 3.06, 3.9, 0.91), Score(1, 5.0, 4.0, 1.0)
    lines = [
        line(ids["pothole"], ids["west"], 4.25, good), line(ids["pothole"], None, 4.25, good),
        line(0, None, 1.0, bad), line(None, ids["west"], 4.25), line(None, None, 1234.5),
    ]  # fmt: skip
    figures = msgspec.to_builtins(Figures(lines, []))
    row = Forecast.objects.create(
        city_id=town.id,
        day=date(2026, 6, 1),
        made_at=now(),
        figures=figures,
        first=[[], []],
    )
    keys = [each.key for each in lines]
    forecasts.replace_lines(row, zip(keys, figures["lines"], strict=True))
    return ids


def test_days_are_shown_with_range_and_score(coordinator: Client, foretold: dict[str, int]) -> None:
    chosen = {"service": "pothole", "place": "west"}
    page = coordinator.get(PAGE, chosen).content.decode()
    for said in (
        "Monday 1 June", "Sunday 14 June", "<td>4.2</td><td>2 to 9</td>", 'class="band"',
        "The last 49 forecasts missed the week that followed by 3.1 reports on average",
        "the number of the week before missed it by 3.9.", "91%", "How this was computed",
    ):  # fmt: skip
        assert said in page
    assert "By service" not in page
    assert "better guide" not in page


def test_what_is_not_chosen_is_listed_with_links(
    coordinator: Client, foretold: dict[str, int]
) -> None:
    page = coordinator.get(PAGE).content.decode()
    services = page.split('id="by-service"')[1].split("</section>")[0]
    assert services.index("Hole in the road") < services.index("not known")
    assert f"{PAGE}?service=pothole" in services
    assert "3.1; the week before: 3.9" in services
    assert "West" in page.split('id="by-place"')[1]
    assert "1,234" in page
    assert "How good it is will be said" in page
    unknown = coordinator.get(PAGE, {"service": "-"}).content.decode()
    assert "Here last week’s number was the better guide." in unknown
    assert "The last 1 forecast missed" in unknown


def test_both_tables_come_as_files(coordinator: Client, foretold: dict[str, int]) -> None:
    answer = coordinator.get(PAGE, {"service": "pothole", "csv": "days"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 14
    assert rows[1] == {
        "service": "pothole", "service_name": "Hole in the road", "place": "",
        "place_name": "", "day": "2026-06-02", "expected": "4.25", "low": "2", "high": "9",
    }  # fmt: skip
    everything = coordinator.get(PAGE, {"csv": "all"}).content.decode("utf-8-sig")
    assert len(everything.splitlines()) == 1 + 5 * 14
    for wild in ({"csv": "secrets"}, {"csv": "days", "service": "light"}):
        assert coordinator.get(PAGE, wild).status_code == 404


def test_where_hardly_anything_comes_the_page_says_so(
    coordinator: Client, foretold: dict[str, int]
) -> None:
    page = coordinator.get(PAGE, {"service": "light"}).content.decode()
    assert "Hardly any report is expected here" in page
    for wild in ({"service": "x"}, {"service": "9" * 30, "place": "-1"}):
        assert coordinator.get(PAGE, wild).status_code == 200


def test_before_anything_is_foretold_the_page_says_so(coordinator: Client, town: Book) -> None:
    page = coordinator.get(PAGE).content.decode()
    assert "Nothing foretold yet" in page
    assert "eight weeks" in page
    assert coordinator.get(PAGE, {"csv": "all"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 403), ("crew", 403), ("supervisor", 200), ("auditor", 200)]
)
def test_who_oversees_may_look(at_work: Callable[..., Client], role: str, status: int) -> None:
    assert at_work(role).get(PAGE).status_code == status


def test_the_page_of_performance_leads_here(coordinator: Client, town: Any) -> None:
    assert PAGE in coordinator.get("/desk/small/performance/").content.decode()
