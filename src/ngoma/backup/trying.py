"""Trying the newest backup, once a week: it is brought back beside the living installation, with
its own keys, and checked to the last byte. A backup that nobody has restored is a hope."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from ngoma.backup import making, runs
from ngoma.backup.checking import Verdict
from ngoma.backup.restic import Refused
from ngoma.base.clock import now
from ngoma.records.models import Backup, Photo, Recording
from ngoma.records.queries import backups
from ngoma.records.sql import copies
from ngoma.work.apart import Apart

EVERY = timedelta(days=7)
LATE = timedelta(days=9)
"""Without one: then it is made at any hour."""

_OWN = ("NGOMA_SECRET_KEY", "NGOMA_VAULT_KEY", "NGOMA_LEDGER_KEY")
"""Settings that would hide that a key is not in the backup."""

_trying = Apart("drill", "--quietly")


def try_newest() -> tuple[Backup, Verdict]:
    """Restore the newest backup into a place of its own, check it, and throw it away.

    Raises `Refused` where it cannot be restored or is not whole; the row and the log say so.
    """
    with runs.alone(Backup.Kind.TRIAL) as row:
        repository, place = runs.repository(), runs.folder() / "trial"
        repository.check()
        row.snapshot = repository.find("latest").id
        shutil.rmtree(place, ignore_errors=True)
        try:
            with copies.another() as address:
                verdict = _restored(row.snapshot, place, address)
        except copies.CopyFailed as error:
            raise Refused(str(error)) from error
        finally:
            shutil.rmtree(place, ignore_errors=True)
        _leave_out_erased(verdict)
        if not verdict.good:
            raise Refused("; ".join(verdict.lines())[:2000])
    return row, verdict


def watch() -> None:
    """Start a trial when it is time. Called by the clock."""
    if settings.NGOMA_BACKUP_REPOSITORY and _trying.is_free() and is_due():
        _trying.start([])


def is_due() -> bool:
    """Whether there is a backup, the last trial is a week ago, and it is night; or long ago."""
    made = backups.last_good(Backup.Kind.MAKING)
    last = backups.last_good(Backup.Kind.TRIAL)
    if made is None or (last is not None and now() - last.began_at < EVERY):
        return False
    late = last is None or now() - last.began_at > LATE
    return late or making.FROM <= now().astimezone().hour < making.UNTIL


def _restored(snapshot: str, place: Path, address: str) -> Verdict:
    """What another process finds, with none of our keys."""
    environment = {name: value for name, value in os.environ.items() if name not in _OWN}
    environment |= {
        "DATABASE_URL": address,
        "NGOMA_BACKUP_REPOSITORY": str(settings.NGOMA_BACKUP_REPOSITORY),
        "NGOMA_BACKUP_PASSWORD_FILE": str(runs.password_file()),
        "NGOMA_MEDIA_BUCKET": "",  # what comes back is looked at, and put among no living photos
    }
    command = ["restore", "--snapshot", snapshot, "--data", str(place), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "ngoma", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return msgspec.json.decode(done.stdout, type=Verdict)
    except msgspec.DecodeError:
        raise Refused(f"it cannot be restored: {done.stderr.strip()[-1000:]}") from None


def _leave_out_erased(verdict: Verdict) -> None:
    """What was erased while the backup was made is rightly not there."""
    if verdict.missing:
        known = set(Photo.objects.filter(name__in=verdict.missing).values_list("name", flat=True))
        paths = Recording.objects.values_list("path", flat=True)
        known |= {Path(path).stem for path in paths} & set(verdict.missing)
        verdict.missing = [name for name in verdict.missing if name in known]
