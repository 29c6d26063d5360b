"""Asking by hand-written SQL: what every named query needs for its words and its rows."""

import json
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from django.db import connection


def fetch(sql: str, parameters: Iterable[Any] = ()) -> list[Any]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return list(cursor.fetchall())


def execute(sql: str, parameters: Iterable[Any] = ()) -> None:
    """Run a statement that gives no rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))


def marks(values: Collection[Any]) -> str:
    """What stands for values between the brackets of `IN (…)`; without any nothing is in it."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def literals(words: Iterable[str]) -> str:
    """Words of our own, never a user's, as they stand between the brackets of `IN (…)`."""
    return ", ".join(f"'{word}'" for word in words)


def decoded(data: Any) -> Any:
    """A column of JSON, which the databases hand over as its text."""
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:  # half of a surrogate pair, which SQLite keeps
        return json.loads(data)
