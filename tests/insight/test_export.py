"""Public data as files: whole, readable everywhere, and without anything private."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ngoma.casework import deciding, talking
from ngoma.casework.recording import History, record
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.cities.load import load
from ngoma.insight import export
from ngoma.intake.history import importing
from ngoma.intake.history.mapping import Mapping, find
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.people.permissions import Actor, staff
from ngoma.records.models import Case, City, Membership, Report, Service, User
from tests.intake.history import EXCERPTS

SECRETS = ("0772123456", "ann@example.org", "Okello", "behind the blue door", "sneeze", "32.0512")


def as_text(town: Book, kind: str, tmp_path: Path) -> str:
    """An export as readable text, whatever its format."""
    path = tmp_path / f"public.{kind}"
    export.write(export.rows(town), kind, path)
    if kind != "parquet":
        return path.read_text(encoding="utf-8")
    return str(duckdb.read_parquet(str(path)).fetchall())


def tell(town: Book, key: str, **said: Any) -> Report:
    known = {"words": "A hole", "service": "pothole", "lat": 0.15, "lon": 32.05} | said
    return submit(Submission(book=town, origin="web", key=key, channel="web", **known)).report


@pytest.fixture
def private_town(town: Book) -> Book:
    """A town where lights are nobody's business, with secrets wherever one can be put."""
    Service.objects.filter(city=town.id, code="light").update(public=False)
    City.objects.filter(pk=town.id).update(version=99)
    books.forget()
    town = books.book_of(town.id)
    open_ = tell(
        town,
        "open",
        words="A hole; call 0772 123456 or ann@example.org",
        location="By the mosque, 0772123456",
        email="ann@example.org",
        name="Okello",
    )
    shut = tell(
        town, "shut", service="light", words="Dark behind the blue door", lat=0.1512, lon=32.0512
    )
    user = User.objects.create_user("coordinator")
    Membership.objects.create(user=user, city_id=town.id, role="coordinator")
    actor = staff(user)
    talking.note(actor=actor, case_id=open_.case_id, text="Okello made me sneeze")
    deciding.accept(actor=actor, case_id=open_.case_id, text="We come on Monday")
    deciding.accept(actor=actor, case_id=shut.case_id, text="We come behind the blue door")
    source = {"note": "Okello made me sneeze", "tel": "0772123456"}
    at = datetime(2020, 1, 1, tzinfo=UTC)
    words = "Okello lives here"
    record(town, [History(key="old", opened_at=at, words=words, source=source)], origin="old")
    return town


@pytest.mark.parametrize("kind", export.FORMATS)
def test_nothing_private_gets_out(kind: str, private_town: Book, tmp_path: Path) -> None:
    told = as_text(private_town, kind, tmp_path)
    assert "We come on Monday" in told
    assert "By the mosque" in told
    for secret in (*SECRETS, *Report.objects.values_list("secret", flat=True)):
        assert secret not in told
    assert "0772 123456" not in told


def test_a_private_service_is_counted_and_placed_coarsely(private_town: Book) -> None:
    row = next(row for row in export.rows(private_town) if row["service_code"] == "light")
    assert (row["lat"], row["long"], row["place"]) == (0.15, 32.05, "west")
    assert (row["description"], row["address"], row["status_notes"]) == ("", "", "")
    assert row["status_description"] == "accepted"


def test_rows_have_the_names_of_georeport_bulk(private_town: Book) -> None:
    row = next(export.rows(private_town))
    bulk = (
        *("service_request_id", "requested_datetime", "updated_datetime", "closed_date"),
        *("status_description", "status_notes", "source", "service_name", "description"),
        *("agency_responsible", "address", "lat", "long"),
    )
    assert set(bulk) <= set(export.COLUMNS)
    assert list(row) == list(export.COLUMNS)
    assert row["status_notes"] == "We come on Monday"
    assert row["service_name"] == "Hole in the road"


def test_a_refusal_without_words_is_told_by_its_reason_a_referral_by_its_body(
    town: Book, coordinator: Actor
) -> None:
    refused, passed_on = tell(town, "refused"), tell(town, "passed on")
    deciding.reject(actor=coordinator, case_id=refused.case_id, reason="private")
    deciding.refer(actor=coordinator, case_id=passed_on.case_id, body="power")
    notes = [row["status_notes"] for row in export.rows(town)]
    assert notes == ["This is private land.", "Power company"]


def test_every_format_has_every_row(database: None, tmp_path: Path) -> None:
    town = imported("helsinki", "helsinki.json", tmp_path)
    rows = {row["service_request_id"]: row for row in export.rows(town)}
    assert len(rows) == export.count(town) == 50
    in_csv = list(csv.DictReader(io.StringIO(as_text(town, "csv", tmp_path), newline="")))
    assert [row["service_request_id"] for row in in_csv] == list(rows)
    features = json.loads(as_text(town, "geojson", tmp_path))["features"]
    as_text(town, "parquet", tmp_path)
    table = duckdb.read_parquet(str(tmp_path / "public.parquet"))
    in_parquet = [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]
    for feature, row in zip(features, in_parquet, strict=True):
        known = rows[feature["id"]]
        here = None if known["lat"] is None else [known["long"], known["lat"]]
        assert (feature["geometry"] and feature["geometry"]["coordinates"]) == here
        assert feature["properties"]["description"] == known["description"]
        assert (row["description"] or "") == known["description"]
        assert row["requested_datetime"] == known["requested_datetime"].replace(tzinfo=None)
    assert table.types[1] == "TIMESTAMP"


def test_a_spreadsheet_finds_no_formula(town: Book, tmp_path: Path) -> None:
    for number, words in enumerate(('=HYPERLINK("x")', "+1 hole", "-1 hole", "@home, a hole")):
        tell(town, str(number), words=words)
    tell(town, "south", lat=0.15, lon=32.05)
    Report.objects.filter(key="south").update(lat=-0.5)
    rows = list(csv.DictReader(io.StringIO(as_text(town, "csv", tmp_path), newline="")))
    assert all(not row["description"].startswith(("=", "+", "-", "@")) for row in rows)
    assert rows[0]["description"] == '\'=HYPERLINK("x")'
    assert rows[-1]["lat"] == "-0.5"


def imported(name: str, file: str, tmp_path: Path) -> Book:
    books.forget()
    mapping = find(name)
    town = importing.destination(mapping)
    importing.run(EXCERPTS / file, town, mapping, rejected=tmp_path / "rejected.csv")
    return books.book_of(town.id)


def test_an_export_comes_in_again_as_it_was(database: None, tmp_path: Path) -> None:
    town = imported("boston", "boston.jsonl.gz", tmp_path)
    export.write(export.rows(town), "csv", tmp_path / "out.csv")
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
    before, after = list(export.rows(town)), list(export.rows(other))
    for row in before + after:
        del row["service_request_id"]
    assert after == before


def test_a_failed_export_leaves_no_file(town: Book, tmp_path: Path) -> None:
    def broken() -> Any:
        yield from export.rows(town)
        raise RuntimeError

    tell(town, "1")
    with pytest.raises(RuntimeError):
        export.write(broken(), "csv", tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(export.ExportError, match="csv, geojson, parquet"):
        export.write([], "xlsx", tmp_path / "out.xlsx")
    with pytest.raises(export.ExportError, match="--out"):
        export.write([], "parquet", None)


def test_pages_meet_without_gap(town: Book) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    histories = [History(key=str(number), opened_at=at) for number in range(2001)]
    record(town, histories, origin="old")
    assert len({row["service_request_id"] for row in export.rows(town)}) == Case.objects.count()
