"""The number of the transaction that writes, so that readers in order can wait for open ones."""

from typing import Any

from django.db import connection, models


class CurrentTransaction(models.Func):
    """The current transaction's id on PostgreSQL; 0 on SQLite, which has one writer at a time."""

    output_field = models.BigIntegerField()

    def as_postgresql(
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, list[Any]]:
        return "(pg_current_xact_id()::text::bigint)", []

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        return "0", []


def settled() -> str:
    """A condition on rows with a `transaction`: none that comes before them can still appear.

    On PostgreSQL a transaction that is still open may have taken an earlier number than one that is
    visible already, so a row counts once no older transaction is open as the statement sees it.
    """
    if connection.vendor == "postgresql":
        return '"transaction" < pg_snapshot_xmin(pg_current_snapshot())::text::bigint'
    return "TRUE"
