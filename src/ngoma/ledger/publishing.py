"""Which checkpoint counts: the newest that enough witnesses have cosigned.

The policy names the witnesses (docs/ledger.md). Without one, the log's own signature is all there
is, and a checkpoint counts as soon as it is signed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db.models import Max
from django.db.models.functions import TruncHour

from ngoma.base.clock import now
from ngoma.records.models import Checkpoint, LedgerKey
from ngoma.tlog.cosignature import cosigned
from ngoma.tlog.note import Note, Verifier
from ngoma.tlog.policy import Policy
from ngoma.tlog.refusal import Malformed

log = structlog.get_logger(__name__)

ALARM = timedelta(minutes=10)
"""For so long entries may wait for witnesses before somebody is called."""
DAY = timedelta(days=1)
APART = timedelta(minutes=5)
THINNED = 20_000
"""Checkpoints looked at in one go."""


class PolicyRefused(RuntimeError):
    """A policy file that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint that counts."""

    size: int
    note: Note
    witnesses: int
    made_at: datetime
    published_at: datetime


def policy_text() -> str:
    """The policy by which our checkpoints are to be checked: our keys, and the witnesses asked."""
    logs = [f"log {key}" for key in log_keys()]
    return "\n".join([*logs, *_witness_lines(), ""])


def policy() -> Policy | None:
    """The same, read; None before the first checkpoint. Raises `PolicyRefused`."""
    if not log_keys():
        return None
    try:
        return Policy.parse(policy_text())
    except Malformed as wrong:
        raise PolicyRefused(f"{settings.NGOMA_LEDGER_POLICY}: {wrong}") from wrong


def log_keys() -> list[Verifier]:
    """The keys that sign checkpoints, oldest first."""
    rows = LedgerKey.objects.filter(retired_at=None).order_by("pk")
    return [Verifier.parse(key.vkey) for key in rows]


def begin(row: Checkpoint) -> None:
    """A checkpoint was signed: publish it where no witness has to be asked.

    Sealing goes on with a policy that cannot be read; only nothing is published by it.
    """
    try:
        found = policy()
    except PolicyRefused:
        log.exception("nothing is published: the ledger's policy cannot be read")
        return
    if found is not None and found.quorum.met(()):
        _publish(row)


def overdue() -> datetime | None:
    """Since when entries wait for witnesses, if that is longer than it should be."""
    since = waiting_since()
    return since if since is not None and since < now() - ALARM else None


def keep(row: Checkpoint, note: Note) -> None:
    """Keep a checkpoint's cosignatures, and publish it once they are enough."""
    found = policy()
    seen = cosigned(note, found.witnesses) if found else {}
    row.note, row.witnesses = note.encode().decode(), len(seen)
    row.save(update_fields=["note", "witnesses"])
    if found is not None and row.published_at is None and found.quorum.met(seen):
        _publish(row)


def newest() -> Published | None:
    """The checkpoint that counts now."""
    rows = Checkpoint.objects.filter(published_at__isnull=False)
    row = rows.order_by("-size", "-pk").first()
    if row is None or row.published_at is None:
        return None
    note = Note.parse(row.note.encode())
    return Published(row.size, note, row.witnesses, row.made_at, row.published_at)


def hourly(most: int) -> list[Checkpoint]:
    """The last published checkpoints, the newest first, one of each hour."""
    rows = Checkpoint.objects.filter(published_at__isnull=False)
    last = rows.annotate(hour=TruncHour("made_at")).values("hour").annotate(last=Max("pk"))
    chosen = last.order_by("-last").values_list("last", flat=True)[:most]
    return list(Checkpoint.objects.filter(pk__in=list(chosen)).order_by("-pk"))


def thin_out() -> None:
    """Of checkpoints older than a day keep one for every five minutes, and those with a stamp.

    There may be one a second, and each says little: the tree holds what they said.
    """
    old = Checkpoint.objects.filter(made_at__lt=now() - DAY, thinned=False).order_by("pk")
    last: datetime | None = None
    gone, kept = [], []
    for row in old.only("pk", "made_at", "stamp", "mailed_at")[:THINNED]:
        needed = row.stamp is not None or row.mailed_at is not None
        if needed or last is None or row.made_at - last >= APART:
            last = row.made_at
            kept.append(row.pk)
        else:
            gone.append(row.pk)
    counts = Checkpoint.objects.filter(published_at__isnull=False).order_by("size", "pk").last()
    ends = Checkpoint.objects.order_by("pk").last()
    stay = {each.pk for each in (counts, ends) if each is not None}
    Checkpoint.objects.filter(pk__in=set(gone) - stay).delete()
    Checkpoint.objects.filter(pk__in=kept).update(thinned=True)


def waiting_since() -> datetime | None:
    """Since when entries wait for a checkpoint that counts; None where none does."""
    last = newest()
    rows = Checkpoint.objects.filter(size__gt=last.size if last else 0, published_at=None)
    return rows.order_by("size", "pk").values_list("made_at", flat=True).first()


def _publish(row: Checkpoint) -> None:
    row.published_at = now()
    row.save(update_fields=["published_at"])


def _witness_lines() -> list[str]:
    """The lines of the policy file but its logs: those are ours, whichever keys we have."""
    if not settings.NGOMA_LEDGER_POLICY:
        return ["quorum none"]
    try:
        text = Path(settings.NGOMA_LEDGER_POLICY).read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyRefused(f"{settings.NGOMA_LEDGER_POLICY}: {error.strerror}") from error
    return [line for line in text.splitlines() if line.split()[:1] != ["log"]]
