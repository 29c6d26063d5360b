"""The front door by its commands, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

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
        "ngoma: NGOMA_THREADS must be a whole number: threads of each web process\n"
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


def test_a_server_of_its_own_knows_the_pages_of_the_settings(tmp_path: Path) -> None:
    """In a process that, unlike this one, has imported nothing of the desk before."""
    asked = (
        "from ngoma.settings import wsgi; from django.urls import reverse; "
        "print(reverse('admin:records_city_changelist'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", asked],
        env=os.environ | {"NGOMA_DATA": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stdout == "/admin/records/city/\n", run.stderr
