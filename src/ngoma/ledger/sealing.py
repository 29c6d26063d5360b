"""The reader of events that seals them: an entry for each, and a checkpoint over all of them.

Entries, their tree and the checkpoint are written in one transaction, behind the lock of the
reader's bookmark. So there is one order, whoever seals; and whoever is killed has written all or
nothing, and has signed nothing that is not there.

The log steps over no event: what is left out could not be put in its place later, and would look
like something hidden. An event that says nothing that can be read is sealed as it stands, whole, in
one field. If one cannot be sealed even so, the log stops before it, and says so to administrators.
"""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction

from ngoma.base import tracing
from ngoma.base.clock import now
from ngoma.ledger import entries, keys, publishing
from ngoma.ledger.keyfile import KeyRefused
from ngoma.ledger.material import Material
from ngoma.ledger.naming import Names
from ngoma.ledger.tree import Stored
from ngoma.records.models import Bookmark, Chain, Checkpoint, Event, Parked, Subtree
from ngoma.records.queries.backups import restoration
from ngoma.records.queries.events import advance, behind, read_on
from ngoma.records.queries.ledger import add_entries, hashes, length
from ngoma.tlog import checkpoint
from ngoma.tlog.merkle import Frontier, leaf_hash
from ngoma.tlog.tiles import HEIGHT, WIDTH
from ngoma.work.failures import from_without
from ngoma.work.reading import park
from ngoma.work.timers import for_a_second

READER = "ledger"
AS_IT_STANDS = "ledger, as it stands"
"""By this name administrators find the events that were sealed unread."""
NO_SALTS: Mapping[str, str] = {}
_names = Names()
BATCH = 500
NEAR = timedelta(minutes=10)
"""An event that says it happened farther from when it was sealed was recorded late."""


def follow() -> None:
    """Seal what has happened since; of very much, as much as can be done in a second.

    A copy that was brought back rests until a person releases it: what it signed would be another
    history than the one that was published since the copy was made.
    """
    if restoration() is None:
        for_a_second(lambda: behind(READER) and seal() == BATCH)


def seal(limit: int = BATCH) -> int:
    """Seal the next events and sign a checkpoint. Returns how many events were sealed.

    Raises `keys.KeyRefused`; then nothing is written, and sealing goes on once the key is right. So
    it does with whatever else is wrong, when all events before the one that is meant are sealed.
    """
    try:
        return _seal(limit)
    except Exception as error:
        if isinstance(error, KeyRefused) or from_without(error):
            raise
        if limit > 1:
            return seal(limit // 2)
        _stand_still(error)
        raise


def _stand_still(error: Exception) -> None:
    """Say before which event the log has stopped."""
    with transaction.atomic():
        for event in read_on(READER, 1, whole=False):
            park(READER, event.case_id, error, event.pk)


def _seal(limit: int) -> int:
    with tracing.span("batch", {"ngoma.reader": READER}), transaction.atomic():
        events = read_on(READER, limit)
        tracing.note({"ngoma.events": len(events)})
        if events:
            log = Log.resume()
            append_events(log, events)
            log.save()
            advance(READER, events[-1])
            cases = {each.case_id for each in events}
            Parked.objects.filter(reader=READER, case__in=cases).delete()
    return len(events)


@dataclass
class Log:
    """The log while entries are added to it; `save` writes them and signs."""

    frontier: Frontier
    at: datetime
    late: int
    """Of its entries those that were recorded late."""
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _subtrees: list[Subtree] = field(default_factory=list)
    _added: defaultdict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """By level of tiles the hashes that were added."""

    @classmethod
    def resume(cls) -> "Log":
        """Go on where the tables end. Hold the reader's bookmark, or another may do so as well."""
        size, newest = length(), Checkpoint.objects.order_by("pk").last()
        return cls(Frontier.at(size, Stored(size).read), now(), newest.late if newest else 0)

    def append(
        self,
        content: bytes,
        *,
        event: int | None = None,
        report: int | None = None,
        salts: Mapping[str, str] = NO_SALTS,
        late: bool = False,
    ) -> tuple[int, bytes]:
        """Add one entry; returns its index and leaf."""
        index, leaf = self.frontier.size, leaf_hash(content)
        written = msgspec.json.encode(salts).decode()
        self._rows.append((index, event, report, content, leaf, written, late))
        self.late += late
        for level, made in enumerate(self.frontier.append(leaf)[::HEIGHT]):
            if level:
                at = (self.frontier.size >> (HEIGHT * level)) - 1
                tile = self._full_tile(level - 1, at)
                self._subtrees.append(Subtree(level=level, index=at, hash=made, tile=tile))
            self._added[level].append(made)
        return index, leaf

    def _full_tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile that has just become full: those in the tables, then the added."""
        before = hashes(level, index * WIDTH, (index + 1) * WIDTH)
        return b"".join([*before, *self._added[level][len(before) - WIDTH :]])

    def save(self) -> None:
        """Write what was added and sign a checkpoint of it."""
        add_entries(self._rows)
        Subtree.objects.bulk_create(self._subtrees)
        self.sign()

    def sign(self) -> Checkpoint:
        """Sign the log as it is, and publish that where no witness has to be asked first."""
        signers = keys.remember(self.frontier.size)
        found = checkpoint.Checkpoint(signers[0].name, self.frontier.size, self.frontier.root)
        row = Checkpoint.objects.create(
            size=found.size,
            late=self.late,
            note=found.sign(*signers).encode().decode(),
            made_at=self.at,
        )
        publishing.begin(row)
        return row


def sign_again() -> Checkpoint:
    """Sign a checkpoint of the log as it is, because time has passed."""
    with transaction.atomic():
        Bookmark.objects.select_for_update().get_or_create(reader=READER)
        return Log.resume().sign()


def append_events(log: Log, events: Sequence[Event]) -> None:
    """Add the entries of events of several cases, in their order."""
    chains = _chains({event.case_id for event in events})
    material = Material(events, _names)
    for event in events:
        chain = chains[event.case_id]
        found = _fields(material, event)
        salts = entries.new_salts(found)
        content = entries.content(
            event,
            city=material.city(event),
            pseudonym=chain.pseudonym,
            before=entries.base64url(bytes(chain.leaf)),
            committed=entries.commitments(found, salts),
        )
        report = material.report(event)
        _, leaf = log.append(
            content,
            event=event.pk,
            report=report.id if report else None,
            salts=salts,
            late=abs(log.at - event.at) > NEAR,
        )
        chain.leaf, chain.count = leaf, chain.count + 1
    Chain.objects.bulk_create(
        chains.values(),
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["leaf", "count"],
    )


def _fields(material: Material, event: Event) -> dict[str, Any]:
    """The fields of an event; all of it in one where it says nothing that can be read."""
    try:
        return material.fields(event)
    except Exception as error:
        if from_without(error):
            raise
        park(AS_IT_STANDS, event.case_id, error, event.pk)
        return material.fields(event, raw=True)


def _chains(cases: set[int]) -> dict[int, Chain]:
    """The chains of the cases, new ones for those that have none yet."""
    known = {chain.case_id: chain for chain in Chain.objects.filter(case__in=cases)}
    return known | {case: _new_chain(case) for case in cases - known.keys()}


def _new_chain(case_id: int) -> Chain:
    pseudonym = entries.base64url(secrets.token_bytes(16))
    return Chain(case_id=case_id, pseudonym=pseudonym, leaf=b"", count=0)
