"""What is erased is gone everywhere; what happened stays, and every proof of it."""

import io
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.db import connection
from PIL import Image

from ngoma.casework import erasing, rebuild, talking
from ngoma.casework.errors import NotAllowed
from ngoma.cities.book import Book
from ngoma.insight import searching
from ngoma.ledger import receipts, sealing
from ngoma.ledger.verifying import verify
from ngoma.people.permissions import SYSTEM, Actor, resident
from ngoma.records.models import Entry, Photo, Report
from ngoma.records.sql import search as index
from ngoma.tlog.proof import Proof
from ngoma.work.worker import run_until_idle
from tests.ledger.conftest import tell

pytestmark = pytest.mark.django_db(transaction=True)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def told(town: Book, settings: Any, tmp_path: Path) -> Report:
    """A report that somebody regrets, everything about it known to whoever could know."""
    settings.MEDIA_ROOT = tmp_path / "media"
    index.drop()  # it is no model: nothing else empties it of what other tests said
    index.create()
    tell(town, key="other", words="Another hole, quite ordinary")
    report = tell(
        town, key="1", words="Zebulonia's xylophone is stolen", location="Quaggaville 7",
        photos=(photo(),), email="zebulonia@example.org",
    )  # fmt: skip
    talking.inform(
        actor=resident(report), case_id=report.case_id, text="Zebulonia again", photo_ids=()
    )
    sealing.follow()
    run_until_idle()
    searching.follow()
    sealing.follow()
    return report


MARKS = (b"zebulonia", b"Zebulonia", b"xylophone", b"Quaggaville", b"quaggaville")


def test_words_and_salts_are_gone_and_proofs_stay(told: Report, coordinator: Actor) -> None:
    entry = receipts.of_report(told.pk)
    assert entry
    before = receipts.receipt(entry)
    assert before
    assert before.count(b"\n", 0, before.index(b"\n\n")) == 1 + 7
    files = [each for each in Path(installed.MEDIA_ROOT).rglob("*") if each.is_file()]
    assert len(files) > 2
    erasing.erase(actor=coordinator, report_id=told.pk)
    run_until_idle()
    searching.follow()
    sealing.follow()
    found = verify(processes=1)
    assert found.problems == []
    assert found.erased == 4
    told.refresh_from_db()
    assert (told.words, told.public_words, told.location, told.answers) == ("", "", "", {})
    assert not Photo.objects.filter(report=told).exists()
    assert not [each for each in Path(installed.MEDIA_ROOT).rglob("*") if each.is_file()]
    entry.refresh_from_db()
    assert {name for name, salt in entry.salts.items() if salt is None} == {
        "words", "location", "photos",
    }  # fmt: skip
    after = receipts.receipt(entry)
    assert after
    assert after.count(b"\n", 0, after.index(b"\n\n")) == 1 + 4
    # The resident's own receipt still opens all that they said, under the checkpoint it has.
    from ngoma.ledger import publishing
    from ngoma.tlog.merkle import leaf_hash

    policy = publishing.policy()
    assert policy
    for kept in (before, after):
        head, _, proof = kept.partition(b"\n\n")
        content = head.split(b"\n")[1]
        Proof.parse(proof).check(leaf_hash(content), policy)
    assert rebuild.rebuild(lambda done: None) == 0


def test_the_database_keeps_no_byte_of_it(told: Report, coordinator: Actor) -> None:
    if connection.vendor == "sqlite":
        assert any(mark in _database() for mark in MARKS)
    erasing.erase(actor=coordinator, report_id=told.pk)
    searching.follow()
    sealing.follow()
    run_until_idle()
    for mark in MARKS:
        assert mark not in _rows(), mark
    if connection.vendor == "sqlite":
        content = _database()
        for mark in MARKS:
            assert mark not in content, mark


def test_an_erasure_before_sealing_waits_for_it(
    town: Book, coordinator: Actor, settings: Any
) -> None:
    report = tell(town, key="1", words="Soon regretted")
    erasing.erase(actor=coordinator, report_id=report.pk)
    run_until_idle()
    sealing.follow()
    assert verify(processes=1).problems == []
    assert "words" not in Entry.objects.filter(report=report)[0].salts


def test_who_may_erase(told: Report) -> None:
    for actor in (resident(told), SYSTEM):
        with pytest.raises(NotAllowed):
            erasing.erase(actor=actor, report_id=told.pk)


def test_a_salt_that_vanishes_without_an_erasure_is_found(told: Report) -> None:
    draw = Random(3)
    for entry in Entry.objects.filter(event__isnull=False).order_by("index"):
        whole = entry.salts
        entry.salts = whole | {draw.choice(sorted(whole)): None}
        entry.save()
        (problem,) = verify(processes=1).problems
        assert problem.index == entry.index
        assert "no event says that it was erased" in problem.what
        entry.salts = whole
        entry.save()


def _rows() -> bytes:
    """All rows of all tables, as text; contacts are sealed."""
    out = io.StringIO()
    call_command("dumpdata", "records", stdout=out, verbosity=0)
    return out.getvalue().encode()


def _database() -> bytes:
    """The file of SQLite with what lies beside it: rows, indexes, free pages, journal.

    Another process reads it: a file that this one closes loses the locks that SQLite has here, and
    what opens the database next finds its memory gone.
    """
    path = Path(connection.settings_dict["NAME"])
    files = sorted(path.parent.glob(f"{path.name}*"))
    return subprocess.run(["cat", *files], capture_output=True, check=True).stdout
