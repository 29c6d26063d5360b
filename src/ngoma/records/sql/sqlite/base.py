"""Django's connection to SQLite, with a line for those who want to write.

SQLite has one writer at a time, and who finds it busy looks again after up to a tenth of a second:
under load a writer waits long after the file is free, and who came last may be first. So writers
wait in line here, and SQLite is asked by the one whose turn it is: the threads of a process wait
for each other, and their first for those of the other processes, at a file beside the database.
Who writes without standing in line is still kept apart by SQLite itself.
"""

import fcntl
import os
from threading import Lock

from django.db import OperationalError
from django.db.backends.sqlite3 import base

PATIENCE_S = 20.0
"""Seconds in line before giving up, as long as SQLite is waited for (settings/database.py)."""

_first = Lock()
"""Held by the thread that is the first of this process."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin when those that came before have ended."""

    _line: int | None = None
    _has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        if not _first.acquire(timeout=PATIENCE_S):
            raise OperationalError("database is locked: another thread writes for too long")
        self._has_turn = True
        try:
            fcntl.flock(self._file(), fcntl.LOCK_EX)
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._end_turn()
            raise

    def commit(self) -> None:
        super().commit()
        self._end_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._end_turn()
            if self._line is not None:
                os.close(self._line)
                self._line = None

    def _file(self) -> int:
        """Opened for each connection: a process that was forked must not share its parent's."""
        if self._line is None:
            name = f"{self.settings_dict['NAME']}-line"
            self._line = os.open(name, os.O_WRONLY | os.O_CREAT, 0o600)
        return self._line

    def _end_turn(self) -> None:
        if not self._has_turn:
            return
        self._has_turn = False
        if self._line is not None:
            fcntl.flock(self._line, fcntl.LOCK_UN)
        _first.release()
