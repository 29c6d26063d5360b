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


# Ids are counted for the whole server, so what another database or the server's own upkeep has open
# is left out: it writes nothing here. Whoever may not see whose an id is waits for it all the same.
# A backend tells its id without the epoch, the upper 32 bits.
_OLDEST_OPEN = """
SELECT LEAST(
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    pg_current_xact_id_if_assigned()::text::bigint,
    (SELECT min(id) FROM (SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint AS id) AS open
     WHERE NOT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE backend_xid::text::bigint = open.id & 4294967295
        AND (datname <> current_database() OR backend_type = 'autovacuum worker'))))
"""


def settled() -> str:
    """A condition on rows with a `transaction`: none that comes before them can still appear.

    On PostgreSQL a transaction that is still open may have taken an earlier number than one that is
    visible already, so a row counts once no older transaction of this database is open as the
    statement sees it.
    """
    if connection.vendor == "postgresql":
        return f'"transaction" < ({_OLDEST_OPEN})'
    return "TRUE"


def after() -> str:
    """A condition on events, with two parameters: that they come after a transaction and an id."""
    if connection.vendor == "postgresql":
        return '("transaction", id) > (%s, %s)'
    # There is one transaction, 0. Asked for both, SQLite's index would be searched by the first.
    return '"transaction" = %s AND id > %s'
