"""The nightly publication: whole, anew only where something changed, and gone where it must be."""

import csv
import json
import struct
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from pytest_django import Settings

from ngoma.base.clock import frozen
from ngoma.casework.recording import History, record
from ngoma.cities import book as books
from ngoma.cities.book import Book
from ngoma.insight import partitions
from ngoma.insight.opendata import manifest
from ngoma.insight.opendata.dictionary import COUNTS, REPORTS
from ngoma.insight.opendata.manifest import Manifest
from ngoma.insight.opendata.publishing import publish
from ngoma.insight.opendata.rows import PUBLIC
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, City, Report
from tests.insight.opendata.conftest import tell, without_lights
from tests.insight.opendata.reading import night, rows

pytestmark = pytest.mark.once
OLD = datetime(2020, 12, 31, 22, tzinfo=UTC)  # 2021 in the town


def text(town: Book, published: Manifest, name: str) -> str:
    """The content of a published file."""
    file = published.file(name)
    assert file is not None
    return manifest.stored(town.slug, file).read_text(encoding="utf-8")


def past(town: Book, *moments: datetime) -> None:
    """Reports of an older system."""
    histories = [History(key=at.isoformat(), opened_at=at, words="A hole") for at in moments]
    record(town, histories, origin="old")


def test_each_year_has_its_files_and_one_file_has_all(town: Book) -> None:
    past(town, OLD, OLD - timedelta(days=300))
    tell(town, "now")
    published = night(town)
    reports = {each.name: each.rows for each in published.files if each.dataset == "reports"}
    year = datetime.now(town.zone).year
    formats = ("csv", "geojson", "parquet")
    years = {f"reports-{each}.{end}": 1 for each in (2020, 2021, year) for end in formats}
    assert reports == years | {"reports.parquet": 3}
    assert (published.first_month, published.last_month[:4]) == ("2020-03", str(year))
    for end, read in (("csv", csv_ids), ("geojson", geojson_ids), ("parquet", parquet_ids)):
        found = [each for known in (2020, 2021, year) for each in read(town, published, known)]
        assert found == [row["service_request_id"] for row in rows(town)], end


def csv_ids(town: Book, published: Manifest, year: int) -> list[str]:
    """The references in a year's CSV."""
    lines = text(town, published, f"reports-{year}.csv").splitlines()
    return [row["service_request_id"] for row in csv.DictReader(lines)]


def geojson_ids(town: Book, published: Manifest, year: int) -> list[str]:
    """The references in a year's GeoJSON."""
    found = json.loads(text(town, published, f"reports-{year}.geojson"))
    return [each["id"] for each in found["features"]]


def parquet_ids(town: Book, published: Manifest, year: int) -> list[str]:
    """The references in a year's Parquet."""
    file = published.file(f"reports-{year}.parquet")
    assert file is not None
    table = pq.read_table(manifest.stored(town.slug, file))
    references: list[str] = table.column("service_request_id").to_pylist()
    return references


def test_parquet_is_geoparquet(town: Book) -> None:
    tell(town, "here", lat=0.1501, lon=32.0502)
    past(town, OLD)  # without a position
    published = night(town)
    file = published.file("reports.parquet")
    assert file is not None
    path = manifest.stored(town.slug, file)
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["Point"]
    assert column["bbox"] == [32.0502, 0.1501, 32.0502, 0.1501]
    table = pq.read_table(path)
    assert str(table.schema.field("geometry").type) == "binary"
    nowhere, here = table.column("geometry").to_pylist()
    assert nowhere is None
    assert struct.unpack("<BIdd", here) == (1, 1, 32.0502, 0.1501)
    assert duckdb.read_parquet(str(path)).aggregate("count(*)").fetchall() == [(2,)]


def test_only_years_that_changed_are_made_anew(town: Book) -> None:
    past(town, OLD)
    with frozen(datetime(2026, 5, 1, tzinfo=UTC)):
        tell(town, "1")
        first = night(town)
    untouched = {each.name: made(town, first, each.name) for each in first.files}
    with frozen(datetime(2026, 5, 2, tzinfo=UTC)):
        tell(town, "2")
        second = night(town)
    for each in second.files:
        before = first.file(each.name)
        assert before is not None
        if each.name.startswith(("reports-2021", "places", "services")):
            assert each == before
        if each.name.startswith("reports-2021"):
            assert made(town, second, each.name) == untouched[each.name]
        if each.name.startswith(("reports-2026", "reports.", "counts.csv", "catalog")):
            assert each.sha256 != before.sha256
            assert each.modified > before.modified
    assert manifest.versions(town.slug) == ["2026-05-02", "2026-05-01"]
    kept = manifest.version(town.slug, "2026-05-01")
    assert kept is not None
    assert manifest.decode(kept) == first


def made(town: Book, published: Manifest, name: str) -> int:
    """When the stored file was written."""
    file = published.file(name)
    assert file is not None
    return manifest.stored(town.slug, file).stat().st_mtime_ns


def test_hosts_that_share_the_folder_do_not_undo_each_others_work(
    town: Book, settings: Settings, tmp_path: Path
) -> None:
    past(town, OLD)
    tell(town, "1")
    first = night(town)
    written = {each.name: made(town, first, each.name) for each in first.files}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "opendata").symlink_to(Path(settings.NGOMA_DATA) / "opendata")
    settings.NGOMA_DATA = tmp_path / "other"
    second = night(town)
    assert second == first
    for each in second.files:
        if each.dataset == "reports":
            assert made(town, second, each.name) == written[each.name]


def test_a_night_in_which_nothing_happened_makes_no_version(town: Book) -> None:
    with frozen(datetime(2026, 5, 1, tzinfo=UTC)):
        tell(town, "1")
        first = night(town)
    with frozen(datetime(2026, 5, 2, tzinfo=UTC)):
        assert night(town) == first
    assert manifest.versions(town.slug) == ["2026-05-01"]


def test_a_file_that_was_lost_is_made_again(town: Book) -> None:
    tell(town, "1")
    published = night(town)
    for each in published.files:
        manifest.stored(town.slug, each).unlink()
    again = night(town)
    assert [each.sha256 for each in again.files][:3] == [each.sha256 for each in published.files][
        :3
    ]
    assert all(manifest.stored(town.slug, each).exists() for each in again.files)


def test_what_is_not_named_any_more_is_thrown_away(town: Book) -> None:
    tell(town, "1")
    night(town)
    tell(town, "2")
    published = night(town)
    files = manifest.folder(town.slug) / "files"
    named = {manifest.stored(town.slug, each).name for each in published.files}
    assert {path.name.removesuffix(".gz") for path in files.iterdir()} == named


def test_a_publication_that_was_cut_off_leaves_the_old_one_and_goes_on(town: Book) -> None:
    past(town, OLD)
    tell(town, "1")
    first = night(town)
    tell(town, "2")

    def die(what: str, done: int, total: int) -> None:
        if (what, done) == ("files", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(town, die)
    assert manifest.read(town.slug) == first
    assert all(manifest.stored(town.slug, each).exists() for each in first.files)
    second = publish(town)
    assert second is not None
    assert second.file("reports.parquet") != first.file("reports.parquet")


def test_counts_are_a_recount_and_coarse_where_reports_are_private(
    town: Book, coordinator: Actor
) -> None:
    town = without_lights(town)
    for number in range(9):
        tell(town, f"w{number}", service="light", lat=0.151, lon=32.051)
    for number in range(4):
        tell(town, f"e{number}", service="light", lat=0.151, lon=32.151)
    tell(town, "hole", lat=0.151, lon=32.151)
    hidden = tell(town, "hidden", lat=0.151, lon=32.151)
    Case.objects.filter(pk=hidden.case_id).update(public=False)
    published = night(town)
    lines = list(csv.DictReader(text(town, published, "counts.csv").splitlines()))
    assert list(lines[0]) == [each.name for each in COUNTS]
    counted = {(row["service_code"], row["place"]): int(row["reports"]) for row in lines}
    assert counted == {("light", "west"): 9, ("light", "east"): 4, ("pothole", "east"): 2}
    by_service = Counter(row["service_code"] for row in rows(town))
    for code, count in by_service.items():
        assert sum(int(row["reports"]) for row in lines if row["service_code"] == code) == count


def test_the_lists_of_the_pack_are_as_the_pages_know_them(town: Book) -> None:
    published = night(town)
    services = json.loads(text(town, published, "services.json"))
    assert [each["service_code"] for each in services] == list(town.service_by_code)
    places = json.loads(text(town, published, "places.geojson"))
    assert {each["id"] for each in places["features"]} == set(town.place_by_code)
    kasubi = next(each for each in places["features"] if each["id"] == "kasubi")
    assert kasubi["properties"]["parent"] == "west"
    assert kasubi["geometry"]["type"] == "Polygon"


def test_places_that_may_not_be_given_away_are_no_file(town: Book) -> None:
    night(town)
    city = City.objects.get(pk=town.id)
    del city.settings["open_data"]["places_licence"]
    city.version += 1
    city.save()
    books.forget()
    published = night(books.book_of(town.id))
    assert published.file("places.geojson") is None
    assert "places.geojson" not in text(town, published, "catalog.ttl")


def test_a_city_without_terms_keeps_no_rows_of_an_export(town: Book) -> None:
    tell(town, "1", words="A hole that will be erased")
    city = City.objects.get(pk=town.id)
    del city.settings["open_data"]
    city.version += 1
    city.save()
    books.forget()
    town = books.book_of(town.id)
    assert len(rows(town)) == 1
    assert publish(town) is None
    kept = [path for path in partitions.folder(town, PUBLIC).rglob("*") if path.is_file()]
    assert kept == []
    assert len(rows(town)) == 1


def test_the_dictionary_has_every_column_of_the_files(town: Book) -> None:
    tell(town, "1")
    published = night(town)
    told = list(csv.DictReader(text(town, published, "dictionary.csv").splitlines()))
    assert [row["column"] for row in told if row["table"] == "reports"] == [
        each.name for each in REPORTS
    ]
    assert all(row["meaning_en"] and row["meaning_sw"] for row in told)
    assert next(row["example"] for row in told if row["column"] == "service_code") == "pothole"
    metadata = json.loads(text(town, published, "reports-metadata.json"))
    year = Report.objects.get().received_at.astimezone(town.zone).year
    (table,) = metadata["tables"]
    assert table["url"] == f"reports-{year}.csv"
    head = text(town, published, table["url"]).splitlines()[0]
    columns = table["tableSchema"]["columns"]
    assert head.split(",") == [each["name"] for each in columns]
    for each in columns:
        assert each["datatype"] in ("string", "dateTime", "double")
        assert {told["@language"] for told in each["dc:description"]} == {"en", "sw"}


def test_a_city_without_reports_publishes_its_lists(town: Book) -> None:
    published = night(town)
    file = published.file("reports.parquet")
    assert file is not None
    assert file.rows == 0
    assert pq.read_table(manifest.stored(town.slug, file)).num_rows == 0
    assert published.first_month == ""
