"""What the database alone takes: the statements of a page, again and again by the plain driver.

Reads are the very statements that the page sends, noted while it is answered once in this process.
A report is taken in as its rows, each inserted anew, in one durable transaction.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client

SECONDS = 1.0
Statement = tuple[str, Any]


def reading(request: bytes, url: str) -> float:
    """Milliseconds that the page's statements take, on one connection."""
    statements = [each for each in _statements(request) if each[0].lstrip()[:6] == "SELECT"]
    plain = _connect(url)
    if not url:
        statements = [(_for_sqlite(sql), parameters) for sql, parameters in statements]

    def once() -> None:
        for sql, parameters in statements:
            plain.execute(sql, parameters).fetchall()

    taken = _milliseconds(once)
    plain.close()
    return taken


def readings(requests: Sequence[bytes], url: str) -> list[float]:
    """Milliseconds that the statements of each of these requests take, asked once more."""
    plain, taken = _connect(url), []
    for request in requests:
        statements = [each for each in _statements(request) if each[0].lstrip()[:6] == "SELECT"]
        start = time.perf_counter()
        for sql, parameters in statements:
            plain.execute(sql if url else _for_sqlite(sql), parameters).fetchall()
        taken.append(1000 * (time.perf_counter() - start))
    plain.close()
    return taken


def accepting(url: str) -> float:
    """Milliseconds for the rows of one report: case, event, report and jobs, on disk."""
    tables = {"records_case": 1, "records_event": 1, "records_report": 1, "records_job": 2}
    plain = _connect(url)
    rows = [(name, _last(plain, name)) for name, count in tables.items() for _ in range(count)]
    first = {name: row["id"] + 1 for name, row in rows}
    number = 0

    def once() -> None:
        nonlocal number
        plain.execute("BEGIN" if url else "BEGIN IMMEDIATE")
        for name, row in rows:
            number += 1
            _insert(plain, name, _another(row, first[name] + number, bool(url)), bool(url))
        plain.execute("COMMIT")

    taken = _milliseconds(once)
    for name in reversed(tables):
        plain.execute(f"DELETE FROM {name} WHERE id > {first[name]}")
    plain.close()
    return taken


def _milliseconds(once: Callable[[], None]) -> float:
    once()
    start, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < SECONDS:
        once()
        count += 1
    return passed * 1000 / count


def _statements(request: bytes) -> list[Statement]:
    """What is asked of the database when this request is answered, once everything is warm."""
    found: list[Statement] = []

    def note(
        execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        found.append((sql, parameters or ()))
        return execute(sql, parameters, many, context)

    _answer(request)
    with connection.execute_wrapper(note):
        _answer(request)
    return found


def _for_sqlite(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def _answer(request: bytes) -> None:
    first, *lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    client = Client(headers={"Host": "localhost"})
    name, _, value = headers.get("Cookie", "").partition("=")
    if name:
        client.cookies[name] = value
    client.get(first.split()[1])


def _connect(url: str) -> Any:
    if url:
        return psycopg.connect(url, autocommit=True)
    database = settings.DATABASES["default"]
    plain = sqlite3.connect(database["NAME"], isolation_level=None)
    plain.executescript(database["OPTIONS"]["init_command"])
    return plain


def _last(plain: Any, table: str) -> dict[str, Any]:
    cursor = plain.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")
    row = cursor.fetchone()
    if row is None:
        raise LookupError(f"{table} has no row to take for an example")
    return dict(zip((column[0] for column in cursor.description), row, strict=True))


def _another(row: dict[str, Any], key: int, on_postgresql: bool) -> dict[str, Any]:
    """A row like this one that breaks no rule of uniqueness."""
    new = row | {"id": key}
    if "seq" in new:
        new["seq"] = key
    for name in ("reference", "secret", "key", "token"):
        if new.get(name):
            new[name] = secrets.token_urlsafe(12)
    if not on_postgresql:
        return new
    return {
        name: psycopg.types.json.Jsonb(value) if isinstance(value, (dict, list)) else value
        for name, value in new.items()
    }


def _insert(plain: Any, table: str, row: dict[str, Any], on_postgresql: bool) -> None:
    names: Sequence[str] = list(row)
    marks = ", ".join(["%s" if on_postgresql else "?"] * len(names))
    columns = ", ".join(f'"{name}"' for name in names)
    plain.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))
