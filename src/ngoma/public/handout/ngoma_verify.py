#!/usr/bin/env python3
"""Check a receipt of a city's public ledger, or the ledger itself, without trusting the city.

    python ngoma_verify.py RECEIPT --policy POLICY
    python ngoma_verify.py RECEIPT --vkey VKEY
    python ngoma_verify.py --kept CHECKPOINT --log https://city.example/ledger --policy POLICY

The third reads the ledger of today, and checks that it still begins with the one of which somebody
kept a checkpoint: that nothing in it was changed or taken out since.

POLICY is a file that says whose signatures you want to see (https://c2sp.org/tlog-policy): the
ledger's, and those of witnesses outside the city. VKEY is the ledger's key alone: then nobody but
the city vouches that it shows everybody the same ledger.

It needs Python 3.9 or newer and `pip install cryptography`, and reads nothing but these. It
answers 0 and prints what is proved, or answers 1 and says why nothing is. It is written to be
read from top to bottom, and each step says which document it follows.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = 0x01, 0x04
"""Types of keys in signed-note: Ed25519 over the text, and over the text with the time."""
LARGEST = 2**53 - 1
"""Up to here every program, also in a browser, counts exactly."""
LAST_SECOND = 253402300799
"""The end of the year 9999: a later signature is a false one."""
LONGEST = 1_000_000
"""Bytes of a receipt."""


class NotProved(Exception):
    """Why the receipt proves nothing."""


def demand(condition: bool, otherwise: str) -> None:
    """Go on only if the condition holds."""
    if not condition:
        raise NotProved(otherwise)


# Numbers, bytes and JSON. Each has one spelling only, and any other is refused: what is checked
# is then exactly what is read.


def number(text: str) -> int:
    """A decimal number without leading zeroes."""
    demand(re.fullmatch("0|[1-9][0-9]{0,15}", text) is not None, "a number is damaged")
    demand(int(text) <= LARGEST, "a number is too large")
    return int(text)


def from_base64(text: str, size: int | None = None) -> bytes:
    """The bytes of padded base64, RFC 4648 section 4; `size` says how many there must be."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotProved("base64 is damaged") from None
    demand(base64.b64encode(data).decode() == text, "base64 has spare bits")
    demand(size in (None, len(data)), f"base64 has {len(data)} bytes instead of {size}")
    return data


def from_base64url(text: Any, size: int | None = None) -> bytes:
    """The bytes of base64url without padding, RFC 4648 section 5."""
    demand(isinstance(text, str) and not set(text) & set("+/="), "base64url is damaged")
    return from_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), size)


def to_base64url(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def canonical(value: Any) -> str:
    """JSON in the form of RFC 8785: no spaces, sorted names, numbers as ECMAScript has them."""
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(each)}" for name, each in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    shortest = float(value) + 0.0  # which makes -0 to 0
    if shortest and not 1e-6 <= abs(shortest) < 1e21:
        return repr(shortest).replace("e-0", "e-")
    plain = format(Decimal(repr(shortest)), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def read_json(data: bytes) -> Any:
    """The value of canonical JSON. Names that stand twice, for one, do not survive this."""
    try:
        value = json.loads(data.decode("utf-8"))
        same = canonical(value).encode("utf-8") == data
    except (ValueError, OverflowError, RecursionError):
        raise NotProved("JSON is damaged") from None
    demand(same, "JSON is not in its canonical form")
    return value


# Keys and whom you trust: c2sp.org/signed-note and c2sp.org/tlog-policy.


@dataclass(frozen=True)
class Key:
    """A public key of Ed25519. The id tells it from others, and proves nothing."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes before each of its signatures."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def check(self, signature: bytes, message: str) -> None:
        """Go on only if this key signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except InvalidSignature:
            raise NotProved(f"the signature of {self.name} is false") from None


def read_name(text: str) -> str:
    """The name of a key: not empty, no spaces, no plus."""
    demand(text != "" and not re.search(r"[\s+]", text), "the name of a key is damaged")
    return text


def read_key(vkey: str, kind: int) -> Key:
    """A key as `name+id+base64`, of the type that is wanted here."""
    parts = vkey.split("+", 2)
    demand(len(parts) == 3, "a key is written as name+id+base64")
    material = from_base64(parts[2], 33)
    demand(material[0] == kind, "a key is of a type that does not belong here")
    key = Key(read_name(parts[0]), kind, material[1:])
    demand(parts[1] == key.id.hex(), "the id in a key is not its own")
    return key


@dataclass
class Policy:
    """Whom you trust. A group is how many of its members must have cosigned, and their names."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str = ""

    def read(self, kind: str, *words: str) -> None:
        """Take in one line."""
        if kind == "log" and len(words) in (1, 2):
            key = read_key(words[0], LOG)
            demand(key.public not in [each.public for each in self.logs], "a log stands twice")
            self.logs.append(key)
        elif kind == "witness" and len(words) in (2, 3):
            key = read_key(words[1], WITNESS)
            known = [each.public for each in self.witnesses.values()]
            demand(key.public not in known, "a witness stands twice")
            self.witnesses[self.unused(words[0])] = key
        elif kind == "group" and len(words) >= 3:
            self.read_group(*words)
        elif kind == "quorum" and len(words) == 1 and not self.quorum:
            demand(words[0] == "none" or self.knows(words[0]), f"nothing is called {words[0]}")
            self.quorum = words[0]
        else:
            raise NotProved("not a line that a policy has here")

    def read_group(self, name: str, least: str, *members: str) -> None:
        """Take in a group of members that stand before it and are in no other group."""
        for each in members:
            demand(self.knows(each), f"nothing is called {each}")
            demand(each not in self.members, f"{each} is a member twice")
            self.members.add(each)
        count = {"any": 1, "all": len(members)}.get(least) or number(least)
        demand(1 <= count <= len(members), "a group cannot ask for so many of its members")
        self.groups[self.unused(name)] = (count, list(members))

    def knows(self, name: str) -> bool:
        """Whether a witness or a group is called so."""
        return name in self.witnesses or name in self.groups

    def unused(self, name: str) -> str:
        """The name, if it is free."""
        demand(name != "none" and not self.knows(name), f"the name {name} is taken")
        return name

    def met(self, name: str, seen: dict[Key, int]) -> bool:
        """Whether those who cosigned are enough for a witness, a group or `none`."""
        if name in self.groups:
            least, members = self.groups[name]
            return sum(self.met(each, seen) for each in members) >= least
        return name == "none" or self.witnesses[name] in seen


def read_policy(data: bytes) -> Policy:
    """The policy that a file writes."""
    text, policy = data.decode("utf-8", "replace"), Policy()
    demand(not re.search("[\x00-\x08\x0b-\x1f\x7f]", text), "the policy has control characters")
    for count, line in enumerate(text.split("\n"), 1):
        words = [word for word in re.split("[ \t]", line) if word]
        try:
            if words and not words[0].startswith("#"):
                policy.read(*words)
        except NotProved as wrong:
            raise NotProved(f"line {count} of the policy: {wrong}") from None
    demand(policy.quorum != "", "the policy has no line that begins with quorum")
    return policy


Signature = tuple[str, bytes, bytes]
"""Name and id of the key, and what it put under the text."""


# The receipt: the ledger's document, c2sp.org/tlog-proof, c2sp.org/tlog-checkpoint.


@dataclass(frozen=True)
class Receipt:
    """What stands in a receipt, nothing of it checked yet."""

    entry: str
    disclosures: list[str]
    index: int
    path: list[bytes]
    checkpoint: str
    signatures: list[Signature]


def read_receipt(data: bytes) -> Receipt:
    """Take a receipt apart at its empty lines: entry, proof, checkpoint, signatures."""
    demand(len(data) <= LONGEST, "it is far too long for a receipt")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotProved("it is not a text in UTF-8") from None
    parts = [part.split("\n") for part in text[:-1].split("\n\n")]
    whole = len(parts) == 4 and text.endswith("\n") and not re.search("[\x00-\x09\x0b-\x1f]", text)
    demand(whole, "it is not a receipt, or a part of it is missing")
    (header, *opened), (kind, *proof), checkpoint, lines = parts
    demand(header == "ngoma-receipt@v1" and len(opened) > 0, "it is not a receipt of version 1")
    demand(kind == "c2sp.org/tlog-proof@v1", "its proof is of another version")
    if proof and proof[0].startswith("extra "):
        demand(from_base64(proof.pop(0)[6:]) != b"", "extra data is empty")  # nobody signs it
    demand(len(proof) > 0 and proof[0].startswith("index "), "its proof has no index")
    path = [from_base64(line, 32) for line in proof[1:]]
    signatures = [read_signature(line) for line in lines]
    demand(len(signatures) <= 100, "it has more than 100 signatures")
    body = "\n".join(checkpoint) + "\n"
    return Receipt(opened[0], opened[1:], number(proof[0][6:]), path, body, signatures)


def read_signature(line: str) -> Signature:
    """A line of a signed note: dash, name, base64 of the key's id and the signature."""
    words = line.split(" ")
    demand(len(words) == 3 and words[0] == "\N{EM DASH}", "a line of a signature is damaged")
    data = from_base64(words[2])
    demand(len(data) > 4, "a signature is empty")
    return read_name(words[1]), data[:4], data[4:]


# What is proved.


def check_signatures(
    checkpoint: str, signatures: list[Signature], origin: str, policy: Policy
) -> dict[Key, int]:
    """When each witness cosigned, in seconds since 1970; c2sp.org/tlog-cosignature, version 1.

    A signature by a key that is not known says nothing and is passed over; one by a known key that
    is false condemns the whole.
    """
    known = {(key.name, key.id): key for key in (*policy.logs, *policy.witnesses.values())}
    signed: set[str] = set()
    seen: dict[Key, int] = {}
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key and key.kind == LOG:
            key.check(signature, checkpoint)
            signed.add(key.name)
        elif key:
            at = int.from_bytes(signature[:8], "big")
            demand(len(signature) == 72 and at <= LAST_SECOND, f"{name} signed at no possible time")
            key.check(signature[8:], f"cosignature/v1\ntime {at}\n{checkpoint}")
            seen[key] = min(at, seen.get(key, at))
    demand(origin in [key.name for key in policy.logs], f"you do not trust its ledger, {origin}")
    demand(origin in signed, f"the ledger {origin} has not signed it")
    demand(policy.met(policy.quorum, seen), "too few of the witnesses you trust have signed it")
    return seen


def check_path(receipt: Receipt, size: int, root: bytes) -> None:
    """The entry leads to the root of the tree: RFC 6962, checked as RFC 9162 2.1.3.2 says."""
    demand(receipt.index < size, "the ledger has fewer entries than that")
    at, last = receipt.index, size - 1
    found = sha256(b"\x00" + receipt.entry.encode()).digest()
    for sibling in receipt.path:
        demand(last > 0, "the path to the root is too long")
        if at % 2 or at == last:
            found = sha256(b"\x01" + sibling + found).digest()
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            found = sha256(b"\x01" + found + sibling).digest()
        at, last = at // 2, last // 2
    demand(last == 0 and found == root, "the entry is not in the ledger that was signed")


def is_time(text: Any) -> bool:
    """Whether it is written as an entry's time is, and there is such a day."""
    try:
        read = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except (TypeError, ValueError):
        return False
    return bool(read.strftime("%Y-%m-%dT%H:%M:%S.%fZ") == text)


def read_entry(line: str) -> dict[str, Any]:
    """The entry of an event, if all its members are there and as they should be."""
    entry: dict[str, Any] = read_json(line.encode())
    members = {"city", "case", "seq", "prev", "kind", "time", "_sd"}
    demand(isinstance(entry, dict) and set(entry) == members, "the entry is not that of an event")
    names, seq, sealed = (entry["city"], entry["kind"]), entry["seq"], entry["_sd"]
    demand(all(isinstance(each, str) and each for each in names), "its city or kind is damaged")
    demand(type(seq) is int and 1 <= seq <= LARGEST, "its number within the case is damaged")
    demand(is_time(entry["time"]), "its time is damaged")
    from_base64url(entry["case"], 16)
    from_base64url(entry["prev"], 0 if seq == 1 else 32)
    demand(isinstance(sealed, list), "its commitments are damaged")
    for each in sealed:
        from_base64url(each, 32)
    demand(sealed == sorted(set(sealed)), "its commitments are not sorted")
    return entry


def open_fields(entry: dict[str, Any], disclosures: list[str]) -> dict[str, Any]:
    """The fields that the receipt opens, each of which the entry must have committed to."""
    fields: dict[str, Any] = {}
    for disclosure in disclosures:
        commitment = to_base64url(sha256(disclosure.encode()).digest())
        demand(commitment in entry["_sd"], "a field does not belong to the entry")
        content = read_json(from_base64url(disclosure))
        demand(isinstance(content, list) and len(content) == 3, "a field is damaged")
        salt, name, value = content
        from_base64url(salt, 32)
        demand(isinstance(name, str) and name not in fields, "a field is damaged or stands twice")
        fields[name] = value
    return fields


def check(data: bytes, policy: Policy) -> dict[str, Any]:
    """What a receipt proves to whoever trusts as the policy says, or `NotProved`."""
    receipt = read_receipt(data)
    origin, size, root = read_checkpoint(receipt.checkpoint)
    seen = check_signatures(receipt.checkpoint, receipt.signatures, origin, policy)
    check_path(receipt, size, root)
    entry = read_entry(receipt.entry)
    fields = open_fields(entry, receipt.disclosures)
    return {
        "index": receipt.index,
        **{name: entry[name] for name in ("city", "case", "seq", "kind", "time")},
        "fields": fields,
        "closed": len(entry["_sd"]) - len(fields),
        "log": origin,
        "size": size,
        "witnesses": witnesses(seen, policy),
    }


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a log."""
    lines = text[:-1].split("\n")
    demand(len(lines) >= 3 and all(lines), "its checkpoint is damaged")
    return lines[0], number(lines[1]), from_base64(lines[2], 32)


def witnesses(seen: dict[Key, int], policy: Policy) -> list[dict[str, str]]:
    """Who cosigned, and when."""
    return [
        {"name": key.name, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seen[key]))}
        for key in policy.witnesses.values()
        if key in seen
    ]


# The whole ledger: c2sp.org/tlog-tiles.


def open_note(data: bytes, policy: Policy) -> tuple[str, int, bytes, dict[Key, int]]:
    """Origin, size and root in a checkpoint as it is published, and who cosigned it."""
    text, gap, lines = data.decode("utf-8", "replace").partition("\n\n")
    demand(gap != "" and lines.endswith("\n"), "a checkpoint is damaged")
    signatures = [read_signature(line) for line in lines[:-1].split("\n")]
    origin, size, root = read_checkpoint(f"{text}\n")
    return origin, size, root, check_signatures(f"{text}\n", signatures, origin, policy)


def leaves(log: str, size: int) -> Iterator[bytes]:
    """The hashes of all entries, from tiles of 256."""
    for index in range(-(-size // 256)):
        digits = str(index).zfill(-(-len(str(index)) // 3) * 3)
        parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        width = min(256, size - 256 * index)
        path = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
        data = fetch(f"{log}/tile/0/{path}" + (f".p/{width}" if width < 256 else ""))
        demand(len(data) == 32 * width, "a tile has another length")
        yield from (data[i : i + 32] for i in range(0, len(data), 32))


def roots(hashes: Iterator[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root of the tree over the first entries, for each of these sizes: RFC 6962, 2.1."""
    found = {0: sha256(b"").digest()}
    peaks: list[tuple[int, bytes]] = []
    for size, leaf in enumerate(hashes, 1):
        width, made = 1, leaf
        while peaks and peaks[-1][0] == width:
            width, made = 2 * width, sha256(b"\x01" + peaks.pop()[1] + made).digest()
        peaks.append((width, made))
        if size in sizes:
            found[size] = made
            for _, left in reversed(peaks[:-1]):
                found[size] = sha256(b"\x01" + left + found[size]).digest()
    return found


def fetch(address: str) -> bytes:
    """What is at an address of the ledger."""
    demand(address.startswith(("https://", "http://")), "the ledger's address is not of the web")
    with urlopen(address, timeout=60) as answer:
        data: bytes = answer.read()
    return data


def check_ledger(kept: bytes, log: str, policy: Policy) -> dict[str, Any]:
    """That the ledger of today begins with the one of the kept checkpoint, or `NotProved`."""
    was, old, old_root, _ = open_note(kept, policy)
    origin, size, root, seen = open_note(fetch(f"{log}/checkpoint"), policy)
    demand(was == origin, "the checkpoint is of another ledger")
    demand(old <= size, f"{old} entries were kept, and today there are only {size}")
    found = roots(leaves(log, size), {old, size})
    demand(found[size] == root, "the entries of today are not those that were signed")
    demand(found[old] == old_root, "the ledger of today does not begin with the one that was kept")
    return {"log": origin, "kept": old, "size": size, "witnesses": witnesses(seen, policy)}


# The command.


def plain(text: str) -> str:
    """Text that can neither move the cursor nor pass for another line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def report(facts: dict[str, Any]) -> str:
    """The facts in plain words."""
    signed = [f"{each['name']}, signed at {each['time']}" for each in facts["witnesses"]]
    rows = [*of_ledger(facts), *[("witness", each) for each in signed]]
    if "kept" not in facts:
        rows = [*of_receipt(facts), *rows]
    title = "This ledger is genuine. It proves" if "kept" in facts else _GENUINE
    lines = [f"{title}:", *[f"  {plain(name):<20} {plain(str(value))}" for name, value in rows]]
    if not signed:
        lines.append("No witness that you trust has signed: only the ledger's own key vouches.")
    return "\n".join(lines)


_GENUINE = "This receipt is genuine. It proves that this is in the ledger"


def of_ledger(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """What is said of the whole."""
    rows = [("ledger", f"{facts['log']}, which had {facts['size']} entries")]
    if "kept" in facts:
        rows.append(("since then", f"its first {facts['kept']} entries are those that were kept"))
    return rows


def of_receipt(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """What is said of an entry."""
    return [
        ("entry number", facts["index"]),
        ("city", facts["city"]),
        ("case", f"{facts['case']} (a made-up name, always the same for one case)"),
        ("step of the case", facts["seq"]),
        ("what happened", facts["kind"]),
        ("when, says the city", facts["time"]),
        *[(f"field {name}", canonical(value)) for name, value in facts["fields"].items()],
        ("fields not shown", facts["closed"]),
    ]


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Check a receipt of a city's public ledger.")
    parser.add_argument("receipt", type=Path, nargs="?", help="the file that you were given")
    trust = parser.add_mutually_exclusive_group(required=True)
    trust.add_argument("--policy", type=Path, help="file that says whose signatures are needed")
    trust.add_argument("--vkey", help="key of the ledger; no witness is asked for")
    parser.add_argument("--kept", type=Path, help="file of a checkpoint that was kept")
    parser.add_argument("--log", help="address of the ledger, with --kept")
    parser.add_argument("--json", action="store_true", help="print what is proved as JSON")
    asked = parser.parse_args()
    if (asked.receipt is None) == (asked.kept is None) or (asked.kept is None) != (not asked.log):
        parser.error("name a receipt, or a checkpoint by --kept and the ledger by --log")
    try:
        alone = f"log {asked.vkey}\nquorum none\n".encode(errors="replace")
        policy = read_policy(asked.policy.read_bytes() if asked.policy else alone)
        if asked.kept:
            facts = check_ledger(asked.kept.read_bytes(), asked.log.rstrip("/"), policy)
        else:
            facts = check(asked.receipt.read_bytes(), policy)
    except (NotProved, OSError) as wrong:
        sys.stderr.write(f"Not proved: {plain(str(wrong))}\n")
        return 1
    text = json.dumps(facts, indent=2, ensure_ascii=True) if asked.json else report(facts)
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.buffer.write(f"{text}\n".encode(encoding, "backslashreplace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
