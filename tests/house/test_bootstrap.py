"""The script at the root, in a copy of its own."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("sh", "readlink", "dirname", "basename", "cmp", "cat")


def copy(tmp_path: Path) -> Path:
    """A root with the script, locks, and a PATH that holds only what every system has."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        (programs / name).symlink_to(shutil.which(name) or name)
    for name in ("ngoma", "requirements.txt", "requirements-test.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return programs


def run(script: Path, programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *arguments], env={"PATH": str(programs)}, cwd="/", capture_output=True, text=True
    )


def test_without_python_it_says_what_is_needed(tmp_path: Path) -> None:
    programs = copy(tmp_path)
    done = run(tmp_path / "ngoma", programs, "config")
    assert done.returncode == 1
    assert done.stderr.startswith("ngoma: needs Python 3.11 or newer")


def test_an_environment_that_fits_the_lock_is_used_as_it_is(tmp_path: Path) -> None:
    programs = copy(tmp_path)
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    shutil.copy(tmp_path / "requirements.txt", tmp_path / ".venv")
    (programs / "shortcut").symlink_to(tmp_path / "ngoma")
    done = run(programs / "shortcut", programs, "city", "check", "a pack")
    assert (done.stdout, done.stderr) == ("-m ngoma city check a pack\n", "")


def test_locks_name_no_index_and_hash_everything() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        packages = text.replace("\\\n", "").splitlines()
        assert packages
        assert all("--hash=sha256:" in line for line in packages)
