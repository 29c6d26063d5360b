"""What a reporter holds: on the page, as a file, in a text message, for years."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base import ledger_codes
from ngoma.base.clock import frozen, now
from ngoma.casework import deciding
from ngoma.cities.book import Book
from ngoma.ledger import days, publishing, receipts, sealing
from ngoma.ledger.verifying import verify
from ngoma.notices.sending import outgoing
from ngoma.people.permissions import Actor
from ngoma.records.models import Day, Entry, Notice, Report
from ngoma.tlog.merkle import leaf_hash
from ngoma.tlog.proof import Proof
from ngoma.work.worker import run_until_idle
from tests.ledger.conftest import tell

GSM7 = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")


@given(st.integers(0, 10**12), st.binary(min_size=32, max_size=32), st.dates(date(2020, 1, 1)))
def test_a_short_form_is_short_and_reads_back(index: int, leaf: bytes, day: date) -> None:
    code = ledger_codes.make(index, leaf, day)
    text = str(code)
    assert len(text) <= 40
    assert set(text) <= GSM7
    assert ledger_codes.read(f" {text.lower()} ") == code
    assert ledger_codes.read(text.replace("0", "O", 0)) == code


def test_most_slips_in_a_short_form_are_noticed() -> None:
    text = str(ledger_codes.make(18_204, bytes(range(32)), date(2026, 11, 27)))
    wrong = [
        text[:i] + other + text[i + 1 :]
        for i in range(len(text)) if text[i] != "-"
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" if other != text[i]
    ]  # fmt: skip
    taken = 0
    for each in wrong:
        try:
            taken += ledger_codes.read(each) != ledger_codes.read(text)
        except ledger_codes.BadCode:
            continue
    assert taken < len(wrong) / 16


@pytest.mark.parametrize("text", ["", "1-2-3", "x-y-z-a", "1" * 50, "١-A-B-C", "1-A-2-%00"])
def test_what_is_no_short_form_is_refused(text: str) -> None:
    with pytest.raises(ledger_codes.BadCode):
        ledger_codes.read(text)


def _page(report: Report) -> str:
    return f"/small/r/{report.reference}/{report.secret}"


def test_the_page_says_how_it_stands(town: Book, client: Client) -> None:
    report = tell(town, key="1")
    assert "Being recorded" in client.get(_page(report)).content.decode()
    assert client.get(f"{_page(report)}/proof/0").status_code == 404
    sealing.follow()
    page = client.get(f"{_page(report)}/receipt").content.decode()
    entry = receipts.of_report(report.pk)
    assert entry
    assert "Recorded, entry 0" in page
    assert str(receipts.code(entry)) in page
    public = client.get(f"/small/r/{report.reference}").content.decode()
    assert "Recorded, entry 0" in public
    assert "/proof/" not in public


def test_a_receipt_opens_what_its_reporter_said(
    town: Book, client: Client, coordinator: Actor
) -> None:
    report = tell(town, key="1", words="A hole by the school")
    deciding.accept(actor=coordinator, case_id=report.case_id, text="We come")
    sealing.follow()
    opened = _opened(client.get(f"{_page(report)}/proof/0").content)
    assert opened["words"] == "A hole by the school"
    assert opened["position"] == [0.15, 32.05]
    assert opened["report"]["reference"] == report.reference
    told = _opened(client.get(f"{_page(report)}/proof/2").content)
    assert told == {"text": {"": "We come"}}
    assert client.get(f"{_page(report)}/proof/9").status_code == 404
    assert client.get(f"/small/r/{report.reference}/wrong/proof/0").status_code == 404


def test_a_note_for_colleagues_has_no_receipt(
    town: Book, client: Client, coordinator: Actor
) -> None:
    from ngoma.casework import talking

    report = tell(town, key="1")
    talking.note(actor=coordinator, case_id=report.case_id, text="between-colleagues")
    sealing.follow()
    assert client.get(f"{_page(report)}/proof/2").status_code == 404


def _opened(receipt: bytes) -> dict[str, Any]:
    """The fields of a receipt, all of it checked."""
    from base64 import urlsafe_b64decode
    from hashlib import sha256

    head, _, proof = receipt.partition(b"\n\n")
    header, content, *disclosures = head.decode().split("\n")
    assert header == "ngoma-receipt@v1"
    policy = publishing.policy()
    assert policy
    Proof.parse(proof).check(leaf_hash(content.encode()), policy)
    committed = msgspec.json.decode(content)["_sd"]
    found = {}
    for each in disclosures:
        digest = sha256(each.encode()).digest()
        assert receipts.entries.base64url(digest) in committed
        _, name, value = msgspec.json.decode(urlsafe_b64decode(each + "=" * (-len(each) % 4)))
        found[name] = value
    return found


def test_a_text_message_carries_the_short_form(town: Book) -> None:
    tell(town, key="before")
    sealing.follow()
    report = tell(town, key="1", phone="+256772123456")
    run_until_idle()
    notice = Notice.objects.get(report=report)
    assert notice.state == Notice.State.QUEUED, "it waits for its entry"
    sealing.follow()
    with frozen(now() + timedelta(seconds=2)):
        run_until_idle()
    notice.refresh_from_db()
    entry = receipts.of_report(report.pk)
    assert entry
    assert notice.state == Notice.State.SENT
    assert outgoing(notice).text.endswith(f"\nLedger: {receipts.code(entry)}")
    assert receipts.find(str(receipts.code(entry))) == entry


def test_without_sealing_the_message_goes_all_the_same(town: Book) -> None:
    tell(town, key="before")
    sealing.follow()
    report = tell(town, key="1", phone="+256772123456", at=now() - timedelta(seconds=12))
    run_until_idle()
    notice = Notice.objects.get(report=report)
    assert notice.state == Notice.State.SENT
    assert "Ledger" not in outgoing(notice).text


def test_a_short_form_leads_to_the_proof(town: Book, client: Client) -> None:
    report = tell(town, key="1", words="private-words")
    sealing.follow()
    entry = receipts.of_report(report.pk)
    assert entry
    code = str(receipts.code(entry))
    page = client.get("/small/ledger", {"code": code.lower()}).content.decode()
    assert "Entry 0 is in the ledger" in page
    proof = client.get(f"/small/ledger/proof/{code}")
    assert _opened(proof.content) == {}
    assert "attachment" in proof["Content-Disposition"]
    for wrong in ("7-7KQ2M9F3XAB2C-261127-X", "nonsense", code[:-1]):
        page = client.get("/small/ledger", {"code": wrong}).content.decode()
        assert "mistyped" in page
        assert client.get(f"/small/ledger/proof/{wrong}").status_code == 404
    other = str(ledger_codes.make(0, bytes(32), datetime.now(UTC).date()))
    page = client.get("/small/ledger", {"code": other}).content.decode()
    assert "no such entry" in page


def test_late_events_are_marked(town: Book, client: Client, coordinator: Actor) -> None:
    report = tell(town, key="1", at=now() - timedelta(hours=3))
    deciding.accept(actor=coordinator, case_id=report.case_id)
    sealing.follow()
    assert list(Entry.objects.order_by("index").values_list("late", flat=True)) == [True, False]
    page = client.get(f"/small/r/{report.reference}").content.decode()
    assert page.count("Recorded late.") == 1
    page = client.get("/small/ledger").content.decode()
    assert "1 entry says another time" in page


def test_a_day_is_counted(live: Callable[..., None], town: Book, client: Client) -> None:
    live(50)
    days.close_days()
    assert Day.objects.count() == 1
    days.close_days()
    assert Day.objects.count() == 1
    row = Day.objects.get()
    said = msgspec.json.decode(bytes(row.entry.content))
    assert (said["kind"], said["cases"]) == (
        "index",
        Report.objects.values("case").distinct().count(),
    )
    lines = client.get(f"/ledger/index/{row.day}").content.decode().splitlines()
    assert len(lines) == said["size"]
    assert sum(int(line.split()[1]) for line in lines) == said["events"]
    with frozen(now() + timedelta(days=1)):
        tell(town, key="tomorrow")
        sealing.follow()
        days.close_days()
    assert Day.objects.count() == 2
    assert verify(processes=1).problems == []
    Day.objects.filter(day=row.day).update(counts=Day.objects.latest("day").counts)
    assert {each.index for each in verify(processes=1).problems} == {row.entry_id}
