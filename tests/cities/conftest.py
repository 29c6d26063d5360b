"""A small pack that is right, to be spoilt by the tests."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

SMALL = Path(__file__).parent / "small"
Edit = Callable[..., Path]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small pack."""
    path = tmp_path / "small"
    shutil.copytree(SMALL, path)
    return path


@pytest.fixture
def edit(pack: Path) -> Edit:
    """Replaces a text of a file of the pack, which must be there, and gives the pack."""

    def edit(file: str, old: str, new: str) -> Path:
        text = (pack / file).read_text(encoding="utf-8")
        assert old in text
        (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return pack

    return edit


@pytest.fixture(autouse=True)
def _no_old_books() -> None:
    from ngoma.cities import book  # after Django is set up

    book.forget()
