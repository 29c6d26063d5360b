"""Public data as files: whole, readable everywhere, and without anything private."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ngoma.base.clock import frozen
from ngoma.casework import deciding, working
from ngoma.casework.recording import History, record
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.insight import partitions
from ngoma.insight.opendata import exporting
from ngoma.insight.opendata.dictionary import REPORTS
from ngoma.insight.opendata.rows import PUBLIC
from ngoma.intake.history import importing
from ngoma.intake.history.mapping import Mapping, find
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Report
from tests.insight.opendata.conftest import tell, without_lights
from tests.insight.opendata.reading import as_text, rows
from tests.intake.history import EXCERPTS

SECRETS = ("0772123456", "ann@example.org", "Okello", "behind the blue door", "sneeze", "32.0512")


@pytest.mark.parametrize("kind", exporting.FORMATS)
def test_nothing_private_gets_out(kind: str, private_town: Book, tmp_path: Path) -> None:
    told = as_text(private_town, kind, tmp_path)
    assert "We come on Monday" in told
    assert "By the mosque" in told
    for secret in (*SECRETS, *Report.objects.values_list("secret", flat=True)):
        assert secret not in told
    assert "0772 123456" not in told


def test_a_private_service_is_counted_and_placed_coarsely(private_town: Book) -> None:
    row = next(row for row in rows(private_town) if row["service_code"] == "light")
    assert (row["lat"], row["long"], row["place"]) == (0.15, 32.05, "west")
    assert (row["description"], row["address"], row["status_notes"]) == ("", "", "")
    assert (row["service_request_id"], row["agency_responsible"]) == ("", "")
    assert row["status_description"] == "accepted"


def test_the_time_of_a_private_report_is_known_to_the_day(town: Book, coordinator: Actor) -> None:
    """Neither by its times, nor by its reference, nor by its neighbours in the file."""
    town = without_lights(town)
    noon = datetime(2026, 5, 4, 9, 0, 1, tzinfo=UTC)
    for hour in range(4):
        with frozen(noon + timedelta(hours=hour)):
            told = tell(town, f"{hour}", service="light" if hour % 2 else "pothole")
            deciding.accept(actor=coordinator, case_id=told.case_id)
    with frozen(noon + timedelta(hours=4)):
        working.resolve(actor=coordinator, case_id=told.case_id, text="Done")
    day = datetime(2026, 5, 3, 21, tzinfo=UTC).replace(tzinfo=None)  # midnight on the city's clocks
    private, public = rows(town)[:2], rows(town)[2:]
    assert [row["service_code"] for row in private] == ["light", "light"]
    for row in private:
        assert row["requested_datetime"] == row["updated_datetime"] == day
        assert row["closed_date"] in (None, day)
        assert row["expected_datetime"].time() == day.time()
    assert {row["closed_date"] for row in private} == {None, day}
    hours = [row["requested_datetime"].hour for row in public]
    assert hours == [9, 11]


def test_rows_have_the_names_of_georeport_bulk(private_town: Book) -> None:
    row = rows(private_town)[-1]
    bulk = (
        *("service_request_id", "requested_datetime", "updated_datetime", "closed_date"),
        *("status_description", "status_notes", "source", "service_name", "description"),
        *("agency_responsible", "address", "lat", "long"),
    )
    assert set(bulk) <= set(row)
    assert list(row) == [each.name for each in REPORTS]
    assert row["status_notes"] == "We come on Monday"
    assert row["service_name"] == "Hole in the road"


def test_a_refusal_without_words_is_told_by_its_reason_a_referral_by_its_body(
    town: Book, coordinator: Actor
) -> None:
    refused, passed_on = tell(town, "refused"), tell(town, "passed on")
    deciding.reject(actor=coordinator, case_id=refused.case_id, reason="private")
    deciding.refer(actor=coordinator, case_id=passed_on.case_id, body="power")
    notes = [row["status_notes"] for row in rows(town)]
    assert notes == ["This is private land.", "Power company"]


def test_every_format_has_every_row(database: None, tmp_path: Path) -> None:
    town = imported("helsinki", "helsinki.json", tmp_path)
    known_rows = {row["service_request_id"]: row for row in rows(town)}
    assert len(known_rows) == Report.objects.count() == 50
    in_csv = list(csv.DictReader(io.StringIO(as_text(town, "csv", tmp_path), newline="")))
    assert [row["service_request_id"] for row in in_csv] == list(known_rows)
    features = json.loads(as_text(town, "geojson", tmp_path))["features"]
    as_text(town, "parquet", tmp_path)
    table = duckdb.read_parquet(str(tmp_path / "public.parquet"))
    in_parquet = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    for feature, row in zip(features, in_parquet, strict=True):
        known = known_rows[feature["id"]]
        here = None if known["lat"] is None else [known["long"], known["lat"]]
        assert (feature["geometry"] and feature["geometry"]["coordinates"]) == here
        assert feature["properties"]["description"] == known["description"]
        assert (row["description"] or "") == known["description"]
        assert row["requested_datetime"] == known["requested_datetime"]
    assert table.types[1] == "TIMESTAMP"


def test_a_spreadsheet_finds_no_formula(town: Book, tmp_path: Path) -> None:
    formulas = ['=HYPERLINK("x")', "+1 hole", "-1 hole", "@home, a hole", "＝1+1"]
    for number, words in enumerate(formulas):
        tell(town, str(number), words=words)
    tell(town, "south", lat=0.15, lon=32.05)
    Report.objects.filter(key="south").update(lat=-0.5)
    told = list(csv.DictReader(io.StringIO(as_text(town, "csv", tmp_path), newline="")))
    assert [row["description"] for row in told[:5]] == [f"'{each}" for each in formulas]
    assert told[-1]["lat"] == "-0.5"


def imported(name: str, file: str, tmp_path: Path) -> Book:
    books.forget()
    mapping = find(name)
    town = importing.destination(mapping)
    importing.run(EXCERPTS / file, town, mapping, rejected=tmp_path / "rejected.csv")
    return books.book_of(town.id)


def test_an_export_comes_in_again_as_it_was(database: None, tmp_path: Path) -> None:
    town = imported("boston", "boston.jsonl.gz", tmp_path)
    exporting.export(town, "csv", tmp_path / "out.csv")
    twin = tmp_path / "twin"
    twin.mkdir()
    pack = find("boston").pack
    assert pack is not None
    for path in pack.iterdir():
        text = path.read_text(encoding="utf-8")
        text = text.replace('slug = "boston"', 'slug = "twin"').replace('"BOS"', '"TWN"')
        (twin / path.name).write_text(text, encoding="utf-8")
    other = books.book_of(load(twin).pk)
    summary = importing.run(tmp_path / "out.csv", other, Mapping())
    assert (summary.added, summary.rejected, summary.services) == (50, 0, {})
    before, after = rows(town), rows(other)
    for row in before + after:
        del row["service_request_id"]
    assert after == before


def test_a_failed_export_leaves_no_file(town: Book, tmp_path: Path) -> None:
    tell(town, "1")
    exporting.export(town, "csv", tmp_path / "out.csv")
    kept = (tmp_path / "out.csv").read_bytes()
    (month,) = partitions.months(town, PUBLIC)
    partitions.file(town, PUBLIC, month).write_bytes(b"no Parquet")
    with pytest.raises(duckdb.Error):
        exporting.export(town, "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == kept
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out.csv"}
    with pytest.raises(exporting.ExportError, match="csv, geojson, parquet"):
        exporting.export(town, "xlsx", tmp_path / "out.xlsx")
    with pytest.raises(exporting.ExportError, match="--out"):
        exporting.export(town, "parquet", None)


def test_pages_meet_without_gap(town: Book) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    histories = [History(key=str(number), opened_at=at) for number in range(2001)]
    record(town, histories, origin="old")
    assert len({row["service_request_id"] for row in rows(town)}) == Case.objects.count()
