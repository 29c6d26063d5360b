"""The whole log against the database: every entry, every event, every checkpoint.

The tree is made anew from the entries and must have the roots that were signed. Events are made
into entries once more, with the salts that were kept, and must come out as they were published.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import msgspec
from django.db import connections

from ngoma.ledger import days, entries, regrowing
from ngoma.ledger.material import Material
from ngoma.ledger.naming import Names
from ngoma.ledger.regrowing import Problem
from ngoma.ledger.sealing import READER
from ngoma.records.models import Day
from ngoma.records.queries import ledger as rows
from ngoma.records.queries.ledger import Happened, Sealed
from ngoma.tlog.note import Note

BATCH = 1000
SPAN = 50_000
"""Entries that a process checks in one go."""
MOST = 1000
"""Problems of a kind that are told."""
_BROKEN = "it does not follow the entry of its case before it"

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Link:
    """Where a case stands at one end of a span: the number of its entry and the leaf it ends in."""

    index: int
    seq: int
    leaf: str


@dataclass
class Span:
    """What was found in a part of the log."""

    events: int = 0
    late: int = 0
    problems: list[Problem] = field(default_factory=list)
    first: dict[int, Link] = field(default_factory=dict)
    """By case, what its first entry here says of the one before."""
    last: dict[int, Link] = field(default_factory=dict)
    missing: list[tuple[int, tuple[int, int, str]]] = field(default_factory=list)
    """Entries, and fields of theirs without a salt: case, seq and name."""
    erased: set[tuple[int, int, str]] = field(default_factory=set)
    """Fields of which an event says that they were erased."""


@dataclass
class Verdict:
    """What was found. `waiting` events are not in the log yet; `late` ones were recorded late."""

    entries: int = 0
    events: int = 0
    checkpoints: int = 0
    late: int = 0
    erased: int = 0
    waiting: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(
    progress: Progress = lambda done, total: None,
    *,
    kept: Sequence[Note] = (),
    processes: int | None = None,
) -> Verdict:
    """Check everything; `progress` is told of entries done and of how many there are.

    `kept` are checkpoints that somebody kept: the log must still begin as they say. With one
    process all is read in the caller's transaction.
    """
    total = rows.length()
    found = Verdict(entries=total, waiting=rows.waiting(READER))
    signed, bad = regrowing.signed_roots(kept)
    found.checkpoints = sum(map(len, signed.values()))
    found.problems += bad
    if (processes or os.cpu_count() or 1) == 1 or total <= SPAN:
        found.problems += _tree(total, signed)
        _join(found, map(check, *_parts(total)))
        progress(total, total)
    else:
        _with_processes(found, total, signed, processes, progress)
    found.problems += [*_left_out(total), *_days()]
    found.problems.sort()
    return found


def _with_processes(
    found: Verdict,
    total: int,
    signed: regrowing.Roots,
    processes: int | None,
    progress: Progress,
) -> None:
    """Grow the tree in one process while others check the parts of the log, in order."""
    lows, highs = _parts(total)
    connections.close_all()  # a connection serves one process
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        tree = pool.submit(_tree, total, signed)
        spans = pool.map(check, lows, highs)

        def told() -> Iterator[Span]:
            for span, high in zip(spans, highs, strict=True):
                yield span
                progress(high, total)

        _join(found, told())
        found.problems += tree.result()


def _parts(total: int) -> tuple[list[int], list[int]]:
    """Where the parts of the log begin and end."""
    lows = list(range(0, total, SPAN))
    return lows, [min(low + SPAN, total) for low in lows]


def _tree(total: int, signed: regrowing.Roots) -> list[Problem]:
    return list(regrowing.regrow(total, signed))


def check(low: int, high: int) -> Span:
    """Make the entries of a span once more, from the events as they stand in the database."""
    found, names = Span(), Names()
    for batch in rows.entries(low, high, BATCH):
        events = [entry.event for entry in batch if entry.event]
        material = Material(events, names)
        pseudonyms = rows.pseudonyms({event.case_id for event in events})
        for entry in batch:
            try:
                said = msgspec.json.decode(entry.content)
                if entry.event is not None:
                    _check(found, entry, entry.event, said, material, pseudonyms)
                elif said["kind"] != entries.INDEX:
                    found.problems.append(Problem(entry.number, "its event is gone"))
            except (ValueError, LookupError, TypeError) as error:
                found.problems.append(Problem(entry.number, f"cannot be read: {error!r}"))
    return found


def _check(
    found: Span,
    entry: Sealed,
    event: Happened,
    said: dict[str, Any],
    material: Material,
    pseudonyms: dict[int, str],
) -> None:
    """Compare one entry with its event."""
    found.events += 1
    found.late += entry.late
    raw = entries.RAW in entry.salts
    wrong = [*_other_fields(entry, said, material.fields(event, raw=raw))]
    made = entries.content(
        event,
        city=material.city(event),
        pseudonym=pseudonyms.get(event.case_id, ""),
        before=said["prev"],
        committed=sorted(said["_sd"]),
    )
    if made != entry.content:
        again = msgspec.json.decode(made)
        wrong += [name for name in again if said.get(name) != again[name]] or ["its form"]
    if wrong:
        names = ", ".join(sorted(wrong))
        what = f"event {said.get('seq')} of {material.case(event)} was published otherwise: {names}"
        found.problems.append(Problem(entry.number, what))
    for name, salt in entry.salts.items():
        if salt is None:
            found.missing.append((entry.number, (event.case_id, event.seq, name)))
    if event.kind == entries.ERASED and not raw:
        for case, seq, name in event.data["fields"]:
            # Of an event that was sealed unread, all goes with any of it.
            found.erased |= {(case, seq, name), (case, seq, entries.RAW)}
    _link(found, entry, event, said["prev"])


def _other_fields(entry: Sealed, said: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """The fields that are not what the entry is committed to."""
    committed = set(said["_sd"])
    for name, salt in entry.salts.items():
        if salt is not None and (
            name not in now
            or entries.commitment(entries.disclosure(salt, name, now[name])) not in committed
        ):
            yield name
    yield from now.keys() - entry.salts.keys()
    if len(committed) != len(entry.salts):
        yield "number of fields"


def _link(found: Span, entry: Sealed, event: Happened, before: str) -> None:
    """Follow the case from entry to entry."""
    last = found.last.get(event.case_id)
    if last is None:
        found.first[event.case_id] = Link(entry.number, event.seq, before)
    elif (last.seq + 1, last.leaf) != (event.seq, before):
        found.problems.append(Problem(entry.number, _BROKEN))
    leaf = entries.base64url(entry.leaf)
    found.last[event.case_id] = Link(entry.number, event.seq, leaf)


def _join(found: Verdict, spans: Iterable[Span]) -> None:
    """Put together what was found in the parts of the log."""
    last: dict[int, Link] = {}
    missing: list[tuple[int, tuple[int, int, str]]] = []
    erased: set[tuple[int, int, str]] = set()
    for span in spans:
        found.events += span.events
        found.late += span.late
        found.problems += span.problems
        missing += span.missing
        erased |= span.erased
        for case, link in span.first.items():
            before = last.get(case, Link(-1, 0, ""))
            if (before.seq + 1, before.leaf) != (link.seq, link.leaf):
                found.problems.append(Problem(link.index, _BROKEN))
        last |= span.last
    found.erased = len(missing)
    for index, which in missing:
        if which not in erased:
            what = f"the salt of {which[2]} is gone, and no event says that it was erased"
            found.problems.append(Problem(index, what))
    for case, count, leaf in rows.chains():
        link = last.get(case, Link(-1, 0, ""))
        if (count, entries.base64url(leaf)) != (link.seq, link.leaf):
            found.problems.append(Problem(found.entries, f"entries after {link.index} are gone"))


def _left_out(total: int) -> Iterator[Problem]:
    """Events that are not in the log and should be, and rows that tell of other events."""
    for index, case, seq in rows.left_out(READER, MOST):
        at = total if index is None else index
        yield Problem(at, f"event {seq} of {case} is not in the log")
    for case in rows.other_lengths(MOST):
        yield Problem(total, f"the row of {case} tells of another number of events")


def _days() -> Iterator[Problem]:
    """The daily counts, against the entries before them."""
    for row in Day.objects.select_related("entry").order_by("day"):
        counts = days.read(zlib.decompress(bytes(row.counts)))
        said = msgspec.json.decode(bytes(row.entry.content))
        if said["root"] != entries.base64url(days.root(counts)) or said["day"] != str(row.day):
            yield Problem(
                row.entry_id, f"the counts of {row.day} are not those that were published"
            )
        if dict(counts).items() - rows.counts_before(row.entry_id, [each for each, _ in counts]):
            yield Problem(row.entry_id, f"the counts of {row.day} are not those of the log")
