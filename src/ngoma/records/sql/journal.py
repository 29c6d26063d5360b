"""The journal of SQLite, which keeps pages as they were until it is written over."""

from django.db import connection


def empty_journal() -> bool:
    """Put all that is committed into the database's file and empty the journal beside it.

    Must not run in a transaction. False where somebody still reads from the journal. PostgreSQL's
    own is no file of rows that anybody could read; its old rows go with its next vacuum.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _, _ = cursor.fetchone()
    return not busy
