"""How long `ngoma up` takes to its first page: after a fresh clone, and the next time."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import msgspec

from bench.serving import free_port, wait_for
from ngoma.settings.table import ROOT


class Started(msgspec.Struct):
    """Seconds from the command to the first page. `fresh` makes the environment and the data."""

    fresh: float
    later: float
    packages: str


def measure() -> Started:
    """Clone what is committed, start it with all cities and their demonstrations, and once more."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "ngoma"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tree)], check=True)
        fresh, later = _up(tree), _up(tree)
        count = (tree / "requirements.txt").read_text(encoding="utf-8").count("==")
        return Started(fresh, later, f"{count} packages")


def _up(tree: Path) -> float:
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NGOMA_", "DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV"))
    }
    with (tree / "up.log").open("ab") as said:
        start = time.monotonic()
        process = subprocess.Popen(
            ["./ngoma", "up", "--port", str(port)], cwd=tree, env=environment, stdout=said,
            stderr=said, start_new_session=True,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/kampala/", process, seconds=300)
            return time.monotonic() - start
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
