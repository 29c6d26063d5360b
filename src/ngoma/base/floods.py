"""Counting what comes from somewhere, and letting more than usual wait its turn."""

from collections.abc import Hashable
from datetime import datetime, timedelta
from threading import Lock

WINDOW = 600.0
"""Seconds that are looked back on."""

SHORTEST_WAIT, LONGEST_WAIT = 5.0, 600.0
"""Seconds that a turn lies ahead: never less, and never more, however long the queue."""


class Flood:
    """Counts, for many senders, what each had accepted in the last ten minutes.

    The window slides: what came in the one before counts by the part that still reaches into it.
    So memory holds who sent something in the last twenty minutes, and nobody else.
    """

    def __init__(self, gap: float) -> None:
        """`gap`: seconds between two turns of one sender."""
        self._gap = gap
        self._window = 0
        self._now: dict[Hashable, int] = {}
        self._before: dict[Hashable, int] = {}
        self._turns: dict[Hashable, datetime] = {}
        self._lock = Lock()

    def add(self, sender: Hashable, at: datetime) -> float:
        """One more was accepted; returns what `count` now says."""
        with self._lock:
            part = self._slide(at)
            self._now[sender] = self._now.get(sender, 0) + 1
            return self._count(sender, part)

    def count(self, sender: Hashable, at: datetime) -> float:
        """How many were accepted in the last ten minutes, about."""
        with self._lock:
            return self._count(sender, self._slide(at))

    def turn(self, sender: Hashable, at: datetime) -> datetime:
        """The next free turn of this sender, which is taken with that."""
        with self._lock:
            self._slide(at)
            free = self._turns.get(sender, at) + timedelta(seconds=self._gap)
            earliest = at + timedelta(seconds=SHORTEST_WAIT)
            latest = at + timedelta(seconds=LONGEST_WAIT)
            turn = min(max(free, earliest), latest)
            self._turns[sender] = turn
            return turn

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._now, self._before, self._turns = {}, {}, {}

    def _count(self, sender: Hashable, passed: float) -> float:
        return self._now.get(sender, 0) + self._before.get(sender, 0) * (1 - passed)

    def _slide(self, at: datetime) -> float:
        """Move on to the window that `at` lies in; returns how much of it has passed."""
        window, passed = divmod(at.timestamp(), WINDOW)
        if window != self._window:
            self._before = self._now if window == self._window + 1 else {}
            self._now = {}
            self._turns = {who: turn for who, turn in self._turns.items() if turn > at}
            self._window = int(window)
        return passed / WINDOW
