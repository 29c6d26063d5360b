"""What was erased is in no backup any more once those of before have expired."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ngoma.backup import contents, making, runs
from ngoma.casework import erasing
from ngoma.cities.book import Book
from ngoma.insight import searching
from ngoma.ledger import sealing
from ngoma.people.permissions import Actor
from ngoma.work.worker import run_until_idle
from tests.backup.pictures import photo
from tests.ledger.conftest import tell

pytestmark = pytest.mark.django_db(transaction=True)
MARKS = (b"Zebulonia", b"xylophone", b"Quaggaville")


def test_erased_words_leave_with_the_last_snapshot_that_has_them(
    town: Book, kept: Path, home: Path, coordinator: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.NGOMA_BACKUP_DAYS, settings.NGOMA_BACKUP_WEEKS = 7, 2
    report = tell(
        town, key="1", words="Zebulonia's xylophone", location="Quaggaville", photos=(photo(1),)
    )
    sealing.follow()
    searching.follow()
    run_until_idle()
    _made_on("2026-05-01 03:00:00", home)
    assert _marks_in_snapshots(tmp_path / "before") == set(MARKS)
    erasing.erase(actor=coordinator, report_id=report.pk)
    searching.follow()
    sealing.follow()
    run_until_idle()
    making.make()
    assert len(runs.repository().snapshots()) == 1, "the old one has expired"
    assert _marks_in_snapshots(tmp_path / "after") == set()
    said = runs.repository()._run("check", "--check-unused", "--read-data")
    assert "no errors were found" in said
    assert "unused" not in said.replace("check for unused", ""), "nor is a byte of it left over"


def _made_on(day: str, home: Path) -> None:
    """A backup as it was made on another day."""
    staged = home / "backup" / "staged"
    contents.stage(staged)
    repository = runs.repository()
    paths = (str(staged), str(home / "media"))
    repository._run("backup", "--tag", "ngoma", "--host", "ngoma", "--time", day, *paths)


def _marks_in_snapshots(folder: Path) -> set[bytes]:
    repository = runs.repository()
    for snapshot in repository.snapshots():
        repository.bring_back(snapshot, folder / snapshot.id)
    everything = subprocess.run(
        ["find", str(folder), "-type", "f", "-exec", "cat", "{}", "+"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert everything
    return {mark for mark in MARKS if mark in everything}
