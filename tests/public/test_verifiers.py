"""The two verifiers for people who do not trust the city: one program, one page, one verdict.

The ledger and its receipts are made here by hand, from docs/ledger.md, with the tree and the notes
of `ngoma.tlog`.
"""

import json
import random
import runpy
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment

from ngoma.tlog import merkle
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.note import Note, Signature, Signer
from ngoma.tlog.proof import Proof
from ngoma.tlog.tiles import Reader, Writer
from tests.browser.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.server, pytest.mark.once]

PUBLIC = Path(__file__).resolve().parents[2] / "src" / "ngoma" / "public"
PROGRAM = PUBLIC / "handout" / "ngoma_verify.py"
program = SimpleNamespace(**runpy.run_path(str(PROGRAM)))

SIZE = 1000
INDEX = 704
SECOND = 1_790_000_000
chance = random.Random(311)
log = Signer("ledger.example/kla", bytes(range(32)))
w1, w2, w3, stranger = (Cosigner(f"w{n}.example", bytes([n]) * 32) for n in (1, 2, 3, 4))
WITNESSES = "".join(f"witness W{n} {one.witness}\n" for n, one in enumerate((w1, w2, w3), 1))
POLICY = f"""# Whom a resident trusts
log {log.verifier}

{WITNESSES}group two 2 W1 W2 W3
quorum two
"""


# A ledger made by hand.


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def disclosure(name: Any, value: Any, salt: bytes | None = None) -> str:
    written = canonical([base64url(salt or chance.randbytes(32)), name, value])
    return base64url(written.encode())


def commitments(disclosures: Sequence[str]) -> list[str]:
    return sorted(base64url(sha256(each.encode()).digest()) for each in disclosures)


FIELDS: dict[str, Any] = {
    "by": ["resident", None],
    "data": {"service": "pothole"},
    "position": [0.3476, 32.5825],
    "report": {"accuracy": 12.5, "channel": "web", "language": "lg", "reference": "KLA-7KQ2M9"},
    "words": 'Ekinnya mu luguudo – "a hole" 🕳\nby the market',
    "location": "주엽역 앞",
}
OPENED = [disclosure(name, value) for name, value in FIELDS.items()]
EVENT: dict[str, Any] = {
    "_sd": commitments([*OPENED, disclosure("answers", {"deep": True}), disclosure("photos", [])]),
    "case": base64url(bytes(range(16))),
    "city": "kampala",
    "kind": "opened",
    "prev": "",
    "seq": 1,
    "time": "2026-11-27T08:01:02.123456Z",
}


@dataclass
class Ledger:
    """A log of SIZE entries, with one that is told at INDEX."""

    told: str
    signer: Signer = log
    filler: str = "entry"
    reader: Reader = field(init=False)
    checkpoint: Checkpoint = field(init=False)

    def __post_init__(self) -> None:
        writer = Writer()
        for index in range(SIZE):
            told = self.told if index == INDEX else f'{{"{self.filler}":{index}}}'
            writer.append(told.encode())
        self.reader = Reader(SIZE, writer.root, writer.take().__getitem__)
        self.checkpoint = Checkpoint(self.signer.name, SIZE, writer.root)

    def note(self, *cosigners: Cosigner) -> Note:
        """The checkpoint as those signed it, one minute after the other."""
        minutes = [SECOND + 60 * n for n in range(len(cosigners))]
        signatures = map(Cosigner.cosign, cosigners, repeat(self.checkpoint), minutes)
        return self.checkpoint.sign(self.signer).plus(*signatures)

    def receipt(self, disclosures: Sequence[str], note: Note, index: int = INDEX) -> bytes:
        """A receipt as docs/ledger.md has it."""
        hashes = merkle.prove_inclusion(INDEX, SIZE, self.reader.read)
        head = "\n".join(["ngoma-receipt@v1", self.told, *disclosures, "", ""])
        return head.encode() + Proof(index, tuple(hashes), note).encode()


LEDGER = Ledger(canonical(EVENT))
NOTE = LEDGER.note(w1, w3)
GENUINE = LEDGER.receipt(OPENED, NOTE)
PROVED = {
    "index": INDEX,
    **{name: EVENT[name] for name in ("city", "case", "seq", "kind", "time")},
    "fields": FIELDS,
    "closed": 2,
    "log": log.name,
    "size": SIZE,
    "witnesses": [
        {"name": "w1.example", "time": "2026-09-21T14:13:20Z"},
        {"name": "w3.example", "time": "2026-09-21T14:14:20Z"},
    ],
}


def told(**changes: Any) -> bytes:
    """A receipt of an honest log whose entry is not as it should be."""
    event = {name: value for name, value in (EVENT | changes).items() if value is not ...}
    ledger = Ledger(canonical(event))
    return ledger.receipt([], ledger.note(w1, w2))


def opened(*disclosures: str) -> bytes:
    """A receipt of an honest log that committed to such fields."""
    ledger = Ledger(canonical(EVENT | {"_sd": commitments(sorted(set(disclosures)))}))
    return ledger.receipt(disclosures, ledger.note(w1, w2))


def signed(line: str) -> bytes:
    """A genuine receipt with one more line of a signature."""
    return GENUINE + f"— {line}\n".encode()


def shrunk() -> bytes:
    """A log signs that it has one entry, with the root of two: each would be the only one."""
    entry = canonical(EVENT)
    left, right = merkle.leaf_hash(b"hidden"), merkle.leaf_hash(entry.encode())
    checkpoint = Checkpoint(log.name, 1, merkle.node_hash(left, right))
    note = checkpoint.sign(log).plus(w1.cosign(checkpoint, SECOND), w2.cosign(checkpoint, SECOND))
    return f"ngoma-receipt@v1\n{entry}\n\n".encode() + Proof(0, (left,), note).encode()


def raw(text: str) -> str:
    return base64url(text.replace("SALT", base64url(bytes(32))).encode())


# Both verdicts: what is proved, or why nothing is.


def by_program(receipt: bytes, policy: str = POLICY) -> dict[str, Any] | str:
    try:
        return dict(program.check(receipt, program.read_policy(policy.encode())))
    except program.NotProved as wrong:
        return str(wrong)


def by_page(
    page: "Page", receipts: Sequence[bytes], policies: Sequence[str] = (POLICY,)
) -> list[Any]:
    """What the script of the page says of each receipt with each policy."""
    return list(
        page.evaluate(
            """async ([receipts, policies]) => {
              const verdicts = [];
              for (const receipt of receipts) for (const policy of policies) {
                const bytes = Uint8Array.from(atob(receipt), (c) => c.charCodeAt(0));
                const why = (error) => error instanceof NotProved ? error.reason : `${error}`;
                verdicts.push(await check(bytes, policy).catch(why));
              }
              return verdicts;
            }""",
            [[b64encode(each).decode() for each in receipts], list(policies)],
        )
    )


def write_page(folder: Path, policy: str = POLICY) -> str:
    """The page as a file on disk, and its address."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    template = (PUBLIC / "templates" / "ledger-verify.html.jinja").read_text(encoding="utf-8")
    html = environment.from_string(template).render(
        policy=policy,
        script=(PUBLIC / "static" / "verify.js").read_text(encoding="utf-8"),
        language="en",
        city_name="Kampala",
        back="https://city.example/kampala/ledger",
    )
    file = folder / "verify.html"
    file.write_text(html, encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def page(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator["Page"]:
    """The page, opened from disk without a network; it asks for nothing and breaks nowhere."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text))
    address = write_page(tmp_path_factory.mktemp("page"))
    page.goto(address)
    yield page
    context.close()
    assert asked == [address]
    assert troubles == []


def check_that_everybody_can_read(page: "Page") -> None:
    """In both themes, with all unfolded."""
    page.evaluate("document.querySelector('details').open = true")
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        found += violations(page)
    assert found == []


def run(tmp_path: Path, receipt: bytes, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as somebody runs it who has downloaded it."""
    (tmp_path / "receipt.txt").write_bytes(receipt)
    (tmp_path / "policy.txt").write_text(POLICY, encoding="utf-8")
    command = [sys.executable, "-I", str(PROGRAM), "receipt.txt", *arguments]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)


# What is genuine.


def test_the_program_says_what_a_genuine_receipt_proves(tmp_path: Path) -> None:
    done = run(tmp_path, GENUINE, "--policy", "policy.txt")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "This receipt is genuine. It proves that this is in the ledger:"
    said = {line[2:22].rstrip(): line[23:] for line in lines[1:]}
    assert said["entry number"] == "704"
    assert said["when, says the city"] == EVENT["time"]
    assert said["field words"] == r'"Ekinnya mu luguudo – \"a hole\" 🕳\nby the market"'
    assert said["field position"] == "[0.3476,32.5825]"
    assert said["ledger"] == "ledger.example/kla, which had 1000 entries"
    assert "w1.example, signed at 2026-09-21T14:13:20Z" in done.stdout
    done = run(tmp_path, GENUINE, "--policy", "policy.txt", "--json")
    assert json.loads(done.stdout) == PROVED


def test_the_page_says_what_a_genuine_receipt_proves(page: "Page") -> None:
    assert by_page(page, [GENUINE]) == [PROVED]
    page.set_input_files(
        "#file", {"name": "receipt.txt", "mimeType": "text/plain", "buffer": GENUINE}
    )
    page.wait_for_selector("#result .told")
    cells = page.locator("#result td").all_inner_texts()
    assert page.locator("#result h2").inner_text().startswith("This receipt is genuine")
    assert FIELDS["words"] in cells
    assert {"704", "kampala", "0.3476, 32.5825", "November 27, 2026 at 8:01:02 AM UTC"} <= set(
        cells
    )
    assert cells[-1] == "w3.example\nSeptember 21, 2026 at 2:14:20 PM UTC"
    check_that_everybody_can_read(page)


def test_a_receipt_is_pasted_and_a_changed_one_is_answered_anew(page: "Page") -> None:
    page.fill("#receipt", GENUINE.decode().strip())
    page.click("button")
    page.wait_for_selector("#result .told")
    page.fill("#receipt", GENUINE.decode().replace("kampala", "entebbe"))
    assert page.locator("#result").inner_text() == ""
    page.press("#receipt", "Tab")
    page.locator("button").press("Enter")
    page.wait_for_selector("#result .stop")
    words = "Not proved: the entry is not in the ledger that was signed."
    assert words in page.locator("#result").inner_text()
    check_that_everybody_can_read(page)


def test_without_a_policy_the_log_alone_vouches_and_it_says_so(
    tmp_path: Path, page: "Page"
) -> None:
    alone = LEDGER.receipt(OPENED, LEDGER.note())
    done = run(tmp_path, alone, "--vkey", str(log.verifier))
    assert done.returncode == 0
    assert "No witness that you trust has signed" in done.stdout
    policy = f"log {log.verifier}\nquorum none"
    assert by_page(page, [alone], [policy]) == [PROVED | {"witnesses": []}]


def test_a_proof_may_have_extra_data_that_nothing_is_said_of(page: "Page") -> None:
    receipt = GENUINE.replace(b"\nindex ", b"\nextra VGhlIG1heW9yIHBhaWQ=\nindex ")
    assert by_program(receipt) == PROVED
    assert by_page(page, [receipt]) == [PROVED]


def test_signatures_of_whom_nobody_knows_are_passed_over(page: "Page") -> None:
    receipt = GENUINE + UNKNOWN * 97
    assert by_program(receipt) == PROVED
    assert by_page(page, [receipt]) == [PROVED]


# What is not.

ROOT = b64encode(LEDGER.checkpoint.root)
UNKNOWN = "— w4.example AAAAAAAA\n".encode()
LISTED = Ledger("[]")
FORGED = log.sign(LEDGER.checkpoint.text.replace("1000", "1001"))
REWRITTEN = Ledger(canonical(EVENT | {"kind": "declined"}))
OTHER = Ledger(canonical(EVENT), signer=Signer("ledger.example/sel", bytes(32)))
NAMESAKE = Ledger(canonical(EVENT), signer=Signer(log.name, bytes(32)))
GIVEN = disclosure("words", "The mayor promised it")
TWICE = [disclosure("words", "The first"), disclosure("words", "The second")]

REFUSED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "not a receipt", "receipt"),
    "another file": (b"%PDF-1.4\n" * 1000, "not a receipt", "receipt"),
    "a very long file": (GENUINE + b"x" * 1_000_000, "too long", "receipt"),
    "not UTF-8": (GENUINE.replace("—".encode(), b"\xe2\x80"), "UTF-8", "receipt"),
    "newlines of Windows": (GENUINE.replace(b"\n", b"\r\n"), "not a receipt", "receipt"),
    "another version": (GENUINE.replace(b"t@v1", b"t@v2", 1), "version 1", "receipt"),
    "a proof of another version": (GENUINE.replace(b"f@v1", b"f@v2"), "another version", "receipt"),
    "no index": (GENUINE.replace(b"index ", b"index:"), "no index", "receipt"),
    "extra data that is empty": (
        GENUINE.replace(b"\nindex", b"\nextra \nindex"), "extra data", "receipt",
    ),
    "a checkpoint without a root": (
        b"\n".join(line for line in GENUINE.split(b"\n") if line != ROOT),
        "its checkpoint is damaged", "receipt",
    ),
    "a checkpoint without an origin": (
        GENUINE.replace(b"\n\nledger", b"\n\n\nledger"), "its checkpoint is damaged", "receipt",
    ),
    "101 signatures": (GENUINE + UNKNOWN * 98, "more than 100 signatures", "receipt"),
    "a signature of nothing": (signed("w4.example AAAAAA=="), "a signature is empty", "receipt"),
    "a plus in a name": (signed("w+4.example AAAAAAAA"), "name of a key", "receipt"),
    "a signature by nobody": (signed(" AAAAAAAA"), "name of a key", "receipt"),
    "no last newline": (GENUINE[:-1], "not a receipt", "receipt"),
    "no signatures": (GENUINE.rpartition(b"\n\n")[0] + b"\n", "not a receipt", "receipt"),
    "no proof": (b"\n\n".join(GENUINE.split(b"\n\n")[::2]), "not a receipt", "receipt"),
    "two spaces in a signature": (
        GENUINE.replace("— w1".encode(), "—  w1".encode()), "line of a signature", "receipt",
    ),
    "one witness": (
        LEDGER.receipt(OPENED, LEDGER.note(w2)), "too few of the witnesses", "witnesses",
    ),
    "one witness twice": (
        LEDGER.receipt(OPENED, Note(NOTE.text, (*NOTE.signatures[:2], NOTE.signatures[1]))),
        "too few of the witnesses", "witnesses",
    ),
    "witnesses that nobody knows": (
        LEDGER.receipt(OPENED, LEDGER.note(w1, stranger)), "too few of the witnesses", "witnesses",
    ),
    "a witness's signature of another checkpoint": (
        LEDGER.receipt(OPENED, NOTE.plus(REWRITTEN.note(w2).signatures[1])),
        "the signature of w2.example is false", "signature",
    ),
    "a cosignature without a time": (
        LEDGER.receipt(
            OPENED,
            NOTE.plus(Signature(w2.name, w2.id, w2._sign(NOTE.text.encode()))),
        ),
        "w2.example signed at no possible time", "signature",
    ),
    "a cosignature in the year 10000": (
        LEDGER.receipt(OPENED, NOTE.plus(w2.cosign(LEDGER.checkpoint, 253402300800))),
        "w2.example signed at no possible time", "signature",
    ),
    "a false signature of the log": (
        LEDGER.receipt(OPENED, NOTE.plus(FORGED)), "the signature of ledger.example/kla is false",
        "signature",
    ),
    "witnesses without the log": (
        LEDGER.receipt(OPENED, Note(NOTE.text, NOTE.signatures[1:])), "has not signed it",
        "unsigned",
    ),
    "another log": (OTHER.receipt(OPENED, OTHER.note(w1, w2)), "you do not trust its", "log"),
    "another log of the same name": (
        NAMESAKE.receipt(OPENED, NAMESAKE.note(w1, w2)), "has not signed it", "unsigned",
    ),
    "a history that was rewritten": (
        LEDGER.receipt(OPENED, REWRITTEN.note(w1, w2)), "not in the ledger", "tree",
    ),
    "a log smaller than its tree": (shrunk(), "path to the root is too long", "tree"),
    "another number": (LEDGER.receipt(OPENED, NOTE, index=705), "not in the ledger", "tree"),
    "a number beyond the end": (LEDGER.receipt(OPENED, NOTE, index=1704), "fewer", "tree"),
    "a number that is just small enough": (
        GENUINE.replace(b"index 704", b"index 9007199254740991"), "fewer", "tree",
    ),
    "a number beyond all": (
        GENUINE.replace(b"index 704", b"index 9007199254740992"), "too large", "receipt",
    ),
    "a field that was never committed to": (
        LEDGER.receipt([*OPENED, GIVEN], NOTE), "does not belong to the entry", "stranger",
    ),
    "a field that stands twice": (LEDGER.receipt([*OPENED, OPENED[0]], NOTE), "twice", "field"),
    "two fields of one name": (opened(*TWICE), "twice", "field"),
    "a field with a short salt": (opened(disclosure("words", "x", b"salt")), "bytes", "field"),
    "a field whose name is a number": (opened(disclosure(1, "x")), "field is damaged", "field"),
    "a field without a value": (opened(raw('["SALT","words"]')), "field is damaged", "field"),
    "a field that is an object": (opened(raw("{}")), "field is damaged", "field"),
    "a field with spaces": (opened(raw('["SALT", "words","x"]')), "canonical", "field"),
    "a name twice in a field": (
        opened(raw('["SALT","data",{"a":1,"a":2}]')), "canonical", "field",
    ),
    "a number that two programs read differently": (
        opened(raw('["SALT","data",9007199254740993]')), "canonical", "field",
    ),
    "half a character": (opened(raw(r'["SALT","words","\ud800"]')), "damaged", "field"),
    "a field that is too deep": (opened(raw("[" * 20000 + "]" * 20000)), "damaged", "field"),
    "a field in another base64": (opened(OPENED[0] + "="), "base64url is damaged", "field"),
    "an entry of a day": (
        told(cases=1, day="2026-11-27", kind="index", _sd=...), "that of an event", "entry",
    ),
    "an entry that is a list": (LISTED.receipt([], LISTED.note(w1, w2)), "of an event", "entry"),
    "a member more": (told(note="x"), "that of an event", "entry"),
    "a member fewer": (told(prev=...), "that of an event", "entry"),
    "no city": (told(city=""), "city or kind", "entry"),
    "a kind that is a number": (told(kind=7), "city or kind", "entry"),
    "a seq of zero": (told(seq=0), "number within the case", "entry"),
    "a seq that is true": (told(seq=True), "number within the case", "entry"),
    "a seq that is not whole": (told(seq=1.5), "number within the case", "entry"),
    "a second event with none before": (told(seq=2), "bytes", "entry"),
    "a first event with one before": (told(prev=base64url(bytes(32))), "bytes", "entry"),
    "a case of another length": (told(case=base64url(bytes(17))), "bytes", "entry"),
    "a day that there is not": (told(time="2026-02-30T08:01:02.123456Z"), "time", "entry"),
    "an hour that there is not": (told(time="2026-02-03T24:00:00.000000Z"), "time", "entry"),
    "a time without its zone": (told(time="2026-11-27T08:01:02.123456"), "time", "entry"),
    "a time in seconds": (told(time=SECOND), "time", "entry"),
    "commitments that are no list": (told(_sd={}), "commitments", "entry"),
    "commitments that are not sorted": (told(_sd=EVENT["_sd"][::-1]), "not sorted", "entry"),
    "a commitment that stands twice": (told(_sd=EVENT["_sd"][:1] * 2), "not sorted", "entry"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_genuine_is_refused_and_both_say_why(name: str, page: "Page") -> None:
    receipt, reason, code = REFUSED[name]
    said = by_program(receipt)
    assert isinstance(said, str)
    assert reason in said
    assert by_page(page, [receipt]) == [code]


def test_an_entry_that_is_not_canonical_is_refused(page: "Page") -> None:
    ledger = Ledger(json.dumps(EVENT))
    receipt = ledger.receipt([], ledger.note(w1, w2))
    assert by_program(receipt) == "JSON is not in its canonical form"
    assert by_page(page, [receipt]) == ["entry"]


def test_the_program_refuses_in_one_line(tmp_path: Path) -> None:
    hostile = Ledger(canonical(EVENT), signer=Signer("x\x9b2J.example", bytes(32)))
    receipt = hostile.receipt([], hostile.note())
    done = run(tmp_path, receipt, "--policy", "policy.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Not proved: you do not trust its ledger, x\\x9b2J.example\n"
    for arguments in (
        ["--policy", "missing.txt"],
        ["--vkey", "x\udce4+1"],
        ["--vkey", str(w1.witness)],
    ):
        done = run(tmp_path, GENUINE, *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_words_pass_for_no_line_of_the_program(tmp_path: Path) -> None:
    false = "x\n  witness              w9.example, signed at 2026-01-01T00:00:00Z\u202e\x9b"
    done = run(tmp_path, opened(disclosure("words", false)), "--policy", "policy.txt")
    assert done.returncode == 0
    assert "w9.example" not in [line.split()[1] for line in done.stdout.splitlines()]
    assert "\\u202e\\x9b" in done.stdout


def test_a_receipt_with_any_bit_changed_proves_nothing_else(page: "Page") -> None:
    """A line by a witness that nobody knows is passed over: changed, it changes nothing proved."""
    receipt = LEDGER.receipt(OPENED, LEDGER.note(w1, w3, stranger))
    line = receipt.index("— w4".encode())
    assert by_program(receipt) == PROVED
    bits = random.Random(1000).sample(range(len(receipt) * 8), 1000)
    flipped = [_flip(receipt, bit) for bit in bits]
    verdicts = [by_program(each) for each in flipped]
    for bit, verdict in zip(bits, verdicts, strict=True):
        assert isinstance(verdict, str) or (verdict == PROVED and bit // 8 >= line)
    again = by_page(page, flipped[:300])
    assert [each if isinstance(each, dict) else "" for each in again] == [
        each if isinstance(each, dict) else "" for each in verdicts[:300]
    ]


def _flip(data: bytes, bit: int) -> bytes:
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


# Whom one trusts.

LOG = f"log {log.verifier}\n"
MIXED = f"{log.name}+{log.id.hex()}+{b64encode(bytes([4]) + log.public).decode()}"
"""A key whose id is that of a log's, and whose type is a witness's."""
MET = [
    f"{LOG}{WITNESSES}quorum none\n",
    f"{LOG}{WITNESSES}quorum W1\n",
    f"\t log  {log.verifier} https://ledger.example \n # a comment\n\n{WITNESSES}quorum\tW3",
    f"{LOG}{WITNESSES}group any any W1 W2\nquorum any\n",
    f"{LOG}{WITNESSES}group both all W1 W3\nquorum both\n",
    f"{LOG}{WITNESSES}group a any W2 W3\ngroup b all W1 a\nquorum b\n",
    f"{WITNESSES}quorum W1\n{LOG}log {OTHER.signer.verifier}\n",
]
NOT_MET = [
    f"{LOG}{WITNESSES}quorum W2\n",
    f"{LOG}{WITNESSES}group all all W1 W2 W3\nquorum all\n",
    f"{LOG}{WITNESSES}group a all W2 W3\ngroup b all W1 a\nquorum b\n",
]
WRONG = [
    "",
    LOG,
    f"{LOG}{WITNESSES}",
    f"{LOG}quorum none\nquorum none\n",
    f"{LOG}{LOG}quorum none\n",
    f"{LOG}quorum W1\n{WITNESSES}",
    f"{LOG}{WITNESSES}witness W4 {w1.witness}\nquorum W1\n",
    f"{LOG}{WITNESSES}witness W1 {stranger.witness}\nquorum W1\n",
    f"{LOG}witness none {w1.witness}\nquorum none\n",
    f"{LOG}{WITNESSES}group g any none\nquorum g\n",
    f"{LOG}{WITNESSES}group g 0 W1\nquorum g\n",
    f"{LOG}{WITNESSES}group g 01 W1\nquorum g\n",
    f"{LOG}{WITNESSES}group g 3 W1 W2\nquorum g\n",
    f"{LOG}{WITNESSES}group g most W1 W2\nquorum g\n",
    f"{LOG}{WITNESSES}group g constructor W1 W2\nquorum g\n",
    f"{LOG}{WITNESSES}group g any\nquorum g\n",
    f"{LOG}{WITNESSES}group g 2 W1 W1\nquorum g\n",
    f"{LOG}{WITNESSES}group g any W1\ngroup h any W1 g\nquorum h\n",
    f"{LOG}{WITNESSES}group g any h\ngroup h any W1\nquorum g\n",
    f"log {w1.witness}\nquorum none\n",
    f"log {MIXED}\nquorum none\n",
    f"log {log.name}+{log.id.hex()}\nquorum none\n",
    f"{LOG}witness W1 {log.verifier}\nquorum W1\n",
    f"{LOG.replace('kla', 'kls')}quorum none\n",
    f"log {str(log.verifier)[:-4]}\nquorum none\n",
    f"{LOG}quorum none\r\n",
    f"{LOG}# \x7f\nquorum none\n",
    f"{LOG}monitor x\nquorum none\n",
    f"{LOG}\N{NO-BREAK SPACE}quorum none\n",
]


def test_a_policy_says_how_many_witnesses_are_enough(page: "Page") -> None:
    assert [by_program(GENUINE, policy) for policy in MET[:-1]] == [PROVED] * len(MET[:-1])
    assert by_page(page, [GENUINE], MET) == [by_program(GENUINE, policy) for policy in MET]
    assert all("too few" in by_program(GENUINE, policy) for policy in NOT_MET)
    assert by_page(page, [GENUINE], NOT_MET) == ["witnesses"] * len(NOT_MET)


def test_a_policy_that_is_wrong_is_refused_by_both(page: "Page") -> None:
    for policy in WRONG:
        assert "policy" in by_program(GENUINE, policy), policy
    said = by_page(page, [GENUINE], WRONG)
    assert set(said) == {"policy", "quorum"}
    assert [each == "quorum" for each in said] == [each in WRONG[:3] for each in WRONG]


# The page and the program are told apart by nothing else.


def test_both_write_numbers_alike(page: "Page") -> None:
    numbers = [0, -0.0, 1, 0.1, 1e-6, 1e-7, 9.99e-8, 1e16, 1e20, 1e21, 1.5e300, 5e-324, 2**53 - 1]
    numbers += [chance.uniform(-1, 1) * 10 ** chance.randint(-12, 25) for _ in range(2000)]
    written = page.evaluate("(texts) => texts.map((each) => canonical(JSON.parse(each)))",
                            [repr(each) for each in numbers])  # fmt: skip
    assert written == [program.canonical(each) for each in numbers]


def test_without_a_script_the_page_names_the_program(browser: "Browser", tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(write_page(tmp_path))
    assert "/ledger/verify.py" in page.locator("noscript").inner_text()
    assert not page.locator("form").is_visible()
    context.close()


def test_a_browser_without_ed25519_says_so_at_once(browser: "Browser", tmp_path: Path) -> None:
    context = browser.new_context(offline=True)
    context.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page = context.new_page()
    page.goto(write_page(tmp_path))
    page.wait_for_selector("#result .ask")
    assert "cannot check signatures: use" in page.locator("#result").inner_text()
    assert by_page(page, [GENUINE]) == ["browser"]
    context.close()


def test_a_policy_cannot_break_out_of_its_field(browser: "Browser", tmp_path: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    policy = f"# </textarea><script>document.title = 'x'</script> &amp;\n{POLICY}"
    page.goto(write_page(tmp_path, policy))
    assert page.locator("#policy").input_value() == policy
    assert page.title() == "Check a receipt – Ngoma Kampala"
    context.close()
