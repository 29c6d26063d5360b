"""Bringing a backup back, on any machine, into a place where nothing is yet.

What the lost installation did after the copy was made is not known here. So nothing is sent that it
may have sent, no number is given again that it may have given, nobody is signed in, and the ledger
rests, until a person says how to go on (`releasing`).
"""

import shutil
from datetime import datetime
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max

from ngoma.backup import bucket
from ngoma.backup.about import MEDIA, About
from ngoma.backup.restic import Refused
from ngoma.backup.unpacking import waiting
from ngoma.base.clock import now
from ngoma.ledger import sealing
from ngoma.notices import holding
from ngoma.records.models import Backup, Event, Job, Restoration, SignIn
from ngoma.records.sql import copies, numbers, transactions
from ngoma.records.sql.versions import difference

SKIPPED = 100_000
"""Numbers of every table that are not given again: more than any city writes in a week."""

HELD_JOBS = ("casework.batch",)
"""Jobs that do again what was perhaps done, in the name of staff."""


def put_in_place(about: About, data: Path) -> None:
    """Put the photos into the bucket of the settings, where there is one; make the database from
    what was unpacked, and bring it up to date.

    Raises `Refused` for one that is not empty, of the other kind, or newer than this Ngoma.
    """
    if about.engine != connection.vendor:
        there = "postgresql://…" if about.engine == "postgresql" else "nothing: SQLite"
        raise Refused(f"the backup is of {about.engine}: set DATABASE_URL to {there}")
    if not copies.is_empty():
        raise Refused("the database of DATABASE_URL is not empty: name one that is new")
    if bucket.is_used():
        bucket.bring_back(data / MEDIA)
        shutil.rmtree(data / MEDIA)
    try:
        copies.bring_back(waiting(data))
    except copies.CopyFailed as error:
        raise Refused(str(error)) from error
    shutil.rmtree(waiting(data))
    unknown = difference().unknown
    if any(app == "records" for app, _ in unknown):
        raise Refused(
            f"the backup was made by a newer Ngoma ({about.version}, {unknown[-1][1]}): "
            "install that one, and restore again"
        )
    call_command("migrate", verbosity=0, interactive=False)


@transaction.atomic
def settle(about: About) -> None:
    """Let it go on as a copy: with what may have happened since the copy was made in mind."""
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    Restoration.objects.create(at=now(), copied_at=datetime.fromisoformat(about.at), event=last)
    transactions.begin_anew(sealing.READER)
    numbers.skip(SKIPPED)
    holding.hold_back()
    Job.objects.filter(kind__in=HELD_JOBS).update(
        parked_at=now(), error="held back after a restore: it may have been done already"
    )
    Job.objects.filter(parked_at=None).update(claimed_until=None)
    # Somebody may have been signed out since, because a phone was lost.
    Session.objects.all().delete()
    SignIn.objects.all().delete()
    Backup.objects.filter(ended_at=None).delete()
