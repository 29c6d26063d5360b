"""Where the made-up city lies: a data directory, and on PostgreSQL a database, of the bench's own.

Nobody's installation is touched: without --data all of it is in the system's directory for
temporary files, and on the server that DATABASE_URL names only the database `ngoma_bench` is used.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

DATABASE = "ngoma_bench"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a data directory holds."""

    city: str
    reports: int
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Ground:
    """A data directory, and the address of a database unless that is SQLite in the directory."""

    data: Path
    url: str

    @property
    def database(self) -> str:
        """The name of the database's kind."""
        return "PostgreSQL" if self.url else "SQLite"

    def enter(self) -> None:
        """Let this process and those it starts use it. Must come before Django is set up."""
        for name in [name for name in os.environ if name.startswith("NGOMA_")]:
            del os.environ[name]
        self.data.mkdir(parents=True, exist_ok=True)
        os.environ |= {
            "NGOMA_DATA": str(self.data), "DATABASE_URL": self.url, "NGOMA_LOG": "ERROR",
        }  # fmt: skip

    def clear(self) -> None:
        """Drop what is there; the directory of keys and files stays."""
        for path in self.data.glob("db.sqlite3*"):
            path.unlink()
        self._note.unlink(missing_ok=True)
        if self.url:
            with psycopg.connect(_beside(self.url), autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def filled(self) -> Filled | None:
        """What it was filled with."""
        try:
            return Filled(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def remember(self, filled: Filled) -> None:
        """Note what it was filled with."""
        self._note.write_text(json.dumps(asdict(filled)), encoding="utf-8")

    @property
    def _note(self) -> Path:
        return self.data / "filled.json"


def ground(data: Path | None) -> Ground:
    """The bench's place: below `data` or the directory for temporary files."""
    url = os.environ.get("DATABASE_URL", "")
    base = data or Path(tempfile.gettempdir()) / f"ngoma-bench-{os.getuid()}"
    if url.startswith("sqlite") or not url:
        return Ground(base.absolute() / "sqlite", "")
    return Ground(base.absolute() / "postgresql", urlunsplit(urlsplit(url)._replace(path=DATABASE)))


def _beside(url: str) -> str:
    """The server's own database, from which others are made and dropped."""
    return urlunsplit(urlsplit(url)._replace(path="postgres"))
