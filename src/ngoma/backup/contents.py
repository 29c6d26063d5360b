"""What a backup holds: the database, then photos and recordings, the keys, and a word about it.

The database is copied first. Files are written before the transaction that names them, so all that
the copy names is there when the files are read after it.
"""

import os
import shutil
from pathlib import Path

import msgspec
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from ngoma import __version__
from ngoma.backup import runs
from ngoma.backup.about import ABOUT, DATABASE, FORM, KEYS, MEDIA, PASSWORD, WITNESSED, About
from ngoma.backup.restic import Refused
from ngoma.base.clock import now
from ngoma.ledger import keys as ledger_keys
from ngoma.records.sql import copies


def media() -> Path:
    """The folder of photos and recordings; where they lie in a bucket, that of their copies."""
    local = default_storage
    if isinstance(local, FileSystemStorage):
        return Path(local.location).resolve()
    return (runs.folder() / MEDIA).resolve()


def stage(folder: Path) -> About:
    """Write database, keys and the word about them into a new folder that only its owner can read.

    Raises `Refused`, also where there is no room for it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    needed, free = copies.size(), shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(
            f"{folder} has {free >> 20:,} MB left, and a copy of the database may need "
            f"{needed >> 20:,} MB: make room, or let NGOMA_DATA/backup lead to another disk"
        )
    at = now().isoformat()
    (folder / DATABASE).mkdir(mode=0o700)
    try:
        copies.copy_to(folder / DATABASE)
    except (copies.CopyFailed, OSError) as error:
        raise Refused(str(error)) from error
    _stage_keys(folder / KEYS)
    witnessed = Path(settings.NGOMA_DATA) / WITNESSED
    if witnessed.exists():
        shutil.copy(witnessed, folder / WITNESSED)
    about = About(FORM, __version__, connection.vendor, at, str(media()))
    (folder / ABOUT).write_bytes(msgspec.json.encode(about))
    return about


def _stage_keys(folder: Path) -> None:
    """The keys that are in use, wherever they come from: settings, files, the folder of keys."""
    folder.mkdir(mode=0o700)
    known = Path(settings.NGOMA_DATA) / KEYS
    for path in sorted(known.iterdir()) if known.is_dir() else ():
        if path.is_file() and path.name != PASSWORD and not path.name.startswith("."):
            shutil.copy(path, folder)
    for name, text in (("secret", settings.SECRET_KEY), ("vault", settings.NGOMA_VAULT_KEY)):
        _write(folder / name, text)
    if ledger_keys.path().is_file():
        _write(folder / "ledger", ledger_keys.path().read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
