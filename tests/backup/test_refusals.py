"""What cannot be kept or brought back is refused in words that say what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from ngoma.backup import making, runs, trying
from ngoma.backup.restic import Refused, Repository
from ngoma.backup.unpacking import into, unpack
from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.models import Backup

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


def why() -> str:
    """What the newest row says."""
    return Backup.objects.latest("pk").failure


def test_without_a_repository_or_its_password(town: Book, kept: Path, settings: Any) -> None:
    settings.NGOMA_BACKUP_REPOSITORY = kept / "gone"
    with pytest.raises(Refused, match="is its disk or network there"):
        making.make()
    assert "ngoma backup --init" in why()
    settings.NGOMA_BACKUP_PASSWORD_FILE = ""
    with pytest.raises(Refused, match=r"the repository's password is not in .*keys/backup"):
        making.make()
    settings.NGOMA_BACKUP_REPOSITORY = ""
    with pytest.raises(Refused, match="say where backups go: set NGOMA_BACKUP_REPOSITORY"):
        making.make()


def test_with_a_wrong_or_open_password(town: Book, kept: Path, settings: Any) -> None:
    password = Path(settings.NGOMA_BACKUP_PASSWORD_FILE)
    password.chmod(0o644)
    with pytest.raises(Refused, match=f"others can read the password: chmod 600 {password}"):
        making.make()
    password.chmod(0o600)
    password.write_text("another\n")
    with pytest.raises(Refused, match=f"{password} does not open {kept}"):
        making.make()
    assert why().endswith(f"does not open {kept}")


def test_a_repository_is_made_once(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"there is a repository in .* already"):
        Repository(str(kept), kept.parent / "password").begin()
    with pytest.raises(Refused, match=r"there is a repository in .* already"):
        Repository(str(kept), tmp_path / "new password").begin()
    assert not (tmp_path / "new password").exists()


def test_without_restic(town: Book, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refused, match="backups need the program restic: apt install restic"):
        making.make()


@pytest.mark.parametrize(
    ("code", "said", "told"),
    [
        (10, "Fatal: repository does not exist", "is its disk or network there?"),
        (11, "Fatal: unable to create lock", "somebody else is at work in"),
        (12, "Fatal: unable to open", "does not open"),
        (1, "unable to create lock: repository is already locked by PID 7", "somebody else"),
        (1, "\n Fatal: sftp://me:s3cret@host/ went away\n", "// … @host/ went away$"),
    ],
)
def test_what_older_and_newer_ones_say(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, told: str
) -> None:
    """A program in restic's place says what one of another version would."""
    restic = tmp_path / "restic"
    restic.write_text(f"#!/bin/sh\nprintf '%s' '{said}' >&2\nexit {code}\n")
    restic.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Refused, match=told.replace(" … ", "…")) as refused:
        runs.repository().open()
    assert "s3cret" not in str(refused.value)


def test_a_damaged_repository_brings_nothing_back(
    town: Book, kept: Path, home: Path, tmp_path: Path
) -> None:
    (home / "media" / "photo.jpg").write_bytes(Random(1).randbytes(500_000))
    making.make()
    for pack in (kept / "data").rglob("*"):
        if pack.is_file() and pack.stat().st_size > 400_000:
            content = bytearray(pack.read_bytes())
            content[200_000:200_100] = bytes(100)
            pack.chmod(0o600)
            pack.write_bytes(content)
    new = tmp_path / "new"
    with pytest.raises(Refused, match=f"{kept} is damaged"), into(new):
        unpack(runs.repository(), "latest", new)
    assert list(new.iterdir()) == []
    with pytest.raises(Refused, match="is damaged"):
        trying.try_newest()
    assert "is damaged" in why()


def test_what_is_not_there_is_told_with_what_is(town: Book, kept: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    with pytest.raises(Refused, match=r"there is no backup in .* yet"), into(new):
        unpack(runs.repository(), "latest", new)
    made = making.make()
    with pytest.raises(Refused, match=f"no snapshot beef; the last are {made.snapshot[:8]}"):
        runs.repository().find("beef")


def test_one_at_a_time(town: Book, kept: Path) -> None:
    with runs.alone(Backup.Kind.TRIAL), pytest.raises(runs.Busy, match="running on this host"):
        making.make()
    Backup.objects.create(kind="trial", host="another.example", began_at=now())
    with pytest.raises(runs.Busy, match=r"running on another\.example already"):
        making.make()
    assert Backup.objects.count() == 2, "who only waits leaves no trace"


def test_what_was_killed_holds_nobody_up(town: Book, kept: Path) -> None:
    killed = runs._begin(Backup.Kind.MAKING)
    made = making.make()
    assert made.failure == ""
    killed.refresh_from_db()
    assert killed.failure == "it was interrupted"


@pytest.mark.server
def test_a_full_disk(town: Book, empty_repository: Path, tmp_path: Path) -> None:
    """A small disk of its own, as far as the system lets us mount one."""
    mount = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*mount, "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        pytest.skip("no disk of our own can be mounted here")
    disk, home = tmp_path / "disk", tmp_path / "home"
    disk.mkdir()
    (home / "media").mkdir(parents=True)
    (home / "media" / "photo.jpg").write_bytes(Random(1).randbytes(900_000))
    copy = ["sqlite3", connection.settings_dict["NAME"], f".backup '{home}/db.sqlite3'"]
    subprocess.run(copy, check=True)
    environment = {name: value for name, value in os.environ.items() if "NGOMA" not in name} | {
        "NGOMA_DATA": str(home), "DATABASE_URL": "", "NGOMA_LOG": "CRITICAL", "COLUMNS": "400",
        "NGOMA_BACKUP_REPOSITORY": str(disk / "repository"),
        "NGOMA_BACKUP_PASSWORD_FILE": str(empty_repository / "password"),
    }  # fmt: skip
    script = (
        f"mount -t tmpfs -o size=500k none {disk} && cp -r {empty_repository}/repository {disk}"
        f" && {sys.executable} -m ngoma backup"
    )
    done = subprocess.run(
        [*mount, script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    assert f"the disk is full, here or in {disk}/repository" in done.stderr
    assert not (home / "backup" / "staged").exists()


def test_no_room_for_the_copy(town: Book, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with pytest.raises(Refused, match="and a copy of the database may need"):
        making.make()
