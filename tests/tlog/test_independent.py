"""Logs as somebody else reads them: a program in another language, written from C2SP alone."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.merkle import prove_inclusion
from ngoma.tlog.note import Signer
from ngoma.tlog.proof import Proof
from ngoma.tlog.text import encode64
from ngoma.tlog.tiles import Reader, Tile, Writer, encode_bundle

READER = Path(__file__).parent / "independent" / "reader.mjs"
SIZES = (0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000)
log = Signer("ledger.example/kla", bytes(range(32)))
witness = Cosigner("w.example/one", bytes([7]) * 32)


def entry(index: int) -> bytes:
    return b"entry %d" % index


@pytest.fixture(scope="module")
def node() -> str:
    """The program; a machine without it skips, but CI fails."""
    found = shutil.which("node")
    if found is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no node: install it (Debian: apt install nodejs)")
    return found


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """One log that grew, as it was at each size, each in a directory of its own."""
    folder = tmp_path_factory.mktemp("logs")
    writer, found = Writer(), {}
    before: Path | None = None
    for size in SIZES:
        while writer.size < size:
            writer.append(entry(writer.size))
        here = folder / str(size)
        if before is not None:
            shutil.copytree(before, here, copy_function=os.link)
        for path, content in writer.take().items():
            _write(here / path, content)
        checkpoint = Checkpoint(log.name, size, writer.root)
        note = checkpoint.sign(log).plus(witness.cosign(checkpoint, 1_800_000_000))
        _write(here / "checkpoint", note.encode())
        found[size] = before = here
    return found


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # it may be a link to an older one
    path.write_bytes(content)


@pytest.fixture(scope="module")
def server(logs: dict[int, Path]) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(logs[0].parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def run(node: str, *words: str) -> subprocess.CompletedProcess[str]:
    keys = [str(log.verifier), str(witness.witness)]
    return subprocess.run(
        [node, str(READER), *words, *keys], capture_output=True, text=True, check=False
    )


def read(node: str, *words: str) -> dict[str, Any]:
    done = run(node, *words)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("by", ["directory", "HTTP"])
def test_others_read_what_we_write(
    node: str, logs: dict[int, Path], server: str, size: int, by: str
) -> None:
    found = read(node, str(logs[size]) if by == "directory" else f"{server}/{size}")
    written = Checkpoint.parse((logs[size] / "checkpoint").read_text().partition("\n\n")[0] + "\n")
    assert found == {
        "origin": log.name,
        "size": size,
        "root": encode64(written.root),
        "cosigned": [witness.name],
        "entries": sha256(encode_bundle([entry(index) for index in range(size)])).hexdigest(),
    }


def test_the_full_tile_stands_for_a_partial_one(
    node: str, logs: dict[int, Path], tmp_path: Path
) -> None:
    here = shutil.copytree(logs[70_000], tmp_path / "log")
    (here / "checkpoint").write_bytes((logs[257] / "checkpoint").read_bytes())
    for path in (Tile(0, 1, 1).path, Tile(None, 1, 1).path, Tile(1, 0, 1).path):
        (here / path).unlink(missing_ok=True)
    assert read(node, str(here))["size"] == 257


@pytest.mark.parametrize("path", ["tile/0/000", "tile/1/000.p/1", "tile/entries/000", "checkpoint"])
def test_a_changed_bit_is_found(
    node: str, logs: dict[int, Path], tmp_path: Path, path: str
) -> None:
    here = shutil.copytree(logs[257], tmp_path / "log")
    content = bytearray((here / path).read_bytes())
    content[-3] ^= 1
    (here / path).write_bytes(content)
    assert run(node, str(here)).returncode == 1
    (here / path).unlink()
    assert run(node, str(here)).returncode == 1


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 69_999])
def test_others_check_our_proofs(
    node: str, logs: dict[int, Path], tmp_path: Path, index: int
) -> None:
    here = logs[70_000]
    text = (here / "checkpoint").read_bytes()
    written = Checkpoint.parse(text.decode().partition("\n\n")[0] + "\n")
    reader = Reader(written.size, written.root, lambda path: (here / path).read_bytes())
    from ngoma.tlog.note import Note

    proof = Proof(index, tuple(prove_inclusion(index, 70_000, reader.read)), Note.parse(text))
    (tmp_path / "a.tlog-proof").write_bytes(proof.encode())
    (tmp_path / "entry").write_bytes(entry(index))
    found = read(node, "proof", str(tmp_path / "a.tlog-proof"), str(tmp_path / "entry"))
    assert found == {"index": index, "size": 70_000, "cosigned": [witness.name]}
    (tmp_path / "entry").write_bytes(entry(index + 1))
    wrong = run(node, "proof", str(tmp_path / "a.tlog-proof"), str(tmp_path / "entry"))
    assert wrong.returncode == 1
    assert "another root" in wrong.stderr
