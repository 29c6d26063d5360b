"""Each making and each trial of a backup is a row, so that whoever looks after Ngoma sees it."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from ngoma.backup.restic import Refused, Repository
from ngoma.base.clock import now
from ngoma.records.models import Backup
from ngoma.records.sql.versions import difference

LONGEST = timedelta(hours=20)
"""After so long another host's is taken for dead."""
KEEP = timedelta(days=400)


class Busy(Refused):
    """Another process is at it already."""


log = structlog.get_logger(__name__)


def folder() -> Path:
    """Where this host prepares backups; nothing in it needs to be kept."""
    path = Path(settings.NGOMA_DATA) / "backup"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def repository() -> Repository:
    """The repository of the settings. Raises `Refused` where there is none."""
    if not settings.NGOMA_BACKUP_REPOSITORY:
        raise Refused("say where backups go: set NGOMA_BACKUP_REPOSITORY (docs/administrator.md)")
    return Repository(str(settings.NGOMA_BACKUP_REPOSITORY), password_file(), folder() / "cache")


def password_file() -> Path:
    """Where the repository's password lies."""
    given: str = settings.NGOMA_BACKUP_PASSWORD_FILE
    return Path(given) if given else Path(settings.NGOMA_DATA) / "keys" / "backup"


@contextmanager
def alone(kind: Backup.Kind) -> Iterator[Backup]:
    """Do it as the only one, and note how it went. Raises `Busy` where another is at it.

    A making and a trial exclude each other as well: restic locks the repository for both.
    Whatever is raised inside is noted, logged as an error, and raised again.
    """
    with _lock_file() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy("a backup or a drill is running on this host already") from None
        row = _begin(kind)
        try:
            yield row
        except BaseException as error:
            row.failure = str(error) if isinstance(error, Refused) else type(error).__name__
            log.error("backup failed", kind=str(kind), why=row.failure)
            raise
        finally:
            row.ended_at = now()
            row.save()


def _lock_file() -> TextIO:
    try:
        return (folder() / "lock").open("w")
    except OSError as error:
        raise Refused(
            f"{error.filename} cannot be written: run this as the worker's user"
        ) from error


def _begin(kind: Backup.Kind) -> Backup:
    if difference().missing:
        raise Refused("the tables are older than this Ngoma: ngoma migrate first")
    host = socket.gethostname()
    with transaction.atomic():
        going = Backup.objects.filter(ended_at=None)
        # Of this host there is none, or it would hold the lock.
        dead = going.filter(Q(host=host) | Q(began_at__lt=now() - LONGEST))
        dead.update(ended_at=now(), failure="it was interrupted")
        Backup.objects.filter(began_at__lt=now() - KEEP).delete()
        if (other := going.first()) is not None:
            raise Busy(f"a backup or a drill is running on {other.host} already")
    try:
        return Backup.objects.create(kind=kind, host=host, began_at=now())
    except IntegrityError:
        raise Busy("a backup or a drill is running on another host already") from None


def nice() -> None:
    """Work behind whatever else runs: reports come first."""
    os.nice(15)
