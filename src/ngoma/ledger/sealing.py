"""The reader of events that seals them: an entry for each, and a checkpoint over all of them.

Entries, their tree and the checkpoint are written in one transaction, behind the lock of the
reader's bookmark. So there is one order, whoever seals; and whoever is killed has written all or
nothing, and has signed nothing that is not there.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction

from ngoma.base.clock import now
from ngoma.ledger import entries, keys, publishing
from ngoma.ledger.material import Material
from ngoma.ledger.naming import Names
from ngoma.ledger.tree import Stored
from ngoma.records.models import Bookmark, Chain, Checkpoint, Event, Subtree
from ngoma.records.queries.events import advance, behind, read_on
from ngoma.records.queries.ledger import add_entries, length
from ngoma.tlog import checkpoint
from ngoma.tlog.merkle import Frontier, leaf_hash
from ngoma.tlog.tiles import HEIGHT
from ngoma.work.timers import for_a_second

READER = "ledger"
NO_SALTS: Mapping[str, str] = {}
_names = Names()
BATCH = 500
NEAR = timedelta(minutes=10)
"""An event that says it happened farther from when it was sealed was recorded late."""


def follow() -> None:
    """Seal what has happened since; of very much, as much as can be done in a second."""
    for_a_second(lambda: behind(READER) and seal() == BATCH)


def seal(limit: int = BATCH) -> int:
    """Seal the next events and sign a checkpoint. Returns how many events were sealed.

    Raises `keys.KeyRefused`; then nothing is written, and sealing goes on once the key is right.
    """
    with transaction.atomic():
        events = read_on(READER, limit)
        if events:
            log = Log.resume()
            append_events(log, events)
            log.save()
            advance(READER, events[-1])
    return len(events)


@dataclass
class Log:
    """The log while entries are added to it; `save` writes them and signs."""

    frontier: Frontier
    at: datetime
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _subtrees: list[Subtree] = field(default_factory=list)

    @classmethod
    def resume(cls) -> "Log":
        """Go on where the tables end. Hold the reader's bookmark, or another may do so as well."""
        size = length()
        return cls(Frontier.at(size, Stored(size).read), now())

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
        for level, made in enumerate(self.frontier.append(leaf)[HEIGHT::HEIGHT], 1):
            at = (self.frontier.size >> (HEIGHT * level)) - 1
            self._subtrees.append(Subtree(level=level, index=at, hash=made))
        return index, leaf

    def save(self) -> None:
        """Write what was added and sign a checkpoint of it."""
        add_entries(self._rows)
        Subtree.objects.bulk_create(self._subtrees)
        sign(self.frontier, self.at)


def sign_again() -> Checkpoint:
    """Sign a checkpoint of the log as it is, because time has passed."""
    with transaction.atomic():
        Bookmark.objects.select_for_update().get_or_create(reader=READER)
        log = Log.resume()
        return sign(log.frontier, log.at)


def sign(frontier: Frontier, at: datetime) -> Checkpoint:
    """Sign the log as it is, and publish that where no witness has to be asked first."""
    signers = keys.remember(frontier.size)
    found = checkpoint.Checkpoint(signers[0].name, frontier.size, frontier.root)
    note = found.sign(*signers).encode().decode()
    row = Checkpoint.objects.create(size=frontier.size, note=note, made_at=at)
    publishing.begin(row)
    return row


def append_events(log: Log, events: Sequence[Event]) -> None:
    """Add the entries of events of several cases, in their order."""
    chains = _chains({event.case_id for event in events})
    material = Material(events, _names)
    for event in events:
        chain = chains[event.case_id]
        found = material.fields(event)
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


def _chains(cases: set[int]) -> dict[int, Chain]:
    """The chains of the cases, new ones for those that have none yet."""
    known = {chain.case_id: chain for chain in Chain.objects.filter(case__in=cases)}
    return known | {case: _new_chain(case) for case in cases - known.keys()}


def _new_chain(case_id: int) -> Chain:
    pseudonym = entries.base64url(secrets.token_bytes(16))
    return Chain(case_id=case_id, pseudonym=pseudonym, leaf=b"", count=0)
