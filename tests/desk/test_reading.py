"""How reports are read, for who oversees a city: figures, files, what falls behind, trainings."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import now
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.proposals import in_use, quality
from ngoma.proposals.quality import BY
from ngoma.records.models import Case, City, Learned, Quality

pytestmark = pytest.mark.django_db
PAGE = "/desk/small/reading/"
SUMS = {
    "decided": 400, "right": 340, "sure": 200, "sure_right": 190, "promised": 330.0,
    "dangers": 10, "dangers_seen": 9, "due": 400, "in_time": 390,
}  # fmt: skip


def kept(town: Book, slices: list[dict[str, Any]]) -> None:
    """Figures of a day as if they had been measured."""
    whole = {"key": "", "now": SUMS, "before": SUMS}
    by = {"language": slices, "channel": [], "place": [], "service": []}
    figures = {"model": "keywords-1", "whole": whole, "by": by}
    Quality.objects.create(city_id=town.id, day=now().date(), measured_at=now(), figures=figures)


def test_figures_are_shown_and_come_as_files(
    town: Book, coordinator: Client, told: Callable[..., Case], act: Callable[..., Any]
) -> None:
    for code in ("pothole", "light"):
        act(coordinator, told("A pothole near the market"), "accept", service=code)
    quality.measure(town.id)
    page = coordinator.get(PAGE).content.decode()
    for said in ("By language", "English", "web", "Hole in the road", "West", "The keywords of"):
        assert said in page
    answer = coordinator.get(PAGE, {"csv": "channel"})
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["channel"], row["name"], row["decided_before"], row["fell"]) == (
        "web", "web", "0", "0",
    )  # fmt: skip
    assert coordinator.get(PAGE, {"csv": "secrets"}).status_code == 404


def test_what_falls_behind_stands_at_the_top(town: Book, coordinator: Client) -> None:
    fallen = SUMS | {"right": 200, "in_time": 100}
    kept(town, [{"key": "sw", "now": fallen, "before": SUMS, "fell": True, "late": True}])
    page = coordinator.get(PAGE).content.decode()
    alarms = page.split('id="alarms"')[1].split("</section>")[0]
    assert "Kiswahili: 50% read rightly, 85% in the four weeks before." in alarms
    assert "the first answer is in time in 25% of cases, in all of the city in 98%" in alarms


def test_before_anything_is_measured_the_page_says_so(coordinator: Client) -> None:
    assert "Nothing measured yet" in coordinator.get(PAGE).content.decode()
    assert coordinator.get(PAGE, {"csv": "channel"}).status_code == 404


def test_every_training_says_what_came_of_it(town: Book, coordinator: Client) -> None:
    good = {"before": {"accuracy": 0.4}, "after": {"accuracy": 0.75}, "better": 0.99}
    began = now() - timedelta(days=5)
    for row in (
        {"figures": good, "used_at": began, "withdrawn_at": now()},
        {"figures": good, "used_at": began},
        {"figures": good, "used_at": began + timedelta(days=1), "decisions": 900},
        {"figures": good | {"better": 0.2}},
        {},
    ):
        Learned.objects.create(city_id=town.id, started_at=began, **row)
    in_use.look_again()
    page = coordinator.get(PAGE).content.decode()
    for said in ("taken back", "was in use", "<b>in use</b>", "not better", "did not finish"):
        assert page.count(said) == 1
    assert "it learned from 900 decisions" in page
    assert "40% → 75%" in page


@pytest.mark.parametrize(
    ("role", "status"), [("triager", 403), ("officer", 403), ("crew", 403), ("auditor", 200)]
)
def test_who_oversees_may_look(at_work: Callable[..., Client], role: str, status: int) -> None:
    assert at_work(role).get(PAGE).status_code == status


def test_the_board_leads_to_what_falls_behind(
    town: Book, coordinator: Client, at_work: Callable[..., Client]
) -> None:
    board = "/desk/small/board/"
    assert "group of reports falls behind" not in coordinator.get(board).content.decode()
    kept(town, [{"key": "sw", "now": SUMS, "before": SUMS, "fell": True}])
    assert "1 group of reports falls behind" in coordinator.get(board).content.decode()
    assert "falls behind" not in at_work("officer").get(board).content.decode()


def test_what_is_accepted_alone_is_told(town: Book, coordinator: Client) -> None:
    assert "Accepted without a person" not in coordinator.get(PAGE).content.decode()
    city = City.objects.get(pk=town.id)
    city.settings["alone"], city.version = ["pothole", "light"], city.version + 1
    city.save()
    book.forget()
    row = {"key": str(town.service_by_code["pothole"].id), "now": SUMS, "before": SUMS}
    good = row | {"now": SUMS | {"sure_right": 199}}
    figures = {
        "model": "keywords-1",
        "whole": row,
        "by": {kind: [] for kind in BY} | {"proposal": [good]},
    }
    Quality.objects.create(city_id=town.id, day=now().date(), measured_at=now(), figures=figures)
    table = coordinator.get(PAGE).content.decode().split('id="alone"')[1]
    assert table.index("Hole in the road") < table.index("accepted alone")
    assert table.index("Street light") < table.index("left to people")
    page = Client().get("/small/how-reports-are-read", SERVER_NAME="localhost").content.decode()
    assert "98 of 100 such proposals were right: Hole in the road." in page
    found = Client().get("/small/how-reports-are-read.json", SERVER_NAME="localhost").json()
    assert found["accepted_alone"] == ["pothole"]
