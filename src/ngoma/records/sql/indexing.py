"""Indexes made and dropped while others write: on PostgreSQL without a lock that they wait for.

A migration that uses these has `atomic = False`. On SQLite nobody else writes anyway.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class AddIndex(AddIndexConcurrently):
    """Adds an index."""

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        kind = AddIndexConcurrently if _concurrently(editor) else migrations.AddIndex
        kind.database_forwards(self, app_label, editor, before, after)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        kind = AddIndexConcurrently if _concurrently(editor) else migrations.AddIndex
        kind.database_backwards(self, app_label, editor, before, after)


class RemoveIndex(RemoveIndexConcurrently):
    """Drops an index."""

    def database_forwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        kind = RemoveIndexConcurrently if _concurrently(editor) else migrations.RemoveIndex
        kind.database_forwards(self, app_label, editor, before, after)

    def database_backwards(self, app_label: str, editor: Any, before: Any, after: Any) -> None:
        kind = RemoveIndexConcurrently if _concurrently(editor) else migrations.RemoveIndex
        kind.database_backwards(self, app_label, editor, before, after)


def _concurrently(editor: Any) -> bool:
    return bool(editor.connection.vendor == "postgresql")
