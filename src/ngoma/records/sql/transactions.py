"""The number of the transaction that writes, so that readers in order can wait for open ones."""

from typing import Any

from django.db import models


class CurrentTransaction(models.Func):
    """The current transaction's id on PostgreSQL; 0 on SQLite, which has one writer at a time."""

    output_field = models.BigIntegerField()

    def as_postgresql(
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, list[Any]]:
        return "(pg_current_xact_id()::text::bigint)", []

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        return "0", []
