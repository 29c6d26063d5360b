"""Making an installation ready: tables and static files. What is done already is skipped."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ngoma import __version__


def migrate(say: Callable[[str], None]) -> None:
    """Bring the tables up to date."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Making the tables ({len(plan)} steps)")
        call_command("migrate", verbosity=0, interactive=False)


def collect_static(say: Callable[[str], None]) -> None:
    """Copy stylesheets, scripts and pictures to where they are served from, named by content."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _state_of_sources()
    if stamp.exists() and stamp.read_text(encoding="ascii") == state:
        return
    say("Collecting stylesheets and scripts")
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(state, encoding="ascii")


def _state_of_sources() -> str:
    """A digest that changes when a file of ours is added or edited, or a version changes."""
    digest = hashlib.sha256(f"{__version__} {django.__version__}".encode())
    for _owner, folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            digest.update(f"{path} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()
