"""A night: what pages show of a city's work is what its cases say, and comes once a day."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from ngoma.base.clock import frozen
from ngoma.base.months import month_of, written
from ngoma.casework import deciding, working
from ngoma.cities.book import Book, book_of
from ngoma.cities.load import load
from ngoma.insight import figures, nightly, partitions, reckoning
from ngoma.insight.facts import CASES, clock
from ngoma.insight.figures import AREA, DAYS, MONTHS, SPANS, Slice
from ngoma.people.permissions import Actor
from ngoma.records.models import Case
from tests.insight.test_partitions import START, live, opened, who
from tests.processes import database_url

__all__ = ["who"]
pytestmark = pytest.mark.django_db(transaction=True)
NOW = START + timedelta(days=300)


@pytest.fixture
def lived(town: Book, who: Actor) -> list[Case]:
    """Sixty cases that went all the ways there are."""
    draw, cases = Random(5), []
    for number in range(60):
        at = START + timedelta(hours=draw.randrange(24 * 90))
        service, place = draw.choice(["pothole", "light"]), draw.choice([None, *town.places])
        cases.append(opened(town, number, at, service=service, place=place, lat=0.15, lon=32.05))
        for _ in range(3):
            live(who, town, cases, draw)
    partitions.refresh(town, [CASES])
    return list(Case.objects.exclude(state="merged"))


def test_figures_are_those_of_the_cases(lived: list[Case], town: Book) -> None:
    found = reckoning.figures(town, NOW)
    whole = found[""]
    checks = {
        "service": lambda case: town.services[case.service_id].code,
        "department": lambda case: town.departments[case.department_id].code,
        "month": lambda case: written(month_of(case.opened_at, town.zone)),
        "district": lambda case: _district(town, case.place_id),
    }
    for by, key in checks.items():
        told = {each.key: each for each in whole.by[by]}
        assert told.keys() == {key(case) for case in lived}
        for name, each in told.items():
            agrees(each, [case for case in lived if key(case) == name], town)
    agrees(whole.whole, lived, town)
    assert [each.key for each in whole.by["month"]] == sorted(
        each.key for each in whole.by["month"]
    )


def _district(town: Book, place_id: int | None) -> str:
    district = town.district(place_id)
    return town.places[district].code if district else ""


def agrees(each: Slice, cases: list[Case], town: Book) -> None:
    assert each.work.cases == len(cases)
    assert each.work.solved == sum(case.resolved_at is not None for case in cases)
    assert each.work.stars == sum(case.rating or 0 for case in cases)
    assert each.work.reopened.part == sum(case.reopenings > 0 for case in cases)
    assert each.work.kept.part == sum(
        case.resolved_at is not None and case.due is not None and case.resolved_at <= case.due
        for case in cases
    )
    overdue = [
        case for case in cases
        if case.due and (case.resolved_at or case.state in ("received", "accepted"))
    ]  # fmt: skip
    assert each.work.kept.whole == len(overdue)
    assert each.solution.watched == len(cases)
    if all(case.resolved_at for case in cases):  # then nothing is left to be guessed
        took = sorted(
            clock(town, case.resolved_at) - clock(town, case.opened_at)
            for case in cases if case.resolved_at
        )  # fmt: skip
        assert each.solution.half == took[(len(took) - 1) // 2]


def test_each_span_has_the_cases_that_were_opened_in_it(lived: list[Case], town: Book) -> None:
    at = START + timedelta(days=80)
    known = {month_of(case.opened_at, town.zone) for case in lived}
    with frozen(at):
        reckoning.reckon(town)
    last, counted = month_of(at, town.zone), []
    for months in (MONTHS, *SPANS):
        kept = None if months == MONTHS else months
        found = figures.newest(town.id, months=kept)
        assert found is not None
        assert (found.figures.first, found.figures.last) == (last - months + 1, last)
        span = range(last - months + 1, last + 1)
        cases = [case for case in lived if month_of(case.opened_at, town.zone) in span]
        assert found.figures.whole.work.cases == len(cases)
        assert len(found.figures.by["month"]) == len(known & set(span))
        counted.append(len(cases))
    assert counted[0] > counted[-1] > 0


def test_a_department_has_the_figures_of_all_below_it(lived: list[Case], town: Book) -> None:
    found = reckoning.figures(town, NOW)
    for code, entry in town.department_by_code.items():
        below = {each.id for each in town.departments.values() if entry.id in _above(town, each.id)}
        cases = [case for case in lived if case.department_id in below]
        assert (found[code].whole.work.cases if code in found else 0) == len(cases)


def _above(town: Book, department_id: int | None) -> set[int | None]:
    found: set[int | None] = set()
    while department_id is not None:
        found.add(department_id)
        department_id = town.departments[department_id].parent_id
    return found


def test_reports_by_head_are_told_where_people_were_counted(town: Book, who: Actor) -> None:
    for number, place in enumerate(["west", "west", "west", "east"]):
        opened(town, number, START, place=town.place_by_code[place].id)
    partitions.refresh(town, [CASES])
    west, east = reckoning.figures(town, START + timedelta(days=1))[""].by["district"]
    assert east.rate is None
    assert west.rate is not None
    assert (west.rate.people, west.rate.reports) == (2000, 1.5)
    # Garwood's limits of a count of 3: 0.6187 and 8.7673.
    assert (west.rate.low, west.rate.high) == pytest.approx((0.309, 4.384), abs=1e-3)


def test_private_cases_are_counted_without_their_district_in_public(town: Book, who: Actor) -> None:
    west = town.place_by_code["west"].id
    cases = [opened(town, number, START, place=west) for number in range(3)]
    Case.objects.filter(pk=cases[0].pk).update(public=False)
    partitions.refresh(town, [CASES])
    found = reckoning.figures(town, START + timedelta(days=1))[""].by
    exact, told = (
        {each.key: (each.work.cases, each.rate and each.rate.reports) for each in found[by]}
        for by in ("district", AREA)
    )
    assert exact == {"west": (3, 1.5)}
    assert told == {"west": (2, 1.0), "": (1, None)}


def test_spots_where_repairs_do_not_hold_are_told(town: Book, who: Actor) -> None:
    for number in range(4):
        at = START + timedelta(days=30 * number)
        case = opened(town, number, at, lat=0.15, lon=32.05)
        deciding.accept(actor=who, case_id=case.pk, at=at + timedelta(hours=1))
        working.resolve(actor=who, case_id=case.pk, text="Done", at=at + timedelta(days=1))
    partitions.refresh(town, [CASES])
    found = reckoning.figures(town, NOW)[""]
    assert (found.whole.again.part, found.whole.again.whole) == (3, 4)
    spot = found.spots[0]
    assert (spot.service, spot.again, spot.repaired) == ("pothole", 3, 4)
    assert (spot.lat, spot.lon) == pytest.approx((0.15, 32.05), abs=4e-4)


def test_a_city_without_cases_has_figures_that_say_so(town: Book, who: Actor) -> None:
    assert figures.newest(town.id) is None
    with frozen(NOW):
        nightly.make(town)
    found = figures.newest(town.id)
    assert found is not None
    assert found.at == NOW
    assert found.figures.whole.work.cases == 0
    assert found.figures.whole.solution.by(DAYS[0]) is None


def test_a_night_is_due_once_and_a_missed_one_at_any_hour(town: Book, who: Actor) -> None:
    noon = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)

    def due(at: datetime) -> bool:
        with frozen(at):
            return nightly.is_due(town)

    assert due(noon)
    with frozen(noon):
        nightly.make(town)
    assert not due(noon)
    midnight = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)  # half past twelve in this city
    assert not due(midnight)
    assert due(midnight + timedelta(hours=1))
    assert not due(noon + timedelta(days=1))
    assert due(noon + timedelta(days=2))


@pytest.fixture
def neighbour(who: Actor, tmp_path: Path) -> Book:
    """Another city on the same host."""
    pack = shutil.copytree(Path(__file__).parents[1] / "cities" / "small", tmp_path / "next")
    city = pack / "city.toml"
    text = city.read_text(encoding="utf-8").replace('slug = "small"', 'slug = "next"')
    text = text.replace('prefix = "SML"', 'prefix = "NXT"').replace("small.example", "next.example")
    city.write_text(text, encoding="utf-8")
    return book_of(load(pack).pk)


def test_a_city_that_fails_keeps_no_other_from_its_night(town: Book, neighbour: Book) -> None:
    stray = partitions.folder(town, CASES) / "no month.parquet"
    stray.parent.mkdir(parents=True)
    stray.touch()
    with frozen(NOW):
        assert nightly.make_each([town, neighbour]) == [town]
        assert (nightly.is_due(town), nightly.is_due(neighbour)) == (True, False)
        stray.unlink()
        assert nightly.make_each([town, neighbour]) == []
        assert not nightly.is_due(town)


def test_it_is_told_when_nights_are_not_made_whole(town: Book, who: Actor) -> None:
    with frozen(NOW):
        assert nightly.overdue(town) is None
        nightly.make(town)
    public = Path(settings.NGOMA_DATA) / "opendata"
    public.rename(public.with_name("elsewhere"))
    public.touch()  # nothing can be published, so words that were taken back stay elsewhere
    with frozen(NOW + timedelta(days=2)):
        assert nightly.overdue(town) is None
        assert nightly.make_each([town]) == [town]
    with frozen(NOW + timedelta(days=2, minutes=1)):
        assert nightly.overdue(town) == NOW
        public.unlink()
        nightly.make(town)
        assert nightly.overdue(town) is None


def test_a_host_makes_one_night_at_a_time(town: Book, who: Actor) -> None:
    at_it = Path(settings.NGOMA_DATA) / "insight" / ".night"
    at_it.mkdir(parents=True)
    with frozen(NOW):
        with partitions.alone(at_it):
            assert nightly.make_each([town], by_clock=True) == []
            assert nightly.is_due(town)
        assert nightly.make_each([town], by_clock=True) == []
        first = figures.newest(town.id)
        assert first is not None
    with frozen(NOW + timedelta(minutes=10)):  # the clock of another worker comes late
        nightly.make_each([town], by_clock=True)
        assert figures.newest(town.id) == first
        nightly.make_each([town])
        assert figures.newest(town.id) != first


def test_the_command_makes_the_nights_it_can(
    lived: list[Case], town: Book, neighbour: Book
) -> None:
    data = Path(settings.NGOMA_DATA)
    (data / "insight" / "next").touch()
    run = subprocess.run(
        [sys.executable, "-m", "ngoma", "insight", "nightly", "--city", "next", "--city", "small"],
        env=os.environ
        | {"DATABASE_URL": database_url(), "NGOMA_DATA": str(data)}
        | {"NGOMA_VAULT_KEY": settings.NGOMA_VAULT_KEY},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 1
    assert "NotADirectoryError" in run.stderr
    assert run.stderr.rstrip().endswith("failed: next")
    assert figures.newest(town.id) is not None
    assert (data / "insight" / "small" / "night").exists()
