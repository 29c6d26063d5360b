"""The front door by its commands, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.processes import plain_environment

ROOT = Path(__file__).resolve().parents[2]


def ngoma(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ngoma", *arguments],
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_config_tells_value_and_source(tmp_path: Path) -> None:
    run = ngoma("config", "--data", str(tmp_path), NGOMA_THREADS="7", NGOMA_SMS_KEY="s3cret")
    lines = run.stdout.splitlines()
    assert f"NGOMA_DATA = {tmp_path}  (environment)" in lines
    assert "NGOMA_THREADS = 7  (environment)" in lines
    assert "NGOMA_PROCESSES = 2  (default)" in lines
    assert "s3cret" not in run.stdout
    assert not list(tmp_path.iterdir())


def test_unreadable_setting_is_told_in_one_line() -> None:
    run = ngoma("config", NGOMA_THREADS="many")
    assert run.returncode == 1
    assert run.stderr == (
        "ngoma: NGOMA_THREADS must be a whole number: requests a web process works on at once\n"
    )


def test_every_promised_command_is_there() -> None:
    shown = ngoma("--help").stdout
    promised = [
        "up",
        "web",
        "worker",
        "tick",
        "test",
        "config",
        "rebuild",
        "city",
        "triage",
        "user",
        "key",
    ]
    assert [name for name in promised if f" {name} " not in shown] == []


def test_help_waits_for_nothing_that_only_commands_need() -> None:
    slow = {"django", "structlog", "opentelemetry", "rich.progress", "urllib.request", "asyncio"}
    asked = f"import sys, ngoma.__main__; print(sorted({slow} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60)
    assert run.stdout == "[]\n", run.stderr


def test_django_finds_nothing_to_mend_before_it_is_deployed(tmp_path: Path) -> None:
    """With settings as an administrator makes them: an https address, and keys made at first."""
    set_up = {"NGOMA_URL": "https://reports.city.example", "NGOMA_HOSTS": "reports.city.example"}
    around = plain_environment()
    kept = {name: around[name] for name in around if not name.startswith("NGOMA_")}
    run = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=kept | set_up | {"NGOMA_DATA": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "System check identified no issues (3 silenced).\n"


SERVER = """
import sys
from ngoma.settings import admission
admission.READERS = -9
from ngoma.settings import wsgi
from django.urls import reverse
print(reverse("admin:records_city_changelist"))
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/small/lg/", "HTTP_ACCEPT": "text/html"}
print([name for name in sys.modules if "opentelemetry" in name])
print(b"".join(wsgi.application(environ, lambda status, headers: print(status))).decode())
"""


def test_a_server_of_its_own_has_its_pages_ready(tmp_path: Path) -> None:
    """In a process that, unlike this one, has imported nothing of the desk before, and whose
    database has not even tables: also the page for whom it has to refuse. What it does not use is
    not imported."""
    run = subprocess.run(
        [sys.executable, "-c", SERVER],
        env=os.environ | {"NGOMA_DATA": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    shown = "/admin/records/city/\n[]\n503 Service Unavailable\n<!doctype html>\n"
    assert run.stdout.startswith(shown), run.stderr
    assert "Tetusobola kuddamu kati" in run.stdout
