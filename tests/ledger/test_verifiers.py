"""Receipts in the hands of people who do not trust the city: a page and a program, one verdict."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from ngoma.cities.book import Book
from ngoma.ledger import keys, publishing, receipts, sealing
from ngoma.people.permissions import Actor
from ngoma.records.models import Chain, Checkpoint, Entry, Subtree
from ngoma.tlog.checkpoint import Checkpoint as Said
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.note import Note
from tests.ledger.conftest import tell

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Playwright's loop runs in this thread, and Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
pytestmark = pytest.mark.once
PROGRAM = Path(__file__).parents[2] / "src" / "ngoma" / "public" / "handout" / "ngoma_verify.py"
FLIPS = 1000
IN_BROWSER = 250


@dataclass(frozen=True)
class Held:
    """A receipt with three witnesses, and a policy by which two are enough."""

    receipt: bytes
    policy: str
    page: str


@pytest.fixture
def held(
    town: Book, coordinator: Actor, live: Callable[..., None], client: Client, settings: Any,
    tmp_path: Path,
) -> Held:  # fmt: skip
    three = [Cosigner(f"w{number}.example", bytes([number]) * 32) for number in range(1, 4)]
    lines = [f"witness w{i} {each.witness}" for i, each in enumerate(three)]
    policy = tmp_path / "policy"
    policy.write_text("\n".join([*lines, "group g 2 w0 w1 w2", "quorum g"]))
    settings.NGOMA_LEDGER_POLICY = str(policy)
    live(60)
    report = tell(town, key="mine", words="Ekinnya kinene ku luguudo – 한강로")
    sealing.follow()
    row = Checkpoint.objects.latest("pk")
    note = Note.parse(row.note.encode())
    cosigned = [each.cosign(Said.parse(note.text), 1_800_000_000) for each in three]
    publishing.keep(row, note.plus(*cosigned))
    entry = receipts.of_report(report.pk)
    receipt = receipts.receipt(entry) if entry else None
    assert receipt
    page = client.get("/small/ledger/verify").content.decode()
    return Held(receipt, publishing.policy_text(), page)


@pytest.fixture(scope="module")
def program() -> Any:
    """The program as a module, to be asked a thousand times."""
    spec = importlib.util.spec_from_file_location("ngoma_verify", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def saved(browser: "Browser", held: Held, tmp_path: Path) -> Iterator["Page"]:
    """The page as somebody saved it, on a computer without a network."""
    file = tmp_path / "saved.html"
    file.write_text(held.page, encoding="utf-8")
    context = browser.new_context(offline=True)
    tab = context.new_page()
    troubles, asked = [], []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    yield tab
    assert not troubles
    assert asked == [file.as_uri()]
    context.close()


def by_page(tab: "Page", receipt: bytes, policy: str) -> str:
    """What the page says."""
    tab.fill("#receipt", receipt.decode())
    tab.evaluate("text => { document.getElementById('policy').value = text }", policy)
    tab.evaluate("() => { document.getElementById('result').hidden = true }")
    tab.click("button")
    tab.wait_for_selector("#result:not([hidden])")
    return tab.inner_text("#result")


def by_program(receipt: bytes, policy: str, folder: Path, *more: str) -> tuple[int, str]:
    """How the program ends, and what it says."""
    (folder / "receipt.txt").write_bytes(receipt)
    (folder / "policy.txt").write_text(policy)
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "receipt.txt", "--policy", "policy.txt", *more],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_genuine_receipt(held: Held, saved: "Page", tmp_path: Path) -> None:
    status, said = by_program(held.receipt, held.policy, tmp_path)
    assert status == 0, said
    seen = by_page(saved, held.receipt, held.policy)
    assert "This receipt is genuine" in seen
    for told in (said, seen):
        assert "Ekinnya kinene ku luguudo – 한강로" in told
        assert "w1.example" in told
    _, said = by_program(held.receipt, held.policy, tmp_path, "--json")
    assert json.loads(said)["fields"]["position"] == [0.15, 32.05]


def test_what_is_not_genuine(held: Held, saved: "Page", tmp_path: Path) -> None:
    """Another log, too few witnesses, fields of other entries, another order of history."""
    other = held.policy.replace(str(keys.signers()[0].verifier), OTHER)
    lines = held.receipt.split(b"\n")
    witnesses = [line for line in lines if line.startswith("— w".encode())]
    few = held.receipt
    for line in witnesses[:2]:
        few = few.replace(line + b"\n", b"")
    twice = held.receipt.replace(lines[3], lines[2], 1)
    foreign = held.receipt.replace(lines[3], lines[3][:-6] + b"AAAAAA", 1)
    kind = held.receipt.replace(b'"kind":"opened"', b'"kind":"closed"')
    cut = held.receipt[: len(held.receipt) // 2]
    for receipt, policy in (
        (held.receipt, other), (few, held.policy), (twice, held.policy), (foreign, held.policy),
        (kind, held.policy), (cut, held.policy), (b"", held.policy), (held.receipt, "nonsense"),
        (rewritten(held), held.policy),
    ):  # fmt: skip
        status, said = by_program(receipt, policy, tmp_path)
        assert status == 1, said
        assert said.startswith("Not proved: ")
        assert "Traceback" not in said
        assert by_page(saved, receipt, policy).startswith("Not proved: "), said


OTHER = "localhost:8000/ledger+4d08ac9e+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"


def rewritten(held: Held) -> bytes:
    """The city makes its log anew with one entry changed, and signs; the receipt is of the old."""
    for table in (Entry, Chain, Subtree, Checkpoint):
        table.objects.all().delete()
    head, _, proof = held.receipt.partition(b"\n\n")
    lines = proof.split(b"\n")
    signer = keys.signers()[0]
    at = lines.index(b"")
    size = int(lines[at + 2])
    note = Said(signer.name, size, bytes(range(32))).sign(signer)
    return head + b"\n\n" + b"\n".join(lines[: at + 1]) + b"\n" + note.encode()


def test_a_thousand_flipped_bits(held: Held, saved: "Page", program: Any) -> None:
    """None is taken for genuine, unless all that it proves is what was proved before."""
    draw, policy = Random(4), program.Policy(held.policy)
    proved = program.check(held.receipt, policy)
    flipped = [_flip(held.receipt, draw.randrange(len(held.receipt) * 8)) for _ in range(FLIPS)]
    verdicts = []
    for receipt in flipped:
        try:
            found = program.check(receipt, policy)
        except program.NotProved:
            verdicts.append(False)
        else:
            # A witness whose name no longer is a known one is passed over; two are enough.
            assert {**found, "witnesses": 0} == {**proved, "witnesses": 0}
            assert found["witnesses"].items() < proved["witnesses"].items()
            verdicts.append(True)
    assert sum(verdicts) < FLIPS / 10
    # What is no text any more cannot be put into a page.
    texts = [receipt.decode("utf-8", "replace") for receipt in flipped]
    pairs = zip(texts, verdicts, strict=True)
    some = [pair for pair in pairs if "\ufffd" not in pair[0]][:IN_BROWSER]
    found = saved.evaluate(ASK, [[text for text, _ in some], held.policy])
    assert found == [verdict for _, verdict in some]
    assert saved.evaluate(ASK, [[held.receipt.decode()], held.policy]) == [True]


ASK = """async ([receipts, policy]) => {
  const found = [];
  for (const receipt of receipts)
    found.push(await NgomaVerify.check(receipt, policy).then(() => true, () => false));
  return found;
}"""


def _flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_program_needs_nothing_of_ours() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert "import ngoma" not in text
    assert "from ngoma" not in text


def test_both_are_to_be_had(client: Client, town: Book) -> None:
    answer = client.get("/ledger/verify.py")
    assert answer.content == PROGRAM.read_bytes()
    page = client.get("/small/ledger/verify")
    policy = page["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "nonce-" in policy
