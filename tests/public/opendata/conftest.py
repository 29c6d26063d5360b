"""A town that has published once, in a place of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ngoma.cities.book import Book
from ngoma.insight.opendata.manifest import Manifest
from ngoma.intake.submit import Receipt
from tests.insight.opendata.reading import night
from tests.public.conftest import reader, tell

__all__ = ["reader", "tell"]


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.NGOMA_DATA = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def published(town: Book, tell: Callable[..., Receipt]) -> Manifest:
    """A dozen reports in the files."""
    for number in range(12):
        tell(words=f"A deep hole, number {number}. " + "It was not there last week. " * 20)
    return night(town)
