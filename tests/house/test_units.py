"""The units of systemd are such as systemd takes, and can touch their data alone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "docs" / "deploy").glob("*.service"))


def test_systemd_takes_them(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd")
    for unit in UNITS:
        here = unit.read_text(encoding="utf-8").replace("/opt/ngoma", str(ROOT))
        (tmp_path / unit.name).write_text(here, encoding="utf-8")
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_they_are_exposed_to_little(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd")
    for unit in UNITS:
        told = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        level = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
        assert level, told
        assert float(level[1]) <= 2.0


def test_both_are_described() -> None:
    assert [unit.name for unit in UNITS] == ["ngoma-web.service", "ngoma-worker.service"]
    text = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    assert [unit.name for unit in UNITS if f"deploy/{unit.name}" not in text] == []
