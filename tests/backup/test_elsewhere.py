"""A backup is made while reports come in, and brought back on a machine that has nothing."""

import json
from pathlib import Path
from random import Random

import pytest
from django.conf import settings as installed

from ngoma.backup import contents, making, runs
from ngoma.cities.book import Book
from ngoma.ledger import sealing
from ngoma.people.permissions import Actor
from ngoma.records.models import Photo
from ngoma.work.worker import run_until_idle
from tests.backup.conftest import Place
from tests.backup.pictures import photo
from tests.ledger.conftest import tell
from tests.processes import begin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]

OF_PEOPLE = (b"zebulonia", b"Quaggaville", b"example.org")


def test_all_that_was_answered_is_there(
    town: Book, kept: Path, elsewhere: Place, coordinator: Actor
) -> None:
    for number in range(6):
        tell(town, key=str(number), email=f"ana{number}@example.org", photos=(photo(900 + number),))
    run_until_idle()
    sealing.follow()
    writer = begin("tests.backup.writing", "write")
    assert writer.stdout
    answered = [writer.stdout.readline().strip() for _ in range(8)]
    making.make()
    assert all(writer.stdout.readline() for _ in range(3)), "it went on meanwhile"
    writer.stdout.close()
    writer.wait(30)

    done = elsewhere.restore("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["reports"] >= 6 + len(answered)
    assert verdict["files"] >= 6 + 3
    assert verdict["entries"] >= 6
    found = elsewhere.ask("everything")
    assert set(answered) <= set(found["references"])
    assert found["different"] == 0
    assert {f"ana{number}@example.org" for number in range(6)} <= set(found["addresses"])
    assert {"zebulonia0@example.org", "zebulonia7@example.org"} <= set(found["addresses"])
    assert found["next"] > found["last"] + 90_000, "a number that was lost is not given again"
    again = elsewhere.restore()
    assert again.returncode == 1
    assert "is not empty: name a directory that is new" in again.stderr

    assert {mark for mark in OF_PEOPLE if mark in _bytes(kept)} == set()


@pytest.mark.once
def test_a_second_backup_adds_little(town: Book, kept: Path, home: Path) -> None:
    for number in range(12):
        (home / "media" / f"{number}.jpg").write_bytes(Random(number).randbytes(400_000))
    first = making.make()
    assert first.added
    assert first.added > 4_800_000, "photos are not compressed"
    (home / "media" / "one more.jpg").write_bytes(Random("more").randbytes(400_000))
    second = making.make()
    assert second.added
    assert 400_000 < second.added < 2_000_000, "the new photo, and what changed of the database"


@pytest.mark.once
def test_what_was_altered_or_is_missing_is_named(town: Book, kept: Path, elsewhere: Place) -> None:
    tell(town, key="1", photos=(photo(1), photo(2)), email="ana@example.org")
    altered, missing = Photo.objects.order_by("pk")
    media = Path(installed.MEDIA_ROOT)
    (media / altered.original).write_bytes(photo(3))
    (media / missing.original).unlink()
    making.make()
    done = elsewhere.restore(NGOMA_VAULT_KEY="another key of somebody else, forty-three c")
    assert done.returncode == 1
    assert f"WRONG: 1 files were altered: {altered.name}" in done.stdout
    assert f"WRONG: 1 files are not there: {missing.name}" in done.stdout
    assert "WRONG: keys/vault does not open 1 contacts" in done.stdout


OLDER = """
DROP INDEX case_done_nearby;
CREATE INDEX case_nearby ON records_case (quad, lat, lon, city_id, id);
DELETE FROM django_migrations WHERE name = '0045_done_nearby';
"""
NEWER = """
INSERT INTO django_migrations (app, name, applied)
VALUES ('records', '9999_of_tomorrow', '2040-01-01');
"""


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (OLDER, "Every file, key, row and event is as it was."),
        (NEWER, "made by a newer Ngoma (0.1.0, 9999_of_tomorrow): install that one"),
    ],
    ids=["older", "newer"],
)
def test_a_backup_of_another_version(
    town: Book, home: Path, elsewhere: Place, change: str, said: str
) -> None:
    tell(town, key="1")
    staged = home / "backup" / "staged"
    contents.stage(staged)
    with (staged / "database" / "sqlite.sql").open("a", encoding="utf-8") as copy:
        copy.write(change)
    runs.repository().keep([staged, home / "media"])
    done = elsewhere.restore()
    assert said in done.stdout + done.stderr
    assert done.returncode == (0 if elsewhere.data.joinpath("db.sqlite3").exists() else 1)


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
