"""The proof that goes with the first message: a report's entry in the ledger, in its short form."""

from datetime import UTC, timedelta

from ngoma.base import ledger_codes
from ngoma.base.clock import now
from ngoma.notices import texts
from ngoma.records.models import Checkpoint, Entry, Notice

PATIENCE = timedelta(seconds=10)
"""For so long the message waits for its entry; then it goes without."""
_KINDS = ("received", "joined")


def line(notice: Notice) -> str:
    """What is added to a message; empty where nothing is, or the entry is not published yet."""
    if not (code := _code(notice)):
        return ""
    mail = notice.channel == "email"
    return ("\n\n" if mail else "\n") + texts.proof(code, notice.language, long=mail)


def _code(notice: Notice) -> str:
    if notice.kind not in _KINDS or notice.event is None:
        return ""
    entry = Entry.objects.filter(event=notice.event_id).first()
    if entry is None or not _published(entry.index):
        return ""
    day = notice.event.at.astimezone(UTC).date()
    return str(ledger_codes.make(entry.index, bytes(entry.leaf), day))


def awaited(notice: Notice) -> bool:
    """Whether the entry is about to be there, of a ledger that has begun at all."""
    if notice.kind not in _KINDS or notice.event is None or _code(notice):
        return False
    return notice.event.at > now() - PATIENCE and Entry.objects.exists()


def _published(index: int) -> bool:
    return Checkpoint.objects.filter(published_at__isnull=False, size__gt=index).exists()
