"""The doctor looks at an installation, and says of each ill what to do."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ngoma.backup.about import About
from ngoma.backup.restoring import settle
from ngoma.base.clock import frozen, now
from ngoma.cities.book import Book
from ngoma.doctor import data, machine, web, work
from ngoma.doctor.examining import examine
from ngoma.doctor.finding import Finding, How
from ngoma.records.models import Backup, Beat, Bookmark, Job, Notice, Photo
from ngoma.work import alive
from tests.ledger.conftest import tell
from tests.processes import plain_environment

HOUR = timedelta(hours=1)


def ills(found: Iterable[Finding]) -> list[str]:
    return [each.says for each in found if each.how == How.ILL]


@pytest.fixture
def healthy(town: Book, settings: Any, tmp_path: Path) -> Path:
    """An installation of which nothing is ill."""
    settings.NGOMA_DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.NGOMA_BACKUP_REPOSITORY = tmp_path
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "vault").touch(mode=0o600)
    alive.beat()
    for kind in Backup.Kind.values:
        Backup.objects.create(kind=kind, host="here", began_at=now(), ended_at=now(), snapshot="af")
    return tmp_path


def test_nothing_is_ill_where_all_is_well(healthy: Path) -> None:
    found = list(examine())
    unfounded = "synchronous is 0, not 2"  # the tests' own database does not wait for the disk
    assert [
        each for each in ills(found) if each != unfounded and "synchronous_commit" not in each
    ] == []
    named = {each.what for each in found}
    assert {"Python", "keys", "programs", "photos", "database", "tables", "worker"} <= named
    assert {"readers", "jobs", "backup", "drill", "clocks", "address"} <= named
    assert all(each.do for each in found if each.how != How.WELL)


@pytest.mark.usefixtures("database")
def test_a_worker_that_is_dead() -> None:
    assert ills(work.worker()) == ["has never run"]
    Beat.objects.create(host="old.example", at=now() - HOUR)
    assert ills(work.worker()) == ["ran last 60 minutes ago, on old.example"]
    alive.beat()
    assert ills(work.worker()) == []


def test_jobs_and_notices(town: Book) -> None:
    Job.objects.create(kind="notices.plan", run_at=now() - HOUR)
    Job.objects.create(kind="notices.plan", run_at=now() - HOUR, parked_at=now(), error="x")
    assert ills(work.jobs()) == [
        "the first has waited for 60 minutes",
        "given up: 1 × notices.plan",
    ]
    fields = {"kind": "reply", "channel": "sms", "language": "en", "created_at": now(), "text": ""}
    Notice.objects.create(state=Notice.State.FAILED, **fields)
    assert [each.says for each in work.notices()] == ["failed in a day: 1 by sms"]
    settle(About(1, "", "", now().isoformat(), ""))
    (restored,) = ills(work.notices())
    assert restored.endswith("ago: the ledger rests, 0 notices are held back")


def test_readers_that_are_behind(town: Book) -> None:
    Bookmark.objects.create(reader="search")
    with frozen(now() - HOUR):
        tell(town, key="1")
    assert ills(work.readers()) == ["search has been behind for 60 minutes"]


@pytest.mark.once
def test_backups(town: Book, settings: Any, tmp_path: Path) -> None:
    assert ills(work.kept()) == ["there is none"]
    settings.NGOMA_BACKUP_REPOSITORY = tmp_path
    assert ills(work.kept()) == ["none has gone well yet", "none has gone well yet"]
    old = {"host": "here", "began_at": now() - 50 * HOUR, "ended_at": now()}
    Backup.objects.create(kind="making", snapshot="a", **old)
    new = {"host": "here", "began_at": now() - 2 * HOUR, "ended_at": now()}
    Backup.objects.create(kind="making", failure="no network", **new)
    Backup.objects.create(kind="trial", snapshot="a", **new)
    assert ills(work.kept()) == [
        "failed 2 hours ago: no network",
        "the last good one was 2 days ago",
    ]


@pytest.mark.once
def test_keys_that_others_can_read(healthy: Path) -> None:
    vault = healthy / "keys" / "vault"
    vault.chmod(0o640)
    (found,) = [each for each in machine.rights() if each.how == How.ILL]
    assert (found.says, found.do) == (f"others can read {vault}", f"chmod 600 {vault}")


@pytest.mark.once
def test_a_disk_that_is_almost_full(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    almost = shutil.disk_usage("/")._replace(total=10**12, free=10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: almost)
    assert set(ills(machine.disks())) == {"1.0 of 1,000.0 GB free"}


@pytest.mark.usefixtures("database")
def test_tables_of_another_version() -> None:
    assert ills(data.migrations()) == []
    recorder = MigrationRecorder(connection)
    recorder.record_applied("records", "9999_of_tomorrow")
    assert ills(data.migrations()) == ["9999_of_tomorrow is not known here"]
    recorder.record_unapplied("records", "9999_of_tomorrow")
    newest = max(name for app, name in recorder.applied_migrations() if app == "records")
    recorder.record_unapplied("records", newest)
    (found,) = [each for each in data.migrations() if each.how == How.ILL]
    assert found.do == "ngoma migrate"


@pytest.mark.once
@pytest.mark.usefixtures("database")
def test_what_faces_the_world(settings: Any, tmp_path: Path) -> None:
    settings.NGOMA_URL, settings.NGOMA_HOSTS = "https://other.example", ("city.example",)
    says = ills(web.address())
    assert says == ["https, and no proxy is believed", "other.example is not answered"]
    settings.SECRET_KEY = "short"
    assert "NGOMA_SECRET_KEY is short" in ills(web.deployment())
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").touch()
    assert ills(web.photos()) == ["cannot be stored: NotADirectoryError"]
    settings.NGOMA_URL = "https://127.0.0.1:1"
    assert ills(web.certificate()) == ["127.0.0.1 does not answer: Connection refused"]


@pytest.mark.server
@pytest.mark.once
def test_the_command_with_a_database_that_is_away(tmp_path: Path) -> None:
    """All else is told, what to do about it, and nothing of the password."""
    there = {
        "NGOMA_DATA": str(tmp_path), "COLUMNS": "200",
        "NGOMA_URL": "https://127.0.0.1:1", "NGOMA_BEHIND_PROXY": "yes",
        "DATABASE_URL": "postgresql://ngoma:s3cret@127.0.0.1:1/ngoma",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "ngoma", "doctor", "--json"],
        env=plain_environment() | there, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    found = {each["what"]: each for each in json.loads(done.stdout)}
    assert found["database"]["how"] == "ill"
    assert "Connection refused" in found["database"]["says"]
    assert found["Django"]["says"] == "finds nothing amiss (check --deploy)"
    assert found["certificate"]["how"] == "ill"
    assert "s3cret" not in done.stdout + done.stderr


def test_faces_that_nothing_can_look_for_and_photos_that_wait_are_told(
    healthy: Path, town: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [each.how for each in web.faces()] == [How.WELL]
    report = tell(town, key="faces")
    Photo.objects.create(
        report=report, name="a" * 32, digest="", width=1, height=1, added_at=now(), blurs=[]
    )
    (waiting,) = web.faces()
    assert "1 photos could not be read" in waiting.says
    monkeypatch.setattr("ngoma.intake.faces.available", lambda: False)
    assert any("look for them" in each for each in ills(web.faces()))
