"""Has `up` prepared this data directory already? Answered in milliseconds, without Django."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ngoma.settings.table import read_all

PACKAGE = Path(__file__).resolve().parents[1]
PACKS = PACKAGE / "packs"
_SOURCES = ("packs", "records/migrations", "look/static", "public/static", "desk/static")


def welcome(cities: Sequence[str]) -> list[str] | None:
    """What the last preparation welcomed with; None where something is to be done.

    Only the embedded database is trusted to be as it was left: another may have been replaced.
    """
    values = read_all()
    data = values["NGOMA_DATA"].value
    if values["DATABASE_URL"].value or not (data / "db.sqlite3").exists():
        return None
    try:
        state, lines = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return list(lines) if state == _state(cities) else None


def remember(cities: Sequence[str], lines: Sequence[str]) -> None:
    """Note that all is prepared, and what was welcomed with."""
    _path().write_text(json.dumps([_state(cities), list(lines)]), encoding="utf-8")
    _path().chmod(0o600)


def _path() -> Path:
    folder: Path = read_all()["NGOMA_DATA"].value
    return folder / "prepared.json"


def _state(cities: Sequence[str]) -> str:
    """A digest that changes with anything a preparation reads."""
    demo = read_all()["NGOMA_DEMO"].value
    digest = hashlib.sha256(repr((sorted(cities), demo)).encode())
    for path in _sources():
        digest.update(f"{path} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield PACKAGE / "__init__.py"
    for name in _SOURCES:
        for path in sorted((PACKAGE / name).rglob("*")):
            if path.suffix != ".pyc" and path.name != "__pycache__":
                yield path
