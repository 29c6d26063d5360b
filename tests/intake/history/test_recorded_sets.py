"""Boston, Helsinki and Zürich as they were recorded come in whole, by the mappings shipped."""

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from ngoma.casework import deadlines, rebuild
from ngoma.cities.book import Book, book_of, forget
from ngoma.cities.load import load
from ngoma.intake.history import importing, mapping
from ngoma.intake.history.importing import Summary
from ngoma.records.models import Case, Job, Notice, Report, Service
from tests.intake.history import EXCERPTS, SETS, cases, in_file, kept

NAMES = {
    "boston": ("boston.jsonl.gz", "boston_2011_requests.jsonl.gz", 58_251),
    "helsinki": ("helsinki.json", "helsinki_requests.json", 1_380),
    "zurich": ("zurich.csv", "zurich_reports.csv", 62_245),
}


@pytest.fixture(autouse=True)
def _no_city_of_another_test() -> None:
    forget()


def brought(name: str, path: Path, tmp_path: Path) -> tuple[Book, Summary]:
    known = mapping.find(name)
    summary = importing.run(
        path, importing.destination(known), known, rejected=tmp_path / "rejected.csv"
    )
    return importing.destination(known), summary


def assert_whole(name: str, path: Path, tmp_path: Path, count: int) -> None:
    """As many as there are, every field found again, and the same file adds nothing."""
    town, summary = brought(name, path, tmp_path)
    assert (summary.added, summary.known, summary.rejected) == (count, 0, 0)
    stated = Counter(
        msgspec.json.encode(row, order="deterministic") for row in in_file(path, mapping.find(name))
    )
    found = Counter(msgspec.json.encode(row, order="deterministic") for row in kept(town))
    assert found == stated
    again = brought(name, path, tmp_path)[1]
    assert (again.added, again.known, again.rejected) == (0, count, 0)
    assert Report.objects.filter(city=town.id).count() == count
    assert not (tmp_path / "rejected.csv").exists()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_an_excerpt_is_lost(name: str, database: None, tmp_path: Path) -> None:
    path = EXCERPTS / NAMES[name][0]
    assert_whole(name, path, tmp_path, len(in_file(path, mapping.find(name))))
    assert rebuild.rebuild(lambda done: None) == 0


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_whole_set_is_lost(name: str, database: None, tmp_path: Path) -> None:
    _, file, count = NAMES[name]
    if not (SETS / file).exists():
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"the recorded requests are not here: {SETS / file}")
    assert_whole(name, SETS / file, tmp_path, count)


def test_history_is_no_news(database: None, tmp_path: Path) -> None:
    town, _ = brought("boston", EXCERPTS / "boston.jsonl.gz", tmp_path)
    assert Case.objects.filter(city=town.id, state="accepted", due__lt=datetime.now(UTC)).exists()
    assert deadlines.escalate_late() == 0
    assert not Job.objects.exists()
    assert not Notice.objects.exists()


def test_boston_says_when_where_and_who(database: None, tmp_path: Path) -> None:
    town, _ = brought("boston", EXCERPTS / "boston.jsonl.gz", tmp_path)
    rows = in_file(EXCERPTS / "boston.jsonl.gz", mapping.find("boston"))
    mine = cases(town)
    for row in rows:
        case = mine[row["service_request_id"]]
        assert case.opened_at == datetime.fromisoformat(row["requested_datetime"])
        assert (case.closed_at is not None) == (row["status"] == "closed")
        assert town.services[case.service_id].names["en"] == " ".join(
            row["service_code"].split(":", 2)[2].split()
        )
        assert (case.lat, case.lon) == (row["lat"], row["long"])
        if row["agency_responsible"] == "PWDx":
            assert town.departments[case.department_id].code == "pwd"
        if row["extended_attributes"].get("neighborhood") == "Allston":
            assert town.places[case.place_id].code == "allston-brighton"
    assert {case.state for case in mine.values()} == {"accepted", "closed"}


def test_helsinki_keeps_its_answers_and_unknown_services(database: None, tmp_path: Path) -> None:
    town, summary = brought("helsinki", EXCERPTS / "helsinki.json", tmp_path)
    rows = in_file(EXCERPTS / "helsinki.json", mapping.find("helsinki"))
    mine = cases(town)
    for row in rows:
        case = mine[row["service_request_id"]]
        assert case.reports.get().words == row["description"].strip() or "\r" in row["description"]
        assert (case.answered_at is not None) == ("status_notes" in row)
        assert case.lat == row.get("lat")
    listed = {service.code for service in town.services.values() if not service.retired}
    unknown = {row["service_code"] for row in rows if "service_code" in row} - listed
    assert unknown
    assert set(summary.services) == unknown
    made = Service.objects.filter(city=town.id, code__in=unknown)
    assert {(each.group, each.retired) for each in made} == {("recorded", True)}


def test_equal_rows_of_zurich_stay_apart_and_lie_in_their_quarters(
    database: None, tmp_path: Path
) -> None:
    town, _ = brought("zurich", EXCERPTS / "zurich.csv", tmp_path)
    keys = Report.objects.filter(city=town.id).values_list("key", flat=True)
    assert {key.rpartition("-")[2] for key in keys} == {"1", "2"}
    for case in Case.objects.filter(city=town.id):
        assert town.locate(case.lat, case.lon).place_id == case.place_id
        assert (case.state, case.closed_at) == ("closed", None)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_mapping_has_a_sound_pack(name: str, database: None) -> None:
    known = mapping.find(name)
    assert known.pack is not None
    assert book_of(load(known.pack).pk).slug == name
