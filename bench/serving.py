"""The real server on the made-up city, and what its processes use."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from ngoma.settings import serve

PROCESSES = 2
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. Times are CPU milliseconds since it started."""

    process: subprocess.Popen[bytes]
    port: int
    url: str

    def cpu_ms(self) -> float:
        """What the server's processes have used."""
        return sum(map(_cpu_ms, tree(self.process.pid)))

    def database_ms(self) -> float:
        """What the backends of its PostgreSQL connections have used; 0 on SQLite."""
        return sum(map(_cpu_ms, _backends(self.url))) if self.url else 0.0

    def worker_mb(self) -> float:
        """The largest resident set of a web worker, in MB, as the system counts it."""
        workers = [pid for pid in tree(self.process.pid) if pid != self.process.pid]
        return max(map(resident_mb, workers), default=0.0)


@contextmanager
def running(url: str, log: Path, **settings: str) -> Iterator[Server]:
    """`ngoma web` as in production, until the block ends. What it says is written to `log`.

    It slows no flood, for who measures is one; `settings` of the environment go before that.
    """
    port = free_port()
    environment = os.environ | {
        "NGOMA_PROCESSES": str(PROCESSES), "NGOMA_FLOOD_LIMIT": "0",
    } | settings  # fmt: skip
    command = [sys.executable, "-m", "ngoma", "web", "--port", str(port)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=environment, start_new_session=True, stdout=said, stderr=said
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield Server(process, port, url)
    finally:
        serve.stop(process)


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 120.0) -> float:
    """Wait until the address answers with a page; returns how many seconds that took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            with urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic() - start
        except HTTPError as error:
            raise RuntimeError(f"{address} answered {error.code}") from error
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{address} did not answer within {seconds:.0f} seconds")


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to no connection meanwhile: below
    those that it chooses itself."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, task.read_text(encoding="ascii").split())
    return found


def _cpu_ms(pid: int) -> float:
    """User and system time of a process, all its threads, also of those that have ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def resident_mb(pid: int) -> float:
    """The memory of a process, in MB, as the system counts it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _backends(url: str) -> list[int]:
    """The processes of the connections to this database, but ours; on this machine alone."""
    ask = """SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(ask)]
