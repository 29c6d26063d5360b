"""Whoever seals may be killed at any moment: nothing that was signed or handed out is untrue."""

from base64 import b64decode
from typing import Any

import pytest
from django.db import connection

from ngoma.cities.book import Book
from ngoma.ledger import keys, sealing
from ngoma.ledger.verifying import verify
from ngoma.records.models import Entry, Report
from ngoma.tlog.merkle import leaf_hash
from ngoma.tlog.policy import Policy
from ngoma.tlog.proof import Proof
from tests.processes import begin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


def test_killed_at_random_points(town: Book, settings: Any) -> None:
    settings.NGOMA_LEDGER_KEY = ""
    key = keys.signers()[0].verifier
    lives = 200 if connection.vendor == "sqlite" else 60
    process = begin("tests.ledger.dying", "die", str(lives))
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    receipts = [line.split() for line in out.splitlines() if line]
    assert len(receipts) > lives / 4, "most were killed before they had done anything"
    policy, notes = Policy(key.name, (key,)), []
    for reference, written in receipts:
        head, _, proof = b64decode(written).partition(b"\n\n")
        content = head.split(b"\n")[1]
        read = Proof.parse(proof)
        read.check(leaf_hash(content), policy)
        entry = Entry.objects.get(index=read.index)
        assert bytes(entry.content) == content
        assert entry.report == Report.objects.get(reference=reference)
        notes.append(read.note)
    while sealing.seal():
        pass
    found = verify(processes=1, kept=notes)
    assert found.problems == []
    assert found.waiting == 0
