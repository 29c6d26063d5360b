"""Whether the tables are those of this code: which of its migrations are applied, and which others.

By their names alone: a plan of Django's leaves out a step that is missing below one that is there.
"""

from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Step = tuple[str, str]
"""App and name of a migration."""


class Difference(NamedTuple):
    """Steps of this code that the tables lack, and those of theirs that it does not know."""

    missing: list[Step]
    unknown: list[Step]


def difference() -> Difference:
    """How the tables differ from what this code expects. Raises Django's `Error` where no database
    answers."""
    applied = MigrationRecorder(connection).applied_migrations().keys()
    return Difference(sorted(_of_this_code() - applied), sorted(applied - _of_this_code()))


@cache
def _of_this_code() -> frozenset[Step]:
    return frozenset(MigrationLoader(None).disk_migrations)
