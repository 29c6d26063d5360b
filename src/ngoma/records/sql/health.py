"""How the database is set up, as whoever looks after it needs to know."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from ngoma.records.sql.statements import fetch

LARGE_JOURNAL = 500_000_000
"""Bytes beside the file of SQLite: it is emptied whenever nobody reads from it."""

_PRAGMAS = {"journal_mode": ("wal",), "synchronous": ("2",), "secure_delete": ("1",)}
_POSTGRESQL = {
    "server_encoding": ("UTF8",),
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_write", "remote_apply", "local"),
}
_HOW = {
    "server_encoding": "make a database with the encoding UTF8, and restore a backup into it",
    "journal_mode": "is the file on a network disk? Bring it to a local one",
}


def version() -> tuple[int, ...]:
    """The version of the database."""
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version_info
    number = int(fetch("SHOW server_version_num")[0][0])
    return number // 10_000, number % 10_000


def wrong_settings() -> Iterator[tuple[str, str, str, str]]:
    """Settings with which something is lost or garbled: name, value, a right one, what to do."""
    sqlite = connection.vendor == "sqlite"
    for name, allowed in (_PRAGMAS if sqlite else _POSTGRESQL).items():
        there = str(fetch(f"PRAGMA {name}" if sqlite else f"SHOW {name}")[0][0])
        if there not in allowed:
            change = f"set it in postgresql.conf: {name} = {allowed[0]}"
            yield name, there, allowed[0], _HOW.get(name, "restart Ngoma" if sqlite else change)


def moment() -> datetime:
    """The clock of the database."""
    if connection.vendor == "sqlite":
        text = fetch("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")[0][0]
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    found: datetime = fetch("SELECT clock_timestamp()")[0][0]
    return found


def journal_bytes() -> int:
    """Bytes of SQLite's journal; 0 on PostgreSQL, whose server sees to its own."""
    if connection.vendor != "sqlite":
        return 0
    journal = Path(f"{connection.settings_dict['NAME']}-wal")
    return journal.stat().st_size if journal.exists() else 0
