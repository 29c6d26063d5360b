"""Real receipts in the hands of who does not trust the city: the program and the page read them.

How strict the two are is in `tests/public/test_verifiers.py`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from ngoma.casework import deciding
from ngoma.cities.book import Book
from ngoma.ledger import publishing, receipts, sealing
from ngoma.people.permissions import Actor
from ngoma.public.ledger.files import HANDOUT
from ngoma.records.models import Entry
from tests.ledger.conftest import tell

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.once, pytest.mark.server]
# Playwright's loop runs in this thread, and Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def test_every_entry_can_be_checked_by_others(
    town: Book, coordinator: Actor, client: Client, browser: "Browser", tmp_path: Path
) -> None:
    report = tell(
        town, key="1", words="Ekinnya kinene – 한강로 🕳", location="", answers={}, lat=0.1234567
    )
    deciding.accept(actor=coordinator, case_id=report.case_id, text="We come")
    sealing.follow()
    (tmp_path / "policy").write_text(publishing.policy_text())
    page = tmp_path / "saved.html"
    page.write_text(client.get("/small/ledger/verify").content.decode(), encoding="utf-8")
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(page.as_uri())
    for entry in Entry.objects.select_related("event"):
        receipt = receipts.receipt(entry)
        assert receipt
        (tmp_path / "receipt").write_bytes(receipt)
        done = subprocess.run(
            [sys.executable, str(HANDOUT), "receipt", "--policy", "policy", "--json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        facts = json.loads(done.stdout)
        assert facts["index"] == entry.index
        assert facts["closed"] == 0
        tab.set_input_files("#file", tmp_path / "receipt")
        tab.locator("#result .told").wait_for()
        if entry.index == 0:
            assert facts["fields"]["words"] == "Ekinnya kinene – 한강로 🕳"
            assert "Ekinnya kinene – 한강로 🕳" in tab.inner_text("#result")
    context.close()


def test_both_are_to_be_had(client: Client, town: Book) -> None:
    answer = client.get("/ledger/verify.py")
    assert answer.content == HANDOUT.read_bytes()
    policy = client.get("/small/ledger/verify")["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "nonce-" in policy
