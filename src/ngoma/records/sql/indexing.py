"""Indexes made and dropped while others write: on PostgreSQL without a lock that they wait for.

A migration that uses these has `atomic = False`. On SQLite nobody else writes anyway.
"""

from typing import Any, ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.migrations.operations.base import Operation


class _BesideOthers(Operation):
    """Does on PostgreSQL what the operation after it does, elsewhere what `otherwise` does."""

    otherwise: ClassVar[type[Operation]]

    def database_forwards(self, label: str, editor: Any, before: Any, after: Any) -> None:
        if editor.connection.vendor == "postgresql":
            super().database_forwards(label, editor, before, after)
        else:
            self.otherwise.database_forwards(self, label, editor, before, after)

    def database_backwards(self, label: str, editor: Any, before: Any, after: Any) -> None:
        if editor.connection.vendor == "postgresql":
            super().database_backwards(label, editor, before, after)
        else:
            self.otherwise.database_backwards(self, label, editor, before, after)


class AddIndex(_BesideOthers, AddIndexConcurrently):
    """Adds an index."""

    otherwise = migrations.AddIndex


class RemoveIndex(_BesideOthers, RemoveIndexConcurrently):
    """Drops an index."""

    otherwise = migrations.RemoveIndex
