"""What a reporter holds in hand: an entry, what opens its fields, and the proof of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

import msgspec

from ngoma.ledger import entries, publishing
from ngoma.ledger.material import Material
from ngoma.ledger.publishing import Published
from ngoma.ledger.tree import Stored
from ngoma.records.models import Entry, Report
from ngoma.tlog.merkle import prove_inclusion
from ngoma.tlog.proof import Proof

HEADER = "ngoma-receipt@v1"
LETTERS = 13
"""Of five bits each: the short form has the first 65 bits of the leaf hash."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: none of I L O U, which are read as 1 1 0 V."""
_MEANT = str.maketrans("ILOU", "110V")


class BadCode(ValueError):
    """A short form that was mistyped, or is of no entry of this log."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry that a published checkpoint covers; `witnesses` have cosigned that."""

    index: int
    at: datetime
    late: bool
    size: int
    witnesses: int
    code: str


def of_report(report: Report) -> Entry | None:
    """The entry of the event that brought a report; None while it is not sealed yet."""
    found = Entry.objects.filter(report=report).select_related("event")
    return found.order_by("index").first()


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
        witnesses=publishing.count_witnesses(published.note),
        code=short(entry.index, bytes(entry.leaf), entry.event.at.astimezone(UTC).date()),
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
    found = Material([entry.event]).fields(entry.event)
    committed = set(msgspec.json.decode(bytes(entry.content))["_sd"])
    wanted = found.keys() if names is None else found.keys() & set(names)
    made = [
        entries.disclosure(salt, name, found[name])
        for name, salt in sorted(entry.salts.items())
        if salt is not None and name in wanted
    ]
    return [each for each in made if entries.commitment(each) in committed]


def short(index: int, leaf: bytes, day: date) -> str:
    """The form for an SMS: at most 40 characters, all of them in the GSM alphabet."""
    bits = int.from_bytes(leaf, "big") >> (len(leaf) * 8 - LETTERS * 5)
    letters = "".join(_ALPHABET[bits >> 5 * i & 31] for i in reversed(range(LETTERS)))
    text = f"{index}-{letters}-{day:%y%m%d}"
    return f"{text}-{_check(text)}"


def find(code: str) -> Entry:
    """The entry of a short form. Raises `BadCode`."""
    text = code.strip().upper()
    parts = text.split("-")
    if len(parts) != 4 or not parts[0].isdecimal() or len(parts[0]) > 18:
        raise BadCode("form")
    number, letters, day, check = parts[0], parts[1].translate(_MEANT), parts[2], parts[3]
    if not set(letters + check) <= set(_ALPHABET) or not day.isdecimal():
        raise BadCode("form")
    if _check(f"{number}-{letters}-{day}") != check:
        raise BadCode("mistyped")
    entry = Entry.objects.filter(index=int(number), event__isnull=False).first()
    if entry is None or entry.event is None:
        raise BadCode("unknown")
    if short(entry.index, bytes(entry.leaf), entry.event.at.astimezone(UTC).date()) != (
        f"{number}-{letters}-{day}-{check}"
    ):
        raise BadCode("other")
    return entry


def _check(text: str) -> str:
    """A letter that most slips change. What remains is found when the leaf is compared."""
    return _ALPHABET[sha256(text.encode("ascii")).digest()[0] >> 3]
