"""An installation as in production, in which all that `stage.py` tells has happened."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import serving
from tests.browser.pages import FACES, Reports, Site, Told

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def installed(data: Path) -> Iterator[Site]:
    """`ngoma web` on what lies in `data`; the first who comes makes it, others wait for that."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = data / "stage.json"
        if not note.exists():
            note.write_text(_play(data), encoding="utf-8")
    told = _read(note.read_text(encoding="utf-8"))
    log = data / f"server-{os.getpid()}.log"
    with serving.running("", log, **_settings(data), NGOMA_PROCESSES="1") as server:
        yield Site(f"http://localhost:{server.port}", told)


def play(data: Path) -> Reports:
    """Let all of it happen in the installation that lies in `data`."""
    return _read(_play(data))


def _play(data: Path) -> str:
    cities = dict.fromkeys(face.city for face in FACES)
    command = [sys.executable, "-m", "tests.browser.stage", *cities]
    environment = os.environ | _settings(data)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _read(text: str) -> Reports:
    return {
        city: {name: Told(*each) for name, each in reports.items()}
        for city, reports in json.loads(text).items()
    }


def _settings(data: Path) -> dict[str, str]:
    return {
        "NGOMA_DATA": str(data), "DATABASE_URL": "", "NGOMA_DEMO": "no", "NGOMA_LOG": "ERROR",
    }  # fmt: skip
