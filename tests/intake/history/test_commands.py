"""`ngoma import` and `ngoma export`, as an administrator types them."""

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ngoma.__main__ import app
from ngoma.cities import book
from ngoma.cities.book import Book
from tests.intake.history import EXCERPTS

HEAD = "requested_datetime,status,service_code,description\n"


def ngoma(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_an_import_tells_what_came_of_it(town: Book, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text(HEAD + "2020-05-04,open,pothole,A\n2020-05-05,open,bees,B\n?,open,light,C\n")
    first = ngoma("import", path, "--city", "small")
    assert first.exit_code == 1
    assert first.stdout.splitlines() == [
        "2 added, 0 known before, 1 rejected",
        f"The rejected rows are listed with their reasons in {path}.rejected.csv",
        "Services that were unknown, kept as retired ones of the group `recorded`: 1",
        "  bees  bees",
    ]
    path.write_text(HEAD + "2020-05-04,open,pothole,A\n2020-05-05,open,bees,B\n")
    again = ngoma("import", path, "--city", "small")
    assert (again.exit_code, again.stdout) == (0, "0 added, 2 known before, 0 rejected\n")


def test_a_shipped_mapping_brings_its_city(database: None, tmp_path: Path) -> None:
    book.forget()
    run = ngoma("import", EXCERPTS / "zurich.csv", "--mapping", "zurich")
    assert (run.exit_code, run.stdout) == (0, "50 added, 0 known before, 0 rejected\n")
    shown = ngoma("export", "--city", "zurich")
    assert shown.exit_code == 0
    assert len(list(csv.DictReader(io.StringIO(shown.stdout, newline="")))) == 50
    assert ngoma("export", "--city", "zurich", "--out", tmp_path / "z.csv").exit_code == 0
    assert (tmp_path / "z.csv").read_text(encoding="utf-8") == shown.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("import", "nowhere.csv", "--city", "small"), "nowhere.csv cannot be read"),
        (("import", "nowhere.csv"), "--city"),
        (("import", "nowhere.csv", "--city", "atlantis"), "there is no city atlantis"),
        (("export", "--city", "atlantis"), "there is no city atlantis"),
        (("export", "--city", "small", "--format", "xlsx"), "csv, geojson, parquet"),
        (("export", "--city", "small", "--format", "parquet"), "--out"),
    ],
)
def test_what_fails_says_what_to_do(arguments: tuple[str, ...], says: str, town: Book) -> None:
    run = ngoma(*arguments)
    assert run.exit_code == 1
    assert says in run.stderr
