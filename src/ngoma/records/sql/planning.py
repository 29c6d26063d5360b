"""How PostgreSQL plans what it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """While the block lasts, every statement is planned for the tables as they are by then.

    A plan that is kept from when a table was small goes through the whole of it again and again,
    until PostgreSQL's own upkeep has counted its rows: whoever fills tables is there before.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_custom_plan")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET plan_cache_mode")
