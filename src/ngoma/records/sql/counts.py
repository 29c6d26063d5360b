"""Kept sums: public cases by cell of the map, place and month; the work on cases; arrivals.

The tables are derived: they can be dropped, made and filled again, so they are no models. They are
ordered by their keys, so that a tile of the map is one short run of rows whatever was chosen.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import connection

PERIODS = (7, 30, 90, 365)
"""Days since the opening that are counted apart, besides all time."""


class Table(NamedTuple):
    """A table of sums: the columns of its key, and those that are added up, cases first."""

    name: str
    key: tuple[str, ...]
    sums: tuple[str, ...]


CELLS = Table(
    "records_cell_count",
    ("city_id", "place", "cell", "service", "kind"),
    ("cases", *(f"days_{days}" for days in PERIODS), "x", "y"),
)
"""Cases in a cell of the map: all of them (`place` 0), and those in a place at the top of the tree.
`x` and `y` are sums of tiles of zoom 24."""

PLACES = Table(
    "records_place_count",
    ("city_id", "place", "service", "kind"),
    ("cases", "days_365"),
)
"""Cases in exactly this place (0: none), wherever they are."""

MONTHS = Table("records_month_count", ("city_id", "place", "month"), ("opened", "fixed"))
"""Opened and fixed in a month, in exactly this place (0: none)."""

TABLES = (CELLS, PLACES, MONTHS)

WORK = Table(
    "records_work_count",
    ("city_id", "month", "department", "service", "place"),
    (
        *("cases", "answered", "answered_late", "solved", "solved_late", "reopened"),
        *("transfers", "passed_on", "stars_1", "stars_2", "stars_3", "stars_4", "stars_5"),
    ),
)
"""How the city worked on the cases that were opened in a month; `place` is below the top of the
tree. `passed_on` are those with more than two transfers."""

SPANS = Table(
    "records_span_count",
    ("city_id", "month", "which", "department", "service", "place", "bucket"),
    ("cases",),
)
"""The same cases by how long the first answer (`which` 1) and the solution (2) took: buckets of
working time, each some 9 % longer than the one before."""

PERFORMANCE = (WORK, SPANS)

HOURS = Table(
    "records_hour_arrivals", ("city_id", "hour", "service", "place", "channel"), ("reports",)
)
"""Reports that came in an hour of the city's clock, counted from 1970, by service, district and
channel (0: not known)."""

DAYS = Table(
    "records_day_arrivals", ("city_id", "day", "service", "place", "channel"), ("reports",)
)
"""The same by day."""

ARRIVALS = (HOURS, DAYS)

FIRST, LAST = 8, 17
"""Zooms whose tiles are cells. The last is some 300 m wide on the equator."""

Key = tuple[int, ...]


def create(tables: Sequence[Table] = TABLES) -> None:
    """Make the empty tables."""
    for table in tables:
        columns = ", ".join(f"{name} bigint NOT NULL" for name in (*table.key, *table.sums))
        # PostgreSQL can rewrite a row in place where its page has room left.
        way = "WITH (fillfactor = 80)" if connection.vendor == "postgresql" else "WITHOUT ROWID"
        _run(f"CREATE TABLE {table.name} ({columns}, PRIMARY KEY ({', '.join(table.key)})) {way}")


def drop(tables: Sequence[Table] = TABLES) -> None:
    """Throw the tables away."""
    for table in tables:
        _run(f"DROP TABLE IF EXISTS {table.name}")


def add(table: Table, changes: Mapping[Key, Sequence[int]]) -> None:
    """Add to the sums under each key; a row without cases goes. Call it in a transaction."""
    moved = sorted((*key, *sums) for key, sums in changes.items() if any(sums))
    less = [row for row in moved if min(row[len(table.key) :]) < 0]
    add_up = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in table.sums)
    conflict = f"ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {add_up}"
    columns = (*table.key, *table.sums)
    into = f"INSERT INTO {table.name} ({', '.join(columns)})"
    empty = " AND ".join(f"{name} = 0" for name in table.sums)
    if connection.vendor == "postgresql":
        _with_arrays(f"{into} SELECT * FROM {{rows}} {conflict}", moved, len(columns))  # noqa: S608
        key = ", ".join(table.key)
        sweep = f"DELETE FROM {table.name} WHERE ({key}) IN (SELECT * FROM {{rows}}) AND {empty}"  # noqa: S608
        _with_arrays(sweep, less, len(table.key))
        return
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"{into} VALUES ({marks}) {conflict}", moved)
        key = " AND ".join(f"{name} = %s" for name in table.key)
        sweep = f"DELETE FROM {table.name} WHERE {key} AND {empty}"  # noqa: S608
        cursor.executemany(sweep, [row[: len(table.key)] for row in less])


def tidy(tables: Sequence[Table] = TABLES) -> None:
    """After very much was written: let the database know what is there."""
    for table in tables:
        _run(f"ANALYZE {table.name}")


def _with_arrays(statement: str, rows: Sequence[tuple[int, ...]], width: int) -> None:
    """Run a statement with the first columns of rows as its `rows`: far faster than as values."""
    if not rows:
        return
    arrays = [list(column) for column in zip(*rows, strict=True)][:width]
    with connection.cursor() as cursor:
        unnested = f"unnest({', '.join(['%s::bigint[]'] * width)})"
        cursor.execute(statement.format(rows=unnested), arrays)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
