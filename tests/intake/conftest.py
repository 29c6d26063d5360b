"""Where the photos of a test lie."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def media(tmp_path: Path, settings: object) -> Iterator[Callable[[], set[str]]]:
    """An empty store of files; gives the paths that are in it."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    folder = tmp_path / "media"

    def paths() -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    return paths
