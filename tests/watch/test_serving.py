"""The real server: its processes count together, and a stop lets answers be finished."""

import http.client
import json
import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from bench import serving
from ngoma.cities.book import Book
from tests.processes import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
JOIN = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
REPORT = {"key": "a key of sixteen", "words": "A deep hole", "service": "pothole"}


@pytest.fixture
def server(town: Book, tmp_path: Path, monkeypatch: Any) -> Iterator[serving.Server]:
    """`ngoma web` with two processes on the tests' database."""
    here = {
        "DATABASE_URL": database_url(),
        "NGOMA_DATA": str(tmp_path),
        "NGOMA_VAULT_KEY": settings.NGOMA_VAULT_KEY,
        "NGOMA_LOG": "INFO",
        "NGOMA_LOG_JSON": "yes",
    }
    for name, value in here.items():
        monkeypatch.setenv(name, value)
    with serving.running("", tmp_path / "server.log") as found:
        yield found


def ask(server: serving.Server, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """An answer on a connection of its own: status, headers and text."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read().decode()
    line.close()
    return found


def workers(server: serving.Server) -> list[int]:
    return [pid for pid in serving.tree(server.process.pid) if pid != server.process.pid]


def test_processes_count_together_and_a_stop_lets_answers_be_finished(
    server: serving.Server, tmp_path: Path
) -> None:
    _all_answer(server, tmp_path, 2)
    for number in range(30):
        status, headers, _ = ask(server, "/small/your-data", **{"X-Request-ID": f"try-{number:04}"})
        assert (status, headers["x-request-id"]) == (200, f"try-{number:04}")
    _each_has_its_line(tmp_path / "server.log")
    os.kill(workers(server)[0], signal.SIGKILL)
    time.sleep(0.2)
    status, _, text = ask(server, "/metrics")
    assert status == 200
    count = re.search(r'ngoma_request_seconds_count\{[^}]*your_data"\} (\S+)', text)
    assert count
    assert float(count[1]) == 30, "what a process counted that has ended counts still"
    assert ask(server, "/metrics", **{"X-Forwarded-For": "203.0.113.9"})[0] == 403
    _all_answer(server, tmp_path, 3)
    _is_finished_before_the_end(server)


def _all_answer(server: serving.Server, folder: Path, count: int) -> None:
    """Wait until so many processes have counted a request: one that is still starting listens to
    nobody, and hears of no end. Many ask at once, or one process answers all."""
    until = time.monotonic() + 60
    with ThreadPoolExecutor(8) as askers:
        while len(list((folder / "metrics").rglob("histogram_*.db"))) < count:
            assert time.monotonic() < until, "no other process answers"
            list(askers.map(lambda _: ask(server, "/small/places"), range(16)))


def _each_has_its_line(file: Path) -> None:
    written = file.read_text(encoding="utf-8").splitlines()
    lines = [json.loads(line) for line in written if line.startswith("{")]
    told = [line for line in lines if line.get("view") == "public.your_data.your_data"]
    assert {line["request_id"] for line in told} == {f"try-{number:04}" for number in range(30)}
    assert {(line["method"], line["status"], line["event"]) for line in told} == {
        ("GET", 200, "request")
    }


def _is_finished_before_the_end(server: serving.Server) -> None:
    """The request is slow because something else holds the database."""
    holder = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answers: list[tuple[int, bytes]] = []

    def hand_in() -> None:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        body = json.dumps(REPORT | {"lat": 0.15, "lon": 32.05})
        line.request("POST", "/small/report/hand-in", body, JOIN)
        answer = line.getresponse()
        answers.append((answer.status, answer.read()))

    sender = Thread(target=hand_in)
    sender.start()
    time.sleep(2)  # until it stands in line, also on a busy machine
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert not answers
    assert server.process.poll() is None
    holder.execute("ROLLBACK")
    sender.join()
    assert answers[0][0] == 201
    assert json.loads(answers[0][1])["reference"]
    assert server.process.wait(10) == 0
