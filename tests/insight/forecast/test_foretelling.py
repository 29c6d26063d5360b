"""What is foretold of a city: from its kept arrivals, once a day, and held against what came."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from ngoma.__main__ import app
from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.insight.forecast import daily, foretelling, kept, scoring
from ngoma.insight.forecast.history import AHEAD, LEAST
from ngoma.insight.forecast.kept import Figures
from ngoma.records.models import Forecast
from ngoma.records.sql import counts
from ngoma.records.sql.counts import DAYS, HOURS

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 3)
"""A Monday; no holiday is near."""
Come = Callable[..., None]


@pytest.fixture
def come(town: Book) -> Come:
    """Keeps that on each of some days before `DAY`, ten reports came in West and two in East on
    potholes, five on lamps in West; on Sundays none; all at nine."""

    def come(days: int, until: date = DAY, times: int = 1) -> None:
        last = (until - date(1970, 1, 1)).days
        west, east = (town.place_by_code[code].id for code in ("west", "east"))
        hole, light = (town.service_by_code[code].id for code in ("pothole", "light"))
        for day in range(last - days, last):
            if (day + 3) % 7 < 6:
                rows = [((hole, west), 10), ((hole, east), 2), ((light, west), 5)]
                for table, time in ((DAYS, day), (HOURS, day * 24 + 9)):
                    counts.add(
                        table,
                        {(town.id, time, *pair, 0): (times * number,) for pair, number in rows},
                    )

    return come


def _morning(book: Book) -> datetime:
    return datetime.combine(DAY, datetime.min.time(), book.zone).astimezone(UTC)


def made(book: Book, day: date = DAY) -> Figures:
    row = foretelling.make(book, day)
    assert row is not None
    return kept.figures(row)


def test_lines_are_expected_of_services_districts_and_all(town: Book, come: Come) -> None:
    come(LEAST)
    figures = made(town)
    newest = kept.newest(town.id)
    assert newest is not None
    assert newest.day == DAY
    hole, light = (town.service_by_code[code].id for code in ("pothole", "light"))
    west, east = (town.place_by_code[code].id for code in ("west", "east"))
    assert {line.key for line in figures.lines} == {
        (hole, west), (hole, east), (light, west), (hole, None), (light, None),
        (None, west), (None, east), (None, None),
    }  # fmt: skip
    for key, usual in (((hole, west), 10), ((hole, None), 12), ((None, None), 17)):
        line = newest.line(*key)
        assert line is not None
        assert len(line.days) == AHEAD
        assert line.days[0].mean == pytest.approx(usual, rel=0.15)
        assert line.days[6].mean < usual / 4, "a Sunday"
        assert line.weeks[0].mean == pytest.approx(6 * usual, rel=0.15)
        assert line.days[0].low <= usual <= line.days[0].high
    assert newest.line(light, east) is None
    assert list(newest.every_line()) == figures.lines
    assert {each.place for each in newest.by_place(hole)} == {west, east}
    assert {each.service for each in newest.by_service(east)} == {hole}
    assert set(newest.keys()) == {
        (hole, None), (light, None), (None, west), (None, east), (None, None),
    }  # fmt: skip


def test_the_hours_of_the_first_day_are_expected_too(town: Book, come: Come) -> None:
    come(LEAST)
    whole, *services = made(town).hours
    assert whole.service is None
    assert {each.service for each in services} == {
        town.service_by_code[code].id for code in ("pothole", "light")
    }
    assert whole.by[7].mean < 3
    assert whole.by[23].mean == pytest.approx(17, rel=0.15)
    assert whole.by[9].mean - whole.by[8].mean > 12


def test_forecasts_are_scored_by_what_came_and_old_ones_dropped(town: Book, come: Come) -> None:
    come(LEAST + 9)
    assert made(town, DAY - timedelta(days=8)).lines[-1].score is None
    assert made(town, DAY - timedelta(days=7)).lines[-1].score is None
    score = made(town).lines[-1].score
    assert score is not None
    assert score.forecasts == 2
    assert score.naive == 0
    assert score.ours < 10
    assert score.within > 0.9
    later = DAY + scoring.KEPT - timedelta(days=6)
    made(town, later)
    assert set(Forecast.objects.values_list("day", flat=True)) == {DAY, later}


def test_a_surge_makes_a_score_worse(town: Book, come: Come) -> None:
    come(LEAST)
    made(town)
    come(7, until=DAY + timedelta(days=7), times=3)
    score = made(town, DAY + timedelta(days=7)).lines[-1].score
    assert score is not None
    assert score.ours > 150
    assert score.naive == 6 * 17 * 2
    assert score.within < 0.5


def test_with_less_than_eight_weeks_nothing_is_foretold(town: Book, come: Come) -> None:
    assert foretelling.make(town, DAY) is None
    come(LEAST - 1)
    assert foretelling.make(town, DAY) is None
    assert kept.newest(town.id) is None


def test_a_city_in_which_nothing_came_for_years_expects_nothing(town: Book, come: Come) -> None:
    come(3, until=DAY - timedelta(days=4000))
    assert made(town) == Figures([], [])


def test_the_command_foretells_today(town: Book, come: Come) -> None:
    come(LEAST)
    with frozen(_morning(town)):
        told = CliRunner().invoke(app, ["insight", "forecast", "--city", "small"])
    assert told.output == "small: 8 lines from 2026-08-03 on\n"
    assert Forecast.objects.get().day == DAY
    with frozen(datetime(2026, 6, 10, 3, tzinfo=UTC)):
        told = CliRunner().invoke(app, ["insight", "forecast", "--city", "small"])
    assert told.output == "small: there are less than 56 days to learn from\n"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """The commands that were started as processes."""
    commands: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **how: Any) -> None:
            commands.append(command)

        def poll(self) -> int:
            return 0

    monkeypatch.setattr("subprocess.Popen", Process)
    return commands


def test_each_day_is_foretold_once_in_a_process_of_its_own(
    town: Book, come: Come, started: list[list[str]]
) -> None:
    with frozen(_morning(town)):
        daily.watch()
        assert started == [], "there is no history"
        come(LEAST)
        daily.watch()
        assert started[0][1:] == [
            "-m", "ngoma", "insight", "forecast", "--daily", "--city", "small",
        ]  # fmt: skip
        daily.watch()
        assert len(started) == 1, "another worker has it in hand"
    with frozen(clock := _morning(town) + daily.CLAIMED):
        daily.watch()
        assert len(started) == 2, "which did not live to make it"
        made(town)
    with frozen(clock + daily.CLAIMED):
        daily.watch()
    assert len(started) == 2


@pytest.mark.once
def test_no_process_that_only_watches_loads_what_learns() -> None:
    asked = "import sys, ngoma.insight.forecast.levels; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
