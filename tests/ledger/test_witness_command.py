"""`ngoma ledger witness`: somebody who is no city, with a directory and a port."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from bench.serving import free_port

from ngoma.tlog import witness as protocol
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Witness
from ngoma.tlog.merkle import Frontier, leaf_hash, prove_consistency, root_of
from ngoma.tlog.note import Note, Signer

pytestmark = [pytest.mark.server, pytest.mark.once]
log = Signer("seoul.example/ledger", bytes(range(32)))


@contextmanager
def witness(data: Path, *logs: str) -> Iterator[tuple[str, Witness]]:
    """The command as a process; its address and its key."""
    port = free_port()
    command = [sys.executable, "-m", "ngoma", "ledger", "witness", "--data", str(data)]
    command += ["--port", str(port), *(f"--log={each}" for each in logs)]
    environment = os.environ | {"DATABASE_URL": "", "NGOMA_PROCESSES": "1"}
    environment["NGOMA_URL"] = "http://paper.example"
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout
            key = re.match(r"witness (\S+)", process.stdout.readline())
            assert key
            url = f"http://127.0.0.1:{port}/witness"
            _wait(url)
            yield url, Witness.parse(key[1])
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # what it started would go on without it


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{url}/vkey")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def ask(url: str, old: int, row: list[bytes], size: int) -> tuple[Note, httpx.Response]:
    def read(level: int, index: int) -> bytes:
        return root_of(row[index << level : (index + 1) << level])

    note = Checkpoint(log.name, size, Frontier.at(size, read).root).sign(log)
    proof = prove_consistency(old, size, read) if old else []
    body = protocol.Request(old, tuple(proof), note).encode()
    return note, httpx.post(f"{url}/add-checkpoint", content=body, timeout=30)


def test_a_witness_remembers_also_when_it_was_killed(tmp_path: Path) -> None:
    honest = [leaf_hash(b"%d" % number) for number in range(8)]
    forged = [leaf_hash(b"forged"), *honest[1:]]
    with witness(tmp_path, str(log.verifier)) as (url, key):
        note, answer = ask(url, 0, honest, 5)
        assert answer.status_code == 200, answer.text
        assert protocol.add_cosignatures(note, answer.content, [key])
    with witness(tmp_path) as (url, again):
        assert again == key
        assert ask(url, 5, forged, 8)[1].status_code == 422
        assert ask(url, 0, forged, 8)[1].status_code == 409
        assert ask(url, 5, honest, 8)[1].status_code == 200
