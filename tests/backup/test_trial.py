"""The newest backup is brought back beside the living town, and what is wrong with it is said."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installed

from ngoma.backup import making, trying
from ngoma.backup.checking import Verdict
from ngoma.backup.restic import Refused
from ngoma.cities.book import Book
from ngoma.ledger import sealing
from ngoma.records.models import Backup, Photo
from tests.backup.pictures import photo
from tests.ledger.conftest import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


def test_a_good_one_leaves_nothing_behind(town: Book, kept: Path, home: Path) -> None:
    tell(town, key="1", photos=(photo(1),), email="ana@example.org")
    sealing.follow()
    made = making.make()
    row, verdict = trying.try_newest()
    assert (row.kind, row.failure, row.snapshot[:8]) == (Backup.Kind.TRIAL, "", made.snapshot)
    assert (verdict.reports, verdict.files, verdict.contacts, verdict.entries) == (1, 1, 1, 1)
    assert {path.name for path in (home / "backup").iterdir()} == {"cache", "lock"}


@pytest.mark.once
def test_what_is_wrong_is_told_and_logged(
    town: Book, kept: Path, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    tell(town, key="1", photos=(photo(1),), email="ana@example.org")
    altered = Photo.objects.get()
    (Path(installed.MEDIA_ROOT) / altered.original).write_bytes(photo(3))
    making.make()
    with pytest.raises(Refused, match=f"WRONG: 1 files were altered: {altered.name}"):
        trying.try_newest()
    row = Backup.objects.latest("pk")
    assert (row.kind, altered.name in row.failure) == ("trial", True)
    assert "backup failed" in caplog.text


@pytest.mark.once
def test_what_was_erased_while_the_backup_was_made_is_not_missed(town: Book) -> None:
    tell(town, key="1", photos=(photo(1),))
    known = Photo.objects.get().name
    verdict = Verdict("2026-06-01T00:00:00+00:00", missing=["erased since", known])
    trying._leave_out_erased(verdict)
    assert verdict.missing == [known]
