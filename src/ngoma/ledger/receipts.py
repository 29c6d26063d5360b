"""What a reporter holds in hand: an entry, what opens its fields, and the proof of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from ngoma.base import ledger_codes
from ngoma.base.ledger_codes import LedgerCode
from ngoma.ledger import entries, publishing
from ngoma.ledger.material import Material
from ngoma.ledger.naming import Names
from ngoma.ledger.publishing import Published
from ngoma.ledger.tree import Stored
from ngoma.records.models import Entry
from ngoma.tlog.merkle import prove_inclusion
from ngoma.tlog.proof import Proof

HEADER = "ngoma-receipt@v1"
_names = Names()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry that a published checkpoint covers; `witnesses` have cosigned that."""

    index: int
    at: datetime
    late: bool
    size: int
    witnesses: int
    code: str


def of_report(report_id: int) -> Entry | None:
    """The entry of the event that brought a report; None while it is not sealed yet."""
    # Of the few that one report has, not ordered by the database: for the first of an order
    # PostgreSQL may go through the whole ledger.
    found = Entry.objects.filter(report=report_id).select_related("event")
    return min(found, key=lambda entry: entry.index, default=None)


def of_event(case_id: int, seq: int) -> Entry | None:
    """The entry of an event; None while it is not sealed yet."""
    return Entry.objects.filter(event__case=case_id, event__seq=seq).first()


def recorded(entry: Entry | None) -> Recorded | None:
    """How an entry stands in the log; None while it waits for a checkpoint that counts."""
    published = publishing.newest()
    if entry is None or entry.event is None or published is None or entry.index >= published.size:
        return None
    return Recorded(
        index=entry.index,
        at=entry.event.at,
        late=entry.late,
        size=published.size,
        witnesses=published.witnesses,
        code=str(code(entry)),
    )


def proof(index: int, published: Published) -> bytes:
    """The file of tlog-proof of an entry, in the checkpoint that counts."""
    hashes = prove_inclusion(index, published.size, Stored(published.size).read)
    return Proof(index, tuple(hashes), published.note).encode()


def receipt(entry: Entry, names: Iterable[str] | None = None) -> bytes | None:
    """The receipt of an entry; None while it waits for a checkpoint that counts.

    It opens the fields of these names, all without any; a field that was erased stays closed.
    """
    published = publishing.newest()
    if published is None or entry.index >= published.size:
        return None
    content = bytes(entry.content).decode()
    lines = [HEADER, content, *_disclosures(entry, names)]
    return "\n".join([*lines, "", ""]).encode() + proof(entry.index, published)


def _disclosures(entry: Entry, names: Iterable[str] | None) -> list[str]:
    """What opens fields, of those whose value is still what was committed to."""
    if entry.event is None:
        return []
    material = Material([entry.event], _names)
    found = material.fields(entry.event, raw=entries.RAW in entry.salts)
    committed = set(msgspec.json.decode(bytes(entry.content))["_sd"])
    wanted = found.keys() if names is None else found.keys() & set(names)
    made = [
        entries.disclosure(salt, name, found[name])
        for name, salt in sorted(entry.salts.items())
        if salt is not None and name in wanted
    ]
    return [each for each in made if entries.commitment(each) in committed]


def code(entry: Entry) -> LedgerCode:
    """The short form of an entry of an event."""
    assert entry.event is not None, "a day's count has no short form"
    return ledger_codes.make(entry.index, bytes(entry.leaf), entry.event.at.astimezone(UTC).date())


def find(text: str) -> Entry | None:
    """The entry of a short form, if the log has it. Raises `BadCode`."""
    meant = ledger_codes.read(text)
    found = Entry.objects.filter(index=meant.index, event__isnull=False).select_related("event")
    entry = found.first()
    return entry if entry is not None and code(entry) == meant else None
