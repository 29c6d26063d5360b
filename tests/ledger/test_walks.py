"""The walks of docs/ledger.md, word for word: how a neighbour, a journalist and a court check."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ngoma.cities.book import Book
from ngoma.ledger import publishing, receipts, sealing
from tests.ledger.conftest import tell

pytestmark = [pytest.mark.once, pytest.mark.server]
DOCUMENT = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")


def commands(name: str) -> str:
    """The commands that the document gives somebody."""
    (block,) = re.findall(rf"```sh {name}\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(block)


@pytest.fixture
def walk(live_server: Any, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs what the document says, in a directory where the files it speaks of lie."""

    def walk(name: str, **files: bytes) -> subprocess.CompletedProcess[str]:
        for file, content in files.items():
            (tmp_path / file.replace("__", ".").replace("_", "-")).write_bytes(content)
        script = commands(name).replace("https://city.example", live_server.url)
        script = script.replace("python3 ", f"{sys.executable} ")
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return walk


def _receipt(town: Book) -> bytes:
    report = tell(town, key="mine", words="A hole by the school")
    sealing.follow()
    entry = receipts.of_report(report.pk)
    receipt = receipts.receipt(entry) if entry else None
    assert receipt
    return receipt


def _program() -> bytes:
    from ngoma.public.ledger.files import HANDOUT

    return HANDOUT.read_bytes()


def test_a_neighbour(town: Book, walk: Callable[..., Any]) -> None:
    receipt = _receipt(town)
    done = walk("neighbour", receipt__txt=receipt)
    assert done.returncode == 0, done.stderr
    assert "This receipt is genuine" in done.stdout
    assert "A hole by the school" in done.stdout
    done = walk("neighbour", receipt__txt=receipt.replace(b'"seq":1', b'"seq":2'))
    assert done.returncode == 1
    assert "Not proved: the entry is not in the ledger" in done.stderr


def test_a_journalist(live: Callable[..., None], town: Book, walk: Callable[..., Any]) -> None:
    live(60)
    kept = publishing.newest()
    assert kept
    live(60, seed=2)
    policy = publishing.policy_text().encode()
    files = {"checkpoint_of_last_year": kept.note.encode(), "my_policy": policy}
    done = walk("journalist", verify__py=_program(), **files)
    assert done.returncode == 0, done.stderr
    assert f"its first {kept.size} entries are those that were kept" in done.stdout
    # The city makes a log of another past, and signs it with the right key.
    from ngoma.records.models import Bookmark, Chain, Checkpoint, Entry, Event, Subtree

    for table in (Entry, Chain, Subtree, Checkpoint):
        table.objects.all().delete()
    Bookmark.objects.filter(reader=sealing.READER).delete()
    event = Event.objects.order_by("pk")[10]
    event.data["text"] = "never said"
    event.save()
    while sealing.seal():
        pass
    done = walk("journalist", verify__py=_program(), **files)
    assert done.returncode == 1
    assert "does not begin with the one that was kept" in done.stderr


def test_a_court(town: Book, walk: Callable[..., Any]) -> None:
    receipt = _receipt(town)
    policy = publishing.policy_text().encode()
    done = walk("court", verify__py=_program(), receipt__txt=receipt, deposited_policy=policy)
    assert done.returncode == 0, done.stderr
    assert '"A hole by the school"' in done.stdout


def test_the_stamp_is_checked_as_the_document_says() -> None:
    words = (Path(__file__).parent / "test_stamping.py").read_text(encoding="utf-8")
    assert "openssl ts -verify -data 18204.txt -in 18204.tsr -CAfile authority.pem" in DOCUMENT
    assert '"ts", "-verify", "-data", "kept.txt", "-in", "kept.tsr", "-CAfile", "tsa.pem"' in words


def test_a_reader_in_another_language(live: Callable[..., None], live_server: Any) -> None:
    """The independent reader of `tests/tlog` reads all that `/ledger/` serves."""
    if shutil.which("node") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no node (Debian: nodejs)")
    live(270)
    published = publishing.newest()
    assert published
    reader = Path(__file__).parents[1] / "tlog" / "independent" / "reader.mjs"
    vkey = str(publishing.log_keys()[0])
    done = subprocess.run(
        ["node", str(reader), f"{live_server.url}/ledger", vkey],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["size"] == published.size >= 270
