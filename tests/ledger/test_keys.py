"""The key that signs: made once, read by its owner alone, handed over by a note of both."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ngoma.cities.book import Book
from ngoma.ledger import keys, publishing, sealing
from ngoma.ledger.keyfile import KeyRefused
from ngoma.ledger.verifying import verify
from ngoma.records.models import Entry, LedgerKey
from ngoma.tlog.note import Note, Verifier
from tests.ledger.conftest import tell


def test_the_first_key_is_made_for_its_owner_alone(settings: Any) -> None:
    settings.NGOMA_URL = "https://ngoma.example.org/reports"
    (key,) = keys.signers()
    assert key.name == "ngoma.example.org/reports/ledger"
    assert keys.path().stat().st_mode & 0o777 == 0o600
    assert keys.signers() == (key,)
    settings.NGOMA_URL = "https://moved.example.org"
    assert keys.signers() == (key,), "the name of a log is for ever"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_can_read_signs_nothing(town: Book, mode: int) -> None:
    keys.signers()
    keys.path().chmod(mode)
    tell(town, key="1")
    with pytest.raises(KeyRefused, match="chmod 600"):
        sealing.seal()
    assert not Entry.objects.exists()
    keys.path().chmod(0o600)
    sealing.follow()
    assert Entry.objects.exists()


@pytest.mark.server
def test_a_worker_does_not_start_with_such_a_key(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "ledger"
    key.parent.mkdir()
    key.write_text(keys.signers()[0].secret())
    key.chmod(0o644)
    environment = os.environ | {"NGOMA_DATA": str(tmp_path), "DATABASE_URL": ""}
    for command in (["worker"], ["ledger", "key"]):
        done = subprocess.run(
            [sys.executable, "-m", "ngoma", *command],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert "chmod 600" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["", "nonsense", "PRIVATE+KEY+a+00000000+AAAA"])
def test_a_damaged_key_is_said_to_be_so(text: str) -> None:
    keys.signers()
    keys.path().write_text(text)
    with pytest.raises(KeyRefused, match="holds no key"):
        keys.signers()


def test_a_key_is_handed_over(town: Book) -> None:
    tell(town, key="1")
    sealing.follow()
    old = keys.signers()[0].verifier
    assert publishing.policy_text() == f"log {old}\nquorum none\n"
    new = keys.rotate().verifier
    tell(town, key="2")
    sealing.follow()
    published = publishing.newest()
    assert published
    assert [key for key, _ in published.note.signed_by([old, new])] == [old, new]
    (row,) = LedgerKey.objects.exclude(handover="")
    note = Note.parse(row.handover.encode())
    assert note.text == f"{keys.HANDOVER}\n{old}\n{new}\n{row.since}\n"
    assert len(note.signed_by([old, new])) == 2
    assert keys.retire() == old
    tell(town, key="3")
    sealing.follow()
    published = publishing.newest()
    assert published
    assert [key for key, _ in published.note.signed_by([old, new])] == [new]
    assert publishing.policy_text() == f"log {new}\nquorum none\n"
    assert verify(processes=1).problems == []
    with pytest.raises(KeyRefused, match="only key"):
        keys.retire()


def test_another_key_does_not_go_on_with_the_log(town: Book) -> None:
    tell(town, key="1")
    sealing.follow()
    size = Entry.objects.count()
    keys.path().unlink()
    tell(town, key="2")
    with pytest.raises(KeyRefused, match="bring that one back"):
        sealing.seal()
    assert Entry.objects.count() == size
    assert isinstance(publishing.log_keys()[0], Verifier)
