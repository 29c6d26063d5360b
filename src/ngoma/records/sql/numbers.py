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
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608
        last = cursor.fetchone()[0]
        return range(last + 1, last + 1 + count)
