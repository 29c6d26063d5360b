"""Programs of npm that the pages are measured with, as the lock file beside this has them."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).parent


def installed_package(name: str) -> Path:
    """Where a package is, or would be."""
    return FOLDER / "node_modules" / name


def missing(what: str) -> NoReturn:
    """A machine without it skips, but CI fails."""
    say = pytest.fail if os.environ.get("CI") else pytest.skip
    say(f"{what} is not installed")
