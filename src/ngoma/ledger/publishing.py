"""Which checkpoint counts: the newest that enough witnesses have cosigned.

The policy names the witnesses (docs/ledger.md). Without one, the log's own signature is all there
is, and a checkpoint counts as soon as it is signed.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from ngoma.base.clock import now
from ngoma.records.models import Checkpoint, LedgerKey
from ngoma.tlog.cosignature import cosigned as cosigned_by
from ngoma.tlog.note import Note, Verifier
from ngoma.tlog.policy import Policy
from ngoma.tlog.refusal import Malformed, Refused


class PolicyRefused(RuntimeError):
    """A policy file that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint that counts."""

    size: int
    note: Note
    made_at: datetime
    published_at: datetime


def policy_text() -> str:
    """The policy by which our checkpoints are to be checked: our keys, and the witnesses asked."""
    logs = [
        f"log {vkey}" for vkey in LedgerKey.objects.order_by("pk").values_list("vkey", flat=True)
    ]
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
    """A checkpoint was signed: publish it where no witness has to be asked."""
    found = policy()
    if found is not None and found.quorum.met(()):
        _publish(row)


def keep(row: Checkpoint, note: Note) -> None:
    """Keep a checkpoint's cosignatures, and publish it once they are enough."""
    row.note = note.encode().decode()
    row.save(update_fields=["note"])
    found = policy()
    if found is not None and row.published_at is None and _meets(found, note):
        _publish(row)


def newest() -> Published | None:
    """The checkpoint that counts now."""
    rows = Checkpoint.objects.filter(published_at__isnull=False)
    row = rows.order_by("-size", "-pk").first()
    if row is None or row.published_at is None:
        return None
    return Published(row.size, Note.parse(row.note.encode()), row.made_at, row.published_at)


def count_witnesses(note: Note) -> int:
    """How many witnesses of the policy cosigned a checkpoint."""
    found = policy()
    return len(cosigned_by(note, found.witnesses)) if found else 0


def waiting_since() -> datetime | None:
    """Since when entries wait for a checkpoint that counts; None where none does."""
    last = newest()
    rows = Checkpoint.objects.filter(size__gt=last.size if last else 0, published_at=None)
    return rows.order_by("size", "pk").values_list("made_at", flat=True).first()


def _meets(found: Policy, note: Note) -> bool:
    try:
        found.check(note)
    except Refused:
        return False
    return True


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
