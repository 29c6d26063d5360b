"""Numbers of new rows, taken before they are written: references are made from them."""

from collections.abc import Sequence

from django.db import connection


def next_report_ids(count: int = 1) -> Sequence[int]:
    """`count` new ids for reports, never given twice. Must be called inside a transaction."""
    return _next("records_report", count)


def next_case_ids(count: int) -> Sequence[int]:
    """`count` new ids for cases, never given twice. Must be called inside a transaction."""
    return _next("records_case", count)


def _next(table: str, count: int) -> Sequence[int]:
    """PostgreSQL takes them from the table's sequence; SQLite has one writer at a time, so the next
    ids are free until the transaction ends.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The highest that was ever given, as SQLite remembers it of its AUTOINCREMENT.
        cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0] or 0
        return range(last + 1, last + 1 + count)


_COUNTED = """
SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'
"""


def skip(count: int) -> None:
    """Leave out so many numbers in every table.

    A lost database may have given them to rows that this copy of it does not have: a reference
    that a resident holds must not become that of somebody else's report.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), "
                "coalesce(last_value, 0) + %s) FROM pg_sequences "
                "WHERE schemaname = current_schema()",
                [count],
            )
            return
        cursor.execute(_COUNTED)
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT name FROM sqlite_sequence")
        begun = {name for (name,) in cursor.fetchall()}
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [count])
        cursor.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
            [(name, count) for name in tables if name not in begun],
        )
