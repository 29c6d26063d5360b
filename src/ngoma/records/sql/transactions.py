"""The number of the transaction that writes, so that readers in order can wait for open ones."""

from time import sleep
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
    min(open.id) FILTER (WHERE known.here IS NOT FALSE)
), coalesce(bool_and(known.here IS NOT NULL), TRUE)
FROM (SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint AS id) AS open
LEFT JOIN (
    SELECT backend_xid::text::bigint AS id,
        datname = current_database() AND backend_type <> 'autovacuum worker' AS here
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL
) AS known ON known.id = open.id & 4294967295
"""
_LOOKS = 3
_ALL_SETTLED = 1
"""On SQLite all is written in transaction 0, one after the other."""


def settled() -> int:
    """Events of transactions before this one count: none that comes before them can still appear.

    On PostgreSQL a transaction that is still open may have taken an earlier number than one that is
    visible already, so an event counts once no older transaction of this database is open.
    """
    if connection.vendor != "postgresql":
        return _ALL_SETTLED
    with connection.cursor() as cursor:
        for _ in range(_LOOKS):
            cursor.execute(_OLDEST_OPEN)
            oldest, sure = cursor.fetchone()
            if sure:
                break
            # One ended between the two looks that the statement takes, at what is open and at who
            # has it open. The latter is kept for a transaction unless it is asked for anew.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
    return int(oldest)


def after() -> str:
    """A condition on events, with two parameters: that they come after a transaction and an id."""
    if connection.vendor == "postgresql":
        return '("transaction", id) > (%s, %s)'
    # There is one transaction, 0. Asked for both, SQLite's index would be searched by the first.
    return '"transaction" = %s AND id > %s'


_BEGIN_ANEW = """
WITH mark AS (
    SELECT coalesce(max("transaction"), 0) AS t, coalesce(max(event), 0) AS e
    FROM records_bookmark WHERE reader = %s
), told AS MATERIALIZED (
    SELECT id, "transaction" AS before,
        CASE WHEN ("transaction", id) > (SELECT t, e FROM mark) THEN 1 ELSE 0 END AS after
    FROM records_event
), unread AS (
    SELECT b.reader, first.after, first.id FROM records_bookmark b LEFT JOIN LATERAL (
        SELECT after, id FROM told WHERE (before, id) > (b."transaction", b.event)
        ORDER BY after, id LIMIT 1
    ) AS first ON TRUE
), last AS (
    SELECT after, id FROM told ORDER BY after DESC, id DESC LIMIT 1
), moved AS (
    UPDATE records_bookmark b SET
        "transaction" = coalesce(unread.after, last.after, 0),
        event = coalesce(unread.id - 1, last.id, 0)
    FROM unread LEFT JOIN last ON TRUE WHERE unread.reader = b.reader
)
UPDATE records_event e SET "transaction" = told.after
FROM told WHERE told.id = e.id AND e."transaction" <> told.after
"""


def begin_anew(exact: str) -> None:
    """Have readers go on rightly in another server, which counts its transactions from low on.

    What happened before gets the numbers 0 and 1, lower than any that a server gives: 1 what the
    reader `exact` has still before it, so that it reads each event once. The others may read some
    a second time, as they can.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN_ANEW, [exact])


_PAUSE = 0.003
"""Seconds."""


def make_way() -> None:
    """Let others write between two transactions of somebody who writes for long.

    SQLite has one writer, and who waits in line (sqlite/base.py) has to wake up first: one that
    goes on at once is there again before them.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        sleep(_PAUSE)
