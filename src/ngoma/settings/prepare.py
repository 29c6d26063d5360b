"""Making an installation ready: tables and static files. What is done already is skipped."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError

from ngoma import __version__
from ngoma.records.sql.versions import difference


class OldTables(RuntimeError):
    """The tables are those of an older version; the text says what to do."""


def migrate(say: Callable[[str], None]) -> None:
    """Bring the tables up to date."""
    if missing := difference().missing:
        say(f"Making the tables ({len(missing)} steps)")
        call_command("migrate", verbosity=0, interactive=False)


def require_tables() -> None:
    """Raise `OldTables` where steps are missing, for this version needs them.

    Tables of a newer version are no hindrance: what it adds, this one leaves alone. Nor is a
    database that is away: whoever starts now waits for it.
    """
    with suppress(OperationalError):
        if steps := len(difference().missing):
            raise OldTables(
                f"the tables are {steps} steps older than this version: run `./ngoma migrate`"
            )


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
