"""The ledger: how fast events are sealed, how long a proof takes, and a check of the whole."""

import resource
import time
from collections.abc import Callable
from hashlib import sha256
from random import Random

import msgspec
from django.db import connection

from ngoma.ledger import publishing, receipts, sealing
from ngoma.ledger.verifying import verify
from ngoma.records.models import Asked, Bookmark, Chain, Checkpoint, Day, Entry, Subtree
from ngoma.tlog.merkle import Frontier, leaf_hash

PROOFS = 300
SAMPLE = 20_000


class Sealed(msgspec.Struct):
    """Rates are events a second; `hashing`: what the same hashes alone take."""

    database: str
    entries: int
    seconds: float
    cpu: float
    hashing: float
    commits: float
    proof: tuple[float, float]
    receipt: tuple[float, float]
    largest: int
    verifying: float
    entry: float


def measure(database: str, entries: int, advance: Callable[[int], object]) -> Sealed:
    """Seal so many events of a made-up city anew, then prove some and check all of them."""
    for table in (Day, Entry, Chain, Subtree, Checkpoint, Asked):
        _empty(table._meta.db_table)
    Bookmark.objects.filter(reader=sealing.READER).delete()
    started, cpu = time.perf_counter(), _cpu()
    sealed = batches = 0
    while sealed < entries and (count := sealing.seal()):
        sealed += count
        batches += 1
        advance(count)
    seconds, cpu = time.perf_counter() - started, _cpu() - cpu
    published = publishing.newest()
    assert published is not None
    proof, _ = _timed(sealed, lambda entry: receipts.proof(entry.index, published))
    receipt, largest = _timed(sealed, receipts.receipt)
    started = time.perf_counter()
    found = verify()
    verifying = time.perf_counter() - started
    if found.problems:
        raise RuntimeError(f"the log does not verify: {found.problems[:3]}")
    contents = [bytes(each) for each in Entry.objects.values_list("content", flat=True)[:SAMPLE]]
    return Sealed(
        database=database,
        entries=sealed,
        seconds=seconds,
        cpu=cpu,
        hashing=_hashing(contents),
        commits=batches / seconds,
        proof=proof,
        receipt=receipt,
        largest=largest,
        verifying=verifying,
        entry=sum(map(len, contents)) / len(contents),
    )


def _empty(table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {table} CASCADE")
        else:
            cursor.execute(f"DELETE FROM {table}")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _timed(size: int, make: Callable[[Entry], bytes | None]) -> tuple[tuple[float, float], int]:
    """Median and 95th percentile in milliseconds of what is made of an entry, and most bytes."""
    draw, times, largest = Random(5), [], 0
    for _ in range(PROOFS):
        entry = Entry.objects.select_related("event").get(index=draw.randrange(size))
        started = time.perf_counter()
        made = make(entry)
        times.append(1000 * (time.perf_counter() - started))
        largest = max(largest, len(made or b""))
    times.sort()
    return (times[len(times) // 2], times[int(0.95 * len(times))]), largest


def _hashing(contents: list[bytes]) -> float:
    """Entries a second if all there was to do were their hashes: fields, leaf and tree."""
    frontier = Frontier()
    started = time.perf_counter()
    for content in contents:
        for _ in range(content.count(b'","') + 1):  # as many fields as it is committed to, or so
            sha256(content[:150]).digest()
        frontier.append(leaf_hash(content))
    return len(contents) / (time.perf_counter() - started)
