"""Making a backup while everything runs, by hand or each night by the clock."""

import shutil
from datetime import datetime, timedelta

from django.conf import settings

from ngoma.backup import bucket, contents, runs
from ngoma.backup.about import STAGED
from ngoma.base.clock import now
from ngoma.records.models import Backup
from ngoma.records.queries import backups
from ngoma.work.apart import Apart

FROM, UNTIL = 1, 5
"""Hours of this host's clock between which it is made; at any hour where a night was missed."""
AT_MOST = timedelta(hours=26)
"""Between two."""

_making = Apart("backup", "--quietly")


def make() -> Backup:
    """Make a backup, then forget what is older than is kept. Raises `Refused`, and says so in the
    row and the log."""
    with runs.alone(Backup.Kind.MAKING) as row:
        repository, staged = runs.repository(), runs.folder() / STAGED
        repository.open()  # before minutes of copying
        try:
            contents.stage(staged)
            media = contents.media()
            if bucket.is_used():
                bucket.bring_here(media)
            stored = repository.keep([staged.resolve(), media])
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        row.snapshot, row.size, row.added = stored.snapshot, stored.size, stored.added
        days, weeks = settings.NGOMA_BACKUP_DAYS, settings.NGOMA_BACKUP_WEEKS
        if days or weeks:
            repository.forget(days=days, weeks=weeks)
    return row


def watch() -> None:
    """Start a backup when it is time. Called by the clock."""
    if settings.NGOMA_BACKUP_REPOSITORY and _making.is_free() and is_due():
        _making.start([])


def is_due() -> bool:
    """Whether none was made tonight and it is time, or the last one is too long ago."""
    last = backups.last_good(Backup.Kind.MAKING)
    if last is None or now() - last.began_at > AT_MOST:
        return True
    local = now().astimezone()
    return FROM <= local.hour < UNTIL and last.began_at < _tonight(local)


def _tonight(local: datetime) -> datetime:
    return local.replace(hour=FROM, minute=0, second=0, microsecond=0)
