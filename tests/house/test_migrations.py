"""Migrations let the code before them go on, which runs beside them while hosts are upgraded."""

import pytest
from django_migration_linter.migration_linter import MigrationLinter

# SQLite makes a table anew for whatever changes in it, of which nothing can be told.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SINCE = "0034_webhooks"
"""The last one of which nobody demanded it."""
STOPS: dict[str, str] = {}
"""Migrations for which the services have to be stopped, and why it could not be done in steps. The
notes of the release (CHANGELOG.md) say so too."""


def unsafe(linter: MigrationLinter, *names: str) -> int:
    """How many migrations of these are not safe while the code before them runs; it says why."""
    for name in names:
        linter.lint_migration(linter.migration_loader.disk_migrations["records", name])
    return int(linter.nb_erroneous)


@pytest.fixture
def linter() -> MigrationLinter:
    return MigrationLinter(no_cache=True, all_warnings_as_errors=True)


def test_new_migrations_are_safe_while_the_code_before_them_runs(linter: MigrationLinter) -> None:
    known = linter.migration_loader.disk_migrations
    names = sorted(name for app, name in known if app == "records" and name > SINCE)
    chosen = [name for name in names if name not in STOPS]
    assert chosen, "there is one at least"
    assert unsafe(linter, *chosen) == 0, "see “Migrations” in CONTRIBUTING.md"
    assert set(STOPS) <= set(names)


def test_what_is_not_safe_is_seen(linter: MigrationLinter) -> None:
    """Of the time before: a column that old code does not fill."""
    assert unsafe(linter, SINCE) == 1
