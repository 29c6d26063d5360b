"""Kept counts of public cases: by cells of the map, by place, and by month.

The tables are derived: they can be dropped, made and filled again, so they are no models. They are
ordered by their keys, so that a tile of the map is one short run of rows whatever was chosen.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

PERIODS = (7, 30, 90, 365)
"""Days since the opening that are counted apart, besides all time."""


class Table(NamedTuple):
    """A table of sums: the columns of its key, and those that are added up, cases first."""

    name: str
    key: tuple[str, ...]
    sums: tuple[str, ...]


COUNTS = Table(
    "records_count",
    ("city_id", "place", "cell", "service", "kind"),
    ("cases", *(f"days_{days}" for days in PERIODS), "x", "y"),
)
"""`place` 0 is everywhere; with a `cell`, a place at the top of the tree; with cell 0, exactly this
place, wherever the case is, or none. `x` and `y` are sums of tiles of zoom 24."""

MONTHS = Table("records_month", ("city_id", "place", "month"), ("opened", "fixed"))
"""Opened and fixed in a month, in exactly this place (0: none)."""

FIRST, LAST = 8, 17
"""Zooms whose tiles are cells. The last is some 300 m wide on the equator."""

Key = tuple[int, ...]
_ROWS = 200  # of one statement


def create() -> None:
    """Make the empty tables."""
    for table in (COUNTS, MONTHS):
        columns = ", ".join(f"{name} bigint NOT NULL" for name in (*table.key, *table.sums))
        # PostgreSQL can rewrite a row in place where its page has room left.
        way = "WITH (fillfactor = 80)" if connection.vendor == "postgresql" else "WITHOUT ROWID"
        _run(f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY ({', '.join(table.key)})) {way}")


def drop() -> None:
    """Throw the tables away."""
    for table in (COUNTS, MONTHS):
        _run(f"DROP TABLE IF EXISTS {table.name}")


def add(table: Table, changes: Mapping[Key, Sequence[int]]) -> None:
    """Add to the sums under each key; a row without cases goes. Call it in a transaction."""
    moved = {key: sums for key, sums in sorted(changes.items()) if any(sums)}
    updates = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in table.sums)
    columns = (*table.key, *table.sums)
    marks = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        rows = list(moved.items())
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            cursor.execute(
                f"INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608
                f"VALUES {', '.join([marks] * len(some))} "
                f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {updates}",
                [value for key, sums in some for value in (*key, *sums)],
            )
    _sweep(table, (key for key, sums in moved.items() if min(sums) < 0))


def tidy() -> None:
    """After very much was written: let the database know what is there."""
    for table in (COUNTS, MONTHS):
        _run(f"ANALYZE {table.name}")


def _sweep(table: Table, keys: Iterable[Key]) -> None:
    """Delete those of the rows that count nothing any more."""
    empty = " AND ".join(f"{name} = 0" for name in table.sums)
    key = " AND ".join(f"{name} = %s" for name in table.key)
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table.name} WHERE {key} AND {empty}", list(keys))  # noqa: S608


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
