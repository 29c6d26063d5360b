"""The walks of docs/administrator.md, word for word: keeping a backup, and bringing it back."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
pytestmark = [pytest.mark.once, pytest.mark.server]

Walk = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def walk(tmp_path: Path, empty_repository: Path) -> Walk:
    """Runs what the document says, with all its places in a directory of the test's own."""
    places = {"/backup/": "backup", "/var/lib/ngoma": "data", "/root/password": "password"}
    (tmp_path / "backup").mkdir()

    def walk(name: str) -> "subprocess.CompletedProcess[str]":
        (script,) = re.findall(rf"```sh {name}\n(.*?)```", DOCUMENT, re.DOTALL)
        for place, here in places.items():
            ending = "/" if place.endswith("/") else ""
            script = script.replace(place, f"{tmp_path / here}{ending}")
        script = script.replace("./ngoma", f"{sys.executable} -m ngoma")
        there = {name: value for name, value in os.environ.items() if "NGOMA" not in name} | {
            "NGOMA_DATA": str(tmp_path / "data"), "DATABASE_URL": "", "NGOMA_LOG": "ERROR",
            "NGOMA_BACKUP_REPOSITORY": str(tmp_path / "backup" / "ngoma"), "COLUMNS": "400",
        }  # fmt: skip
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path, env=there, capture_output=True, text=True, check=False, timeout=200,
        )  # fmt: skip

    return walk


def test_a_backup_is_kept_and_brought_back(walk: Walk, tmp_path: Path) -> None:
    migrated = [sys.executable, "-m", "ngoma", "migrate", "--data", str(tmp_path / "data")]
    subprocess.run(migrated, env=os.environ | {"DATABASE_URL": ""}, check=True)
    done = walk("backup")
    assert done.returncode == 0, done.stderr
    assert "Keep a copy elsewhere: without it nobody can read them" in done.stderr
    assert "Every file, key, row and event is as it was." in done.stdout
    (tmp_path / "data" / "keys" / "backup").rename(tmp_path / "password")
    (tmp_path / "data").rename(tmp_path / "lost")
    done = walk("restore")
    assert done.returncode == 0, done.stderr
    assert "Start web and worker, look, and then decide: ngoma release" in done.stdout
    assert "0 were dropped; the ledger goes on" in done.stdout
