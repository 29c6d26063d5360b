"""An installation of several processes that can be killed, cut off and begun again.

One `Hosts` is a database (SQLite in its folder, or a PostgreSQL server of its own), a stand-in for
the services of messages, and hosts with a web server and a worker each. Who drives it sees what
residents, staff and an administrator see: HTTP, commands, and the tables by plain SQL.

    python -m bench.hosts PACK

makes the installation at NGOMA_DATA ready, and writes the session of somebody at the desk. A
program of its own: Django speaks to one database for all its life.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.serving import free_port, tree
from ngoma.settings import serve

ROOT = Path(__file__).resolve().parents[1]
ACCOUNT, KEY = "AC0123456789", "s3cret-key"
CITY = "small"
HERE = "127.0.0.1"


class Unable(RuntimeError):
    """This machine lacks something; the text says what."""


def until(true: Callable[[], Any], what: str, seconds: float = 120.0) -> float:
    """Wait until something is so; returns how many seconds that took. Raises TimeoutError."""
    started = time.monotonic()
    while not true():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"after {seconds:.0f} seconds: {what}")
        time.sleep(0.05)
    return time.monotonic() - started


class Sqlite:
    """A file."""

    server = False

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        with closing(sqlite3.connect(self.file, timeout=20, isolation_level=None)) as connection:
            return connection.execute(sql).fetchall()


class Postgres:
    """A server of its own, that has on disk what it has said is there. Begun and killed at will."""

    server = True

    def __init__(
        self, host: str = HERE, prefix: Sequence[str] = (), like: "Postgres | None" = None
    ) -> None:
        """`like`: with all that another has in it now, which is stopped for that moment."""
        self.host, self.prefix, self.port = host, tuple(prefix), free_port()
        self.url = f"postgresql://ngoma@{host}:{self.port}/ngoma"
        self.process: subprocess.Popen[bytes] | None = None
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        initdb = str(found[-1]) if found else shutil.which("initdb")
        if initdb is None:
            raise Unable("no PostgreSQL server is installed (Debian: apt install postgresql)")
        self._bin = Path(initdb).parent
        # It refuses to be run by root.
        self._user = "postgres" if os.geteuid() == 0 else None
        # Not among the tests' files, where others than who runs them are kept out.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="ngoma-postgres-"))
        if self._user:
            shutil.chown(folder, self._user)
        if like is not None:
            like.stop()
            subprocess.run(["cp", "-a", str(like.folder / "data"), str(folder)], check=True)
            like.begin()
            return
        command = [initdb, "-D", str(folder / "data"), "-U", "ngoma", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync"], user=self._user, cwd=folder, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with (folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.write("host all all samenet trust\n")

    def begin(self) -> None:
        """Start the server and wait until it answers."""
        options = {
            "listen_addresses": self.host, "port": self.port, "unix_socket_directories": "",
            "fsync": "on", "shared_buffers": "16MB", "logging_collector": "off",
            "recovery_init_sync_method": "syncfs",
        }  # fmt: skip
        command = [*self.prefix, str(self._bin / "postgres"), "-D", str(self.folder / "data")]
        if self.prefix and self._user:  # who may enter a namespace is root
            command = [*self.prefix, "setpriv", f"--reuid={self._user}", f"--regid={self._user}",
                       "--clear-groups", *command[len(self.prefix):]]  # fmt: skip
        command += [f"-c{name}={value}" for name, value in options.items()]

        def answers() -> bool:
            # What was killed may hold its memory still; whoever looks after servers tries again.
            if self.process is None or self.process.poll() is not None:
                self.process = self._begun(command)
            return self._answers()

        until(answers, "PostgreSQL does not answer", 90)

    def _begun(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command, user=None if self.prefix else self._user, stdout=log, stderr=log,
                cwd=self.folder, start_new_session=True,
            )  # fmt: skip

    def create(self) -> None:
        """Make the empty database."""
        self._rows("CREATE DATABASE ngoma", "postgres")

    def kill(self) -> None:
        """End the server and all its children at once, as the system does when memory ends."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)  # else it would have children that are not seen
        for pid in tree(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """End the server, and leave nothing behind."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> None:
        """End the server as an administrator does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        return self._rows(sql, "ngoma")

    def _rows(self, sql: str, database: str) -> list[tuple[Any, ...]]:
        url = f"postgresql://ngoma@{self.host}:{self.port}/{database}?connect_timeout=5"
        with psycopg.connect(url, autocommit=True) as connection:
            done = connection.execute(sql)
            return done.fetchall() if done.description else []

    def _answers(self) -> bool:
        with suppress(psycopg.Error):
            return bool(self._rows("SELECT 1", "postgres"))
        return False


@dataclass
class Host:
    """A computer with a web server and a worker. `prefix` stands before their commands."""

    name: str
    folder: Path
    environment: dict[str, str]
    address: str = HERE
    prefix: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://{self.address}:{self.port}"

    def begin(self, *names: str, wait: bool = True, **environment: str) -> None:
        """Start `web` or `worker` or both, and wait until the web server answers."""
        for name in names:
            command = [sys.executable, "-m", "ngoma", "worker"]
            if name == "web":
                counts = self.folder / "counts"
                counts.mkdir(exist_ok=True)
                command = serve.web_command(self.address, self.port, 1, 4, counts)
            with self.log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [*self.prefix, *command], env=self.environment | environment, cwd=ROOT,
                    stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
        if wait and "web" in names:
            until(lambda: self.status("/readyz") is not None, f"{self.name} does not answer")

    def status(self, path: str) -> int | None:
        """The status of a page; None where nobody answers."""
        try:
            return httpx.get(self.url + path, timeout=10, headers=LOCAL).status_code
        except httpx.HTTPError:
            return None

    def kill(self, *names: str) -> None:
        """End processes and what they started at once: kill -9."""
        for name in names:
            process = self.processes.pop(name)
            for pid in tree(process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()

    def log(self, name: str) -> Path:
        """What a process of this host said."""
        return self.folder / f"{self.name}-{name}.log"


LOCAL = {"Host": "localhost"}


@dataclass
class Hosts:
    """The whole installation."""

    folder: Path
    database: Sqlite | Postgres
    hosts: list[Host]
    session: str
    services: subprocess.Popen[bytes]

    @property
    def messages(self) -> list[str]:
        """What the services took: `sms 12` or `mail 12` for each time."""
        return (self.folder / "messages").read_text(encoding="ascii").splitlines()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Ngoma's, as an administrator of the first host does."""
        return subprocess.run(
            [sys.executable, "-m", "ngoma", *arguments], env=self.hosts[0].environment, cwd=ROOT,
            text=True, capture_output=True, check=False,
        )  # fmt: skip

    def five_minutes_pass(self) -> None:
        """Let the time be over for which jobs are held by workers that died."""
        self.database.rows("UPDATE records_job SET claimed_until = NULL")

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until every job is done that is not parked."""
        waiting = "SELECT count(*) FROM records_job WHERE parked_at IS NULL"
        self.five_minutes_pass()
        until(lambda: self.database.rows(waiting) == [(0,)], "jobs are left", seconds)

    def end(self) -> None:
        """End everything."""
        for host in self.hosts:
            host.kill(*host.processes)
        self.services.kill()
        self.services.wait()
        if isinstance(self.database, Postgres):
            self.database.end()


@contextmanager
def installed(
    folder: Path,
    database: Sqlite | Postgres,
    places: Iterable[tuple[str, str, tuple[str, ...]]] = (("one", HERE, ()),),
    services: tuple[str, tuple[str, ...]] = (HERE, ()),
    like: Hosts | None = None,
    **settings: str,
) -> Iterator[Hosts]:
    """An installation with a database that is running, and nothing else yet. `places` are the name,
    address and prefix of each host; `services` address and prefix of the services of messages.
    `like`: one that is ready, of which all is taken over; with PostgreSQL the database has it."""
    folder.mkdir(parents=True, exist_ok=True)
    sms, smtp = free_port(), free_port()
    where, prefix = services
    environment = {name: value for name, value in os.environ.items() if "NGOMA" not in name} | {
        "DATABASE_URL": database.url, "NGOMA_DATA": str(folder / "data"), "NGOMA_LOG": "WARNING",
        "NGOMA_SMS": "twilio", "NGOMA_SMS_URL": f"http://{where}:{sms}", "NGOMA_SMS_USER": ACCOUNT,
        "NGOMA_SMS_KEY": KEY, "NGOMA_SMTP_URL": f"smtp://{where}:{smtp}", "NGOMA_UNDO": "0",
        "NGOMA_FLOOD_LIMIT": "0", "NGOMA_HOSTS": "*", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    } | settings  # fmt: skip
    session = _prepared(environment) if like is None else _copied(like, folder, database)
    command = [sys.executable, "-m", "bench.services", where, str(sms), str(smtp)]
    file = folder / "messages"
    running = subprocess.Popen([*prefix, *command, str(file)], cwd=ROOT, env=environment)
    until((folder / "messages.ready").exists, "the services of messages do not start")
    hosts = [Host(name, folder, environment, address, pre) for name, address, pre in places]
    whole = Hosts(folder, database, hosts, session, running)
    try:
        yield whole
    finally:
        whole.end()


def _prepared(environment: dict[str, str]) -> str:
    """Make all ready; returns the session of somebody at the desk."""
    command = [sys.executable, "-m", "bench.hosts", str(ROOT / "tests" / "cities" / CITY)]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


def _copied(like: Hosts, folder: Path, database: Sqlite | Postgres) -> str:
    shutil.copytree(like.folder / "data", folder / "data")
    if isinstance(database, Sqlite):
        # Copied as a file while it is in use, it would be broken.
        like.database.rows(f"VACUUM INTO '{database.file}'")
    return like.session


def _prepare(pack: Path) -> None:
    from ngoma.settings.start import start

    start()
    from django.conf import settings

    from bench import staff
    from ngoma.cities.book import book
    from ngoma.cities.load import load
    from ngoma.settings import prepare

    prepare.migrate(lambda line: None)
    prepare.collect_static(lambda line: None)
    load(pack)
    city = book(CITY)
    # The nights are none of ours: each would take a minute of the processor.
    mark = Path(settings.NGOMA_DATA) / "insight" / CITY / "night"
    mark.parent.mkdir(parents=True)
    mark.write_text("9999-12-31", encoding="ascii")
    staff.hire(city.id)
    print(staff.session())


if __name__ == "__main__":
    _prepare(Path(sys.argv[1]))
