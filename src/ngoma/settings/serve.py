"""Running the processes: the web server, and web and worker side by side.

Every command imports this module, so what only some of its functions need is imported there.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

READY_WITHIN = 60.0
STOP_WITHIN = 10.0


class StartError(RuntimeError):
    """A process that did not start; the text says what to look at."""


def web_command(host: str, port: int, processes: int, threads: int, counts: Path) -> list[str]:
    """The command of the web server: granian, whose worker processes each work with `threads`, hold
    more that wait, and count their requests in files in `counts`."""
    from ngoma.settings.admission import WRITERS

    arguments = {
        "interface": "wsgi",
        "host": host,
        "port": port,
        "workers": processes,
        "blocking-threads": threads + WRITERS + 1,
        "backpressure": 4 * (threads + WRITERS),
        "workers-kill-timeout": int(STOP_WITHIN),
        "log-level": "warning",
    }
    options = [text for name, value in arguments.items() for text in (f"--{name}", str(value))]
    # Without a limit the allocator keeps memory apart for every thread, and never gives it back.
    environment = ["MALLOC_ARENA_MAX=2", f"PROMETHEUS_MULTIPROC_DIR={counts}"]
    return [
        "/usr/bin/env", *environment, sys.executable, "-m", "granian", *options,
        "--no-ws", "--respawn-failed-workers", "ngoma.settings.wsgi:application",
    ]  # fmt: skip


def counts_folder(data: Path) -> Path:
    """A new folder for what the server that this process starts, or becomes, counts.

    It is named after the process; folders of those that have ended on this machine go.
    """
    machine = socket.gethostname()
    ours = data / "metrics" / f"{machine}-{os.getpid()}"
    for folder in ours.parent.glob(f"{machine}-*"):
        number = folder.name.rpartition("-")[2]
        if folder == ours or not (number.isdecimal() and _lives(int(number))):
            shutil.rmtree(folder, ignore_errors=True)
    ours.mkdir(mode=0o700, parents=True)
    return ours


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of somebody else
        pass
    return True


def run_together(web: list[str], health: str, on_ready: Callable[[], None]) -> int:
    """Run web and worker until Ctrl-C or SIGTERM, or until one of them ends.

    `on_ready` is called when `health` answers. Returns the exit status: 0 when asked to stop.
    """
    asked = stop_on_signals()
    running = [_begin(web)]
    try:
        _wait_until_ready(health, running, asked)
        # Only now: on a small machine the first page would wait for two sets of imports.
        running.append(_begin([sys.executable, "-m", "ngoma", "worker"]))
        if not asked.is_set():
            on_ready()
        while not asked.wait(0.5):
            _raise_if_ended(running)
    finally:
        for process in running:
            stop(process)
    return 0


def _begin(command: list[str]) -> subprocess.Popen[bytes]:
    # In a session of its own: a Ctrl-C reaches it through us, and once.
    return subprocess.Popen(command, start_new_session=True)


def stop_on_signals() -> Event:
    """An event that SIGINT and SIGTERM set."""
    asked = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    return asked


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children: kindly, and by force after STOP_WITHIN seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(health: str, running: list[subprocess.Popen[bytes]], asked: Event) -> None:
    # A server that is still starting may ignore SIGTERM, so nothing is stopped before it answers.
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(health):
        _raise_if_ended(running)
        if time.monotonic() > deadline:
            raise StartError(f"{health} did not answer within {READY_WITHIN:.0f} seconds")
        if asked.wait(0.05):
            return


def _answers(address: str) -> bool:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        return error.code < 500  # a host name that is not served, but a server that answers
    except OSError:
        return False


def _raise_if_ended(running: list[subprocess.Popen[bytes]]) -> None:
    for process, name in zip(running, ("web", "worker"), strict=False):
        if process.poll() is not None:
            raise StartError(f"the {name} process ended with status {process.returncode}")
