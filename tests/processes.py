"""Processes of their own beside the test, on the same database and the same files."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def database_url() -> str:
    """The address of the tests' database."""
    row = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{row['NAME']}"
    user = f"{row['USER']}@" if row["USER"] else ""
    return f"postgresql://{user}{row['HOST']}:{row['PORT'] or 5432}/{row['NAME']}"


def plain_environment() -> dict[str, str]:
    """The environment without what tests with a browser leave in it."""
    return {name: os.environ[name] for name in os.environ if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


CALL = """
import sys
from importlib import import_module
from ngoma.settings.start import start

start()
getattr(import_module(sys.argv[1]), sys.argv[2])(*sys.argv[3:])
"""


def begin(module: str, function: str, *arguments: str) -> "subprocess.Popen[str]":
    """Call a function of a module of the tests; what it reads and writes are pipes."""
    here = {
        "DATABASE_URL": database_url(),
        "NGOMA_DATA": str(settings.NGOMA_DATA),
        "NGOMA_VAULT_KEY": settings.NGOMA_VAULT_KEY,
        "NGOMA_LOG": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "-c", CALL, module, function, *arguments],
        cwd=ROOT,
        env=os.environ | here,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
