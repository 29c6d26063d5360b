"""How well the work works, for everybody: figures with their ranges, and no small numbers."""

import csv
import io
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.insight.figures import AREA, DAYS, Figures, Rate, Share, Slice, Times, Work
from ngoma.people.publicity import LEAST
from ngoma.records.models import Outcomes

pytestmark = pytest.mark.django_db
PAGE = "/small/figures"


def made(key: str, cases: int, **more: Any) -> Slice:
    """A slice in which two thirds were solved in time, half within two days."""
    kept, none = Share(cases * 2 // 3, cases, 0.5, 0.8), Share(0, cases, 0.0, 0.1)
    known: list[float | None] = [0.5] * len(DAYS)
    times = Times(cases, cases, 300, 900, None, known, [0.4] * len(DAYS), [0.6] * len(DAYS))
    work = Work(cases, cases + 1, cases, 0, 0, 0, kept, kept, none, none)
    return Slice(key, work, times, times, Share(0, 0), **more)


def changed(key: str, cases: int, dated: int | None = None) -> Slice:
    """A month that says how it differs from the one before, with so many promised dates."""
    month = made(key, cases)
    month.work.kept.whole = cases if dated is None else dated
    month.work.kept.change = (-0.05, -0.1, 0.01)
    return month


def keep(town: Book, by: dict[str, list[Slice]], whole: int = 100) -> None:
    by = {AREA: by["district"], **by}
    figures = Figures(24300, 24312, 450, made("", whole), {"month": [], "service": [], **by}, [])
    Outcomes.objects.create(
        city_id=town.id, department=0, made_at=now(), figures=msgspec.to_builtins(figures)
    )


def table_of(reader: Client, asked: dict[str, str]) -> list[dict[str, str]]:
    answer = reader.get(PAGE, asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def table(reader: Client, by: str) -> dict[str, dict[str, str]]:
    return {row[by]: row for row in table_of(reader, {"csv": by})}


def test_before_the_first_night_the_page_says_so(reader: Client, town: Book) -> None:
    assert "Nothing has been reckoned yet" in reader.get(PAGE).content.decode()
    assert reader.get(PAGE, {"csv": "service"}).status_code == 404


def test_figures_are_told_with_their_ranges(reader: Client, town: Book) -> None:
    month = changed("2026-05", 60)
    west = made("west", 60, rate=Rate(2000, 30.5, 23.0, 39.0))
    keep(
        town,
        {
            "district": [west],
            "service": [made("pothole", 100)],
            "month": [made("2026-04", 9), month],
        },
    )
    page = reader.get(PAGE).content.decode()
    for said in (
        "Half of the problems were solved within 2 working days.",
        "the city solved 66% by that date",
        *("50% to 80%", "West Ward", "Hole in the road", "May 2026", "<svg", "-5", "-10 to +1"),
        *("30.5", "23 to 39", "Made up for tests, 2020", "How this was computed"),
    ):
        assert said in page, said
    assert table(reader, "district")["west"]["reports_per_1000"] == "30.5"
    assert table(reader, "month")["2026-05"]["change_low"] == "-0.1"
    assert reader.get(PAGE, {"csv": "department"}).status_code == 404


def test_a_district_that_is_silent_is_told_and_one_without_people_too(
    reader: Client, town: Book
) -> None:
    keep(town, {"district": [made("east", 60)]})
    found = table(reader, "district")
    assert found["west"]["reports"] == "0"
    assert found["west"]["people"] == "2000"
    assert float(found["west"]["reports_per_1000_high"]) == pytest.approx(1.844)
    assert found["east"]["people"] == ""


def test_small_numbers_are_not_told_nor_those_that_tell_of_them(reader: Client, town: Book) -> None:
    services = [made("pothole", 90), made("light", 8), made("else", 2)]
    keep(town, {"district": [], "service": services})
    found = table(reader, "service")
    assert found["pothole"]["reports"] == "91"
    for hidden in ("light", "else"):
        assert set(found[hidden].values()) <= {hidden, "", found[hidden]["name"]}
    keep_few = made("pothole", 6)
    keep_few.work.kept.whole = 4
    Outcomes.objects.all().delete()
    keep(town, {"district": [], "service": [keep_few]})
    assert table(reader, "service")["pothole"]["solved_in_time"] == ""
    Outcomes.objects.all().delete()
    keep(town, {"district": []}, whole=4)
    page = reader.get(PAGE).content.decode()
    assert "too few cases" in page
    assert "<table" not in page.split("<main")[1]


def test_a_change_is_told_only_beside_the_month_it_changed_from(reader: Client, town: Book) -> None:
    """The share of a month less its change is that of the month before."""
    months = [made("2026-01", 40), changed("2026-02", 3), changed("2026-03", 40)]
    months += [changed("2026-04", 40, dated=3), changed("2026-05", 40), changed("2026-06", 40)]
    keep(town, {"district": [], "month": months}, 200)
    told = {key: row["change"] != "" for key, row in table(reader, "month").items()}
    before = {key: row["solved_in_time"] != "" for key, row in table(reader, "month").items()}
    assert told["2026-06"]
    for earlier, later in pairwise(sorted(told)):
        assert before[earlier] or not told[later], later
    assert not told["2026-03"]
    assert not told["2026-05"]


COUNTS = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
"""Cases, those of them that had a date, and those whose time is known, or as many as there are."""


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(counts=[(40, 40, 40), (40, 3, 40), (40, 30, 40)])
@example(counts=[(40, 40, 40), (40, 40, 3), (40, 40, 9)])
@given(counts=st.lists(COUNTS, min_size=1, max_size=6))
def test_nothing_hidden_can_be_reckoned_from_the_totals(
    counts: list[tuple[int, int, int]], reader: Client, town: Book
) -> None:
    """Who takes the rows that are told from the total is left with nothing, or with five at least
    of several rows."""
    slices = []
    for number, (cases, dated, timed) in enumerate(counts):
        slices.append(made(f"kind-{number}", cases))
        slices[-1].work.kept.whole = min(dated, cases)
        slices[-1].solution.watched = min(timed, cases)
    Outcomes.objects.all().delete()
    keep(town, {"district": [], "service": slices}, sum(cases for cases, _, _ in counts))
    found = table(reader, "service")
    for column, numbers in {
        "reports": [each.work.cases for each in slices],
        "solved_in_time": [each.work.kept.whole for each in slices],
        "half_solved_working_minutes": [each.solution.watched for each in slices],
    }.items():
        told = [found[each.key][column] != "" for each in slices]
        for number, ok in zip(numbers, told, strict=True):
            assert not ok or number == 0 or number >= LEAST, column
        left = [number for number, ok in zip(numbers, told, strict=True) if number and not ok]
        if sum(numbers) >= LEAST and any(number < LEAST for number in left):
            assert len(left) > 1, column
            assert sum(left) >= LEAST, column


def test_figures_are_read_once_until_they_are_made_anew(reader: Client, town: Book) -> None:
    keep(town, {"district": [], "service": [made("pothole", 60)]})
    assert "max-age=600" in reader.get(PAGE)["Cache-Control"]
    with CaptureQueriesContext(connection) as asked:
        assert table(reader, "service")["pothole"]["reports"] == "61"
    assert not [each for each in asked if '"figures"' in each["sql"]]
    Outcomes.objects.all().delete()
    keep(town, {"district": [], "service": [made("pothole", 70)]})
    assert table(reader, "service")["pothole"]["reports"] == "71"


def test_it_speaks_every_language_of_the_city(reader: Client, town: Book) -> None:
    keep(town, {"district": []})
    assert reader.get("/small/sw/figures").status_code == 200
    assert 'href="/small/figures"' in reader.get("/small/").content.decode()


def test_one_key_can_be_looked_at_alone_unless_it_is_hidden(reader: Client, town: Book) -> None:
    """What a row hides, its own page hides, too: its sentence, its curve and its file."""
    services = [made("pothole", 90), made("light", 8), made("else", 2)]
    keep(
        town, {"district": [made("west", 60)], "service": services, "month": [made("2026-05", 60)]}
    )
    whole = reader.get(PAGE).content.decode()
    assert f'href="{PAGE}?service=pothole"' in whole
    for hidden in ("light", "else"):
        assert f"service={hidden}" not in whole
    for asked, said in (
        ({"service": "pothole"}, "Hole in the road"),
        ({"district": "west"}, "West Ward"),
        ({"month": "2026-05"}, "From May 2026 to May 2026"),
    ):
        page = reader.get(PAGE, asked).content.decode()
        assert said in page
        assert "<svg" in page.split("<main")[1]
        assert "District by district" not in page
        [first, *_] = table_of(reader, {**asked, "csv": "days"})
        assert (first["working_days"], first["solved"], first["solved_low"]) == (
            "0.25",
            "0.5",
            "0.4",
        )
    for hidden in ("light", "else"):
        page = reader.get(PAGE, {"service": hidden}).content.decode()
        assert "too few cases" in page
        assert "<svg" not in page.split("<main")[1].split("</main")[0]
        assert table_of(reader, {"service": hidden, "csv": "days"}) == []
    silent = reader.get(PAGE, {"district": "east"}).content.decode()
    assert "too few cases" in silent
    for wild in ("x", "", "%00", "9" * 30):
        assert "District by district" in reader.get(PAGE, {"service": wild}).content.decode()


def test_times_that_are_not_told_are_not_said_to_be_long(reader: Client, town: Book) -> None:
    few = made("pothole", 60)
    few.solution.watched = 3
    keep(town, {"district": [], "service": [few, made("light", 60)]})
    page = reader.get(PAGE, {"service": "pothole"}).content.decode()
    assert "the city solved" in page
    assert "Half of the problems" not in page
    assert "Fewer than half" not in page
    assert table_of(reader, {"service": "pothole", "csv": "days"}) == []
