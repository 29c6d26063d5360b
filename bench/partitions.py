"""Whether a table of events would gain by being parted by month: both ways side by side.

The two tables have the columns of `records_event` and its indexes. Parted by time they can keep no
number of an event in its case apart from another's without its time in it, and so lose the promise
that a number is given once.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from statistics import median

import msgspec
import psycopg

SCHEMA = "ngoma_bench_partitions"
YEARS = range(2021, 2026)
EVENTS_A_CASE = 5
LOOKUPS, INSERTS, BATCH = 2000, 3000, 500
_COLUMNS = """(
    id bigint NOT NULL, case_id bigint NOT NULL, seq integer NOT NULL, kind varchar(24) NOT NULL,
    at timestamptz NOT NULL, actor varchar(8) NOT NULL, user_id bigint, data jsonb NOT NULL,
    undone boolean NOT NULL DEFAULT false, transaction bigint NOT NULL)"""
_FILL = """
INSERT INTO {table}
SELECT g, g / {each} + 1, g % {each} + 1, 'opened',
       timestamptz '{first}-01-01' + (g - 1) * interval '{years} years' / {rows},
       'staff', NULL,
       jsonb_build_object('service', g % 97, 'place', g % 857, 'words', md5(g::text)), false, g
FROM generate_series(1, {rows}) AS g
"""
_INSERT = """
INSERT INTO {table} VALUES (%s, %s, %s, 'noted', %s, 'staff', NULL, '{{"words": "so"}}', false, %s)
"""


class Way(msgspec.Struct):
    """One of the two tables: milliseconds in the middle, and megabytes."""

    name: str
    insert: float
    story: float
    batch: float
    filled_s: float
    size: float


def measure(url: str, rows: int, say: Callable[[str], object]) -> list[Way]:
    """Fill both tables with as many events of five years, and ask the same of them."""
    with _schema(url) as connection:
        return [
            _way(connection, name, rows, say, parted)
            for name, parted in (("one table", False), ("a table a month", True))
        ]


@contextmanager
def _schema(url: str) -> Iterator["psycopg.Connection[tuple[float, ...]]"]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        try:
            yield connection
        finally:
            connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def _way(
    connection: "psycopg.Connection[tuple[float, ...]]",
    name: str,
    rows: int,
    say: Callable[[str], object],
    parted: bool,
) -> Way:
    table = f"{SCHEMA}.{'parted' if parted else 'whole'}"
    _make(connection, table, parted=parted)
    started = time.perf_counter()
    values = {"each": EVENTS_A_CASE, "first": YEARS[0], "years": len(YEARS), "rows": rows}
    connection.execute(_FILL.format(table=table, **values).encode())
    filled = time.perf_counter() - started
    connection.execute(f"VACUUM ANALYZE {table}".encode())
    say(f"{name}: {rows:,} events in {filled:.0f} s")
    draw = Random(3)
    cases = [draw.randrange(1, rows // EVENTS_A_CASE) for _ in range(INSERTS)]
    story = f"SELECT * FROM {table} WHERE case_id = %s ORDER BY seq"
    after = f"""SELECT * FROM {table} WHERE (transaction, id) > (%s, %s)
                ORDER BY transaction, id LIMIT {BATCH}"""
    read = _middle(connection, story, [(case,) for case in cases[:LOOKUPS]])
    last = [(rows - draw.randrange(BATCH), 0) for _ in range(200)]
    followed = _middle(connection, after, last)
    day = date(YEARS[-1], 12, 31)
    more = [(rows + n, case, rows + n, day, rows + n) for n, case in enumerate(cases, 1)]
    written = _middle(connection, _INSERT.format(table=table), more)
    sized = connection.execute(
        f"""SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = '{SCHEMA}'
            WHERE c.relname LIKE %s AND c.relkind = 'r'""".encode(),
        [f"{table.rpartition('.')[2]}%"],
    ).fetchone()
    return Way(name, written, read, followed, filled, float(sized[0]) / 2**20 if sized else 0.0)


def _make(connection: "psycopg.Connection[tuple[float, ...]]", table: str, *, parted: bool) -> None:
    parts = "PARTITION BY RANGE (at)" if parted else ""
    connection.execute(f"CREATE TABLE {table} {_COLUMNS} {parts}".encode())
    months = [date(year, month, 1) for year in YEARS for month in range(1, 13)]
    ends = [*months[1:], date(YEARS[-1] + 1, 1, 1)]
    for start, end in zip(months, ends, strict=True) if parted else ():
        connection.execute(
            f"""CREATE TABLE {table}_{start:%Y%m} PARTITION OF {table}
                FOR VALUES FROM ('{start}') TO ('{end}')""".encode()
        )
    key = ", at" if parted else ""
    for index in (f"UNIQUE INDEX ON {table} (id{key})", f"INDEX ON {table} (transaction, id)"):
        connection.execute(f"CREATE {index}".encode())
    connection.execute(f"CREATE UNIQUE INDEX ON {table} (case_id, seq{key})".encode())


def _middle(
    connection: "psycopg.Connection[tuple[float, ...]]",
    statement: str,
    asked: list[tuple[object, ...]],
) -> float:
    """Milliseconds of a statement, each time a transaction of its own."""
    times = []
    for values in asked:
        started = time.perf_counter()
        cursor = connection.execute(statement.encode(), values)
        if cursor.description:
            cursor.fetchall()
        times.append(1000 * (time.perf_counter() - started))
    return median(times)


def where() -> str:
    """The server to ask: DATABASE_URL, or the one of this machine."""
    return os.environ.get("DATABASE_URL") or "postgresql://127.0.0.1:5432/postgres"
