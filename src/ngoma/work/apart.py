"""What the clock has done in a process of its own, because it takes minutes, memory and large
libraries, and a worker must ring for a danger meanwhile."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from ngoma.base.clock import now

REST = timedelta(hours=1)
"""Between a failure and the next attempt."""

log = structlog.get_logger(__name__)


class Named(Protocol):
    """A city, as far as this module knows one: packages of one floor do not know each other."""

    @property
    def slug(self) -> str: ...


C = TypeVar("C", bound=Named)


class Apart:
    """A command of Ngoma's for some cities, of which one process runs at a time."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self._running: subprocess.Popen[bytes] | None = None
        self._failed_at: datetime | None = None

    def is_free(self) -> bool:
        """Whether it may be started: not while it runs, nor while it rests after a failure."""
        if self._running is not None:
            status = self._running.poll()
            if status is None:
                return False
            self._running = None
            self._failed_at = now() if status else None
            if status:
                log.warning("command failed", command=" ".join(self._command), status=status)
        # Before it failed: the clock was set back.
        return self._failed_at is None or not timedelta() <= now() - self._failed_at < REST

    def start(self, cities: Iterable[str]) -> None:
        """Start it for cities by their slugs. What it prints is dropped, what it logs is not."""
        named = [word for slug in cities for word in ("--city", slug)]
        command = [sys.executable, "-m", "ngoma", *self._command, *named]
        self._running = subprocess.Popen(command, stdout=subprocess.DEVNULL)


def for_each(cities: Iterable[C], step: Callable[[C], object]) -> list[C]:
    """Do a step for each city; one that fails is logged and holds no other up. Returns those that
    failed."""
    failed = []
    for city in cities:
        try:
            step(city)
        except Exception:
            log.exception("city failed", city=city.slug)
            failed.append(city)
    return failed
