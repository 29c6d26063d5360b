"""The proof that goes with the first message: a report's entry in the ledger, in its short form."""

from datetime import UTC, datetime, timedelta

from ngoma.base import ledger_codes
from ngoma.base.clock import now
from ngoma.notices import texts
from ngoma.records.models import Entry, Notice
from ngoma.records.sql.statements import fetch

PATIENCE = timedelta(seconds=10)
"""For so long the message waits for its entry; then it goes without."""
USUAL = timedelta(seconds=2)
"""After so long the entry is usually there."""
_KINDS = ("received", "joined")
_ENTRY = """
SELECT e."index", e.leaf FROM records_entry e WHERE e.event_id = %s AND EXISTS (
    SELECT 1 FROM records_checkpoint c WHERE c.published_at IS NOT NULL AND c.size > e."index"
)
"""


def due(notice: Notice) -> datetime:
    """When a new message is best sent: once the ledger, if there is one, has had its time."""
    if notice.kind not in _KINDS or notice.event is None or not Entry.objects.exists():
        return now()
    return max(notice.event.at + USUAL, now())


def line(notice: Notice) -> str:
    """What is added to a message; empty where nothing is, or the entry is not published yet."""
    if not (code := _code(notice)):
        return ""
    mail = notice.channel == "email"
    return ("\n\n" if mail else "\n") + texts.proof(code, notice.language, long=mail)


def _code(notice: Notice) -> str:
    if notice.kind not in _KINDS or notice.event is None:
        return ""
    found = fetch(_ENTRY, [notice.event_id])
    day = notice.event.at.astimezone(UTC).date()
    return str(ledger_codes.make(found[0][0], bytes(found[0][1]), day)) if found else ""


def awaited(notice: Notice) -> bool:
    """Whether the entry is about to be there, of a ledger that has begun at all."""
    if notice.kind not in _KINDS or notice.event is None or _code(notice):
        return False
    return notice.event.at > now() - PATIENCE and Entry.objects.exists()
