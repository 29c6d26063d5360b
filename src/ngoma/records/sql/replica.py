"""The read replica: whether its copy is fresh enough, and asking it in the primary's place.

While it is asked, its connection stands where the primary's does, in this thread alone: named
queries, rows and everything else that reads go there without knowing. It refuses what would write.
Whatever it cannot answer is asked again of the primary, so a replica that is behind, or gone, costs
time and nothing else.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import NamedTuple, TypeVar

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS = "replica"

LOOK_EVERY = 0.5
"""Seconds between two looks at how far the replica has come."""

REST = 5.0
"""Seconds for which a replica that did not answer is left alone."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Mark(NamedTuple):
    """How far the log of the primary was written at a moment (of `monotonic`)."""

    at: float
    written: int


class _Watch:
    """What this process knows of the replica. Everything that was on the primary at `as_of` is on
    the replica."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.marks: deque[Mark] = deque(maxlen=1000)
        self.as_of = self.next_look = float("-inf")
        self.asked = True


_watch = _Watch()
_held = threading.local()

# The identifier tells the servers of one installation from those of any other.
_WRITTEN = """
SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,
       (SELECT system_identifier FROM pg_control_system())
"""
_REPLAYED = """
SELECT CASE WHEN pg_is_in_recovery()
            THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END,
       (SELECT system_identifier FROM pg_control_system())
"""


def read(ask: Callable[[], T], *, missing: type[Exception]) -> T:
    """What `ask` reads, from the replica where that is fresh enough; else from the primary.

    `ask` only reads, and may be called twice: what fails at the replica, or is `missing` there,
    is asked again of the primary.
    """
    if _primary_of_this_thread() is not None or not fresh():
        return ask()
    try:
        with _in_place_of_the_primary():
            return ask()
    except missing:
        pass  # it may be too new for the replica
    except (OperationalError, InterfaceError) as error:
        _lost(error)
    except Error as error:
        log.warning("the replica refused what the primary is asked now", kind=_kind(error))
    return ask()


def fresh() -> bool:
    """Whether there is a replica, and it is as far as the primary was NGOMA_REPLICA_LAG seconds ago
    or later."""
    return behind() <= float(settings.NGOMA_REPLICA_LAG)


def behind() -> float:
    """How many seconds the replica is behind at most; infinite where none answers, or there is
    none."""
    if ALIAS not in connections.settings:
        return float("inf")
    _look()
    return monotonic() - _watch.as_of


@contextmanager
def primary() -> Iterator[None]:
    """Ask the primary, whoever asks: for what a process remembers for all its requests."""
    ours = _primary_of_this_thread()
    if ours is None:
        yield
        return
    theirs = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = ours
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = theirs


@contextmanager
def _in_place_of_the_primary() -> Iterator[None]:
    _held.primary = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[ALIAS]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = _held.primary
        _held.primary = None


def _primary_of_this_thread() -> BaseDatabaseWrapper | None:
    """The primary's connection while the replica's stands in its place; else None."""
    return getattr(_held, "primary", None)


def _look() -> None:
    """Look how far the replica has come, if it is time to and nobody else does."""
    if monotonic() < _watch.next_look or not _watch.lock.acquire(blocking=False):
        return
    try:
        mark, whose = _written()
        _watch.marks.append(mark)
        try:
            _compare(*_asked(ALIAS, _REPLAYED), whose)
            _watch.next_look = monotonic() + LOOK_EVERY
        except Error as error:
            _lost(error)
    finally:
        _watch.lock.release()


def _written() -> tuple[Mark, int]:
    """The mark of this moment, and whose log it is."""
    at = monotonic()
    written, whose = _asked(DEFAULT_DB_ALIAS, _WRITTEN)
    return Mark(at, written), whose


def _compare(replayed: int | None, theirs: int, ours: int) -> None:
    """Remember which of the marks the replica has reached."""
    if replayed is None or theirs != ours:
        _watch.as_of = float("-inf")
        _tell("is no replica of this primary")
        return
    while len(_watch.marks) > 1 and _watch.marks[1].written <= replayed:
        _watch.marks.popleft()
    if _watch.marks[0].written <= replayed:
        _watch.as_of = _watch.marks[0].at
    late = monotonic() - _watch.as_of > settings.NGOMA_REPLICA_LAG
    _tell("is too far behind" if late else "")


def _asked(alias: str, sql: str) -> tuple[int, int]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        found: tuple[int, int] = cursor.fetchone()
        return found


def _lost(error: Error) -> None:
    """It did not answer: leave it alone for a while. The driver's words may quote what was asked,
    so the log has the kind of error alone."""
    _watch.as_of = float("-inf")
    _watch.next_look = monotonic() + REST
    connections[ALIAS].close()
    _tell(f"did not answer: {_kind(error)}")


def _kind(error: Error) -> str:
    return type(error.__cause__ or error).__name__


def _tell(why: str) -> None:
    """Log a change: from when on the replica is asked, or not and why."""
    if bool(why) == (not _watch.asked):
        return
    _watch.asked = not why
    if why:
        log.warning("the replica is not asked", why=why)
    else:
        log.info("the replica is asked")
