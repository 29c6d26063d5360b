"""Check a receipt of a city's public ledger, without asking the city.

    python ngoma_verify.py RECEIPT --policy POLICY
    python ngoma_verify.py RECEIPT --vkey VKEY
    python ngoma_verify.py --kept CHECKPOINT --log https://city.example/ledger --policy POLICY

The third checks that the log of today still begins with the one of which somebody kept a
checkpoint: that nothing was changed or taken out since.

Needs Python 3.9 and the package `cryptography`. POLICY is a file in the format of
https://c2sp.org/tlog-policy that says which key the log has and which witnesses you trust; VKEY is
the log's key alone, for whoever trusts no witness. Get them where the city cannot change them: from
a newspaper, a court, a friend. The exit status is 0 if the receipt is genuine, else 1.

What a receipt is: docs/ledger.md of Ngoma. This file can be read from top to bottom: first the
signatures, then the tree, then the entry.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEADER = "ngoma-receipt@v1"
PROOF = "c2sp.org/tlog-proof@v1"
LOG, WITNESS = 1, 4
"""Types of key: one signs a text, the other a text with a time."""
MEMBERS = {"_sd", "case", "city", "kind", "prev", "seq", "time"}
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class NotProved(Exception):
    """Why a receipt proves nothing."""


def need(condition: object, reason: str) -> None:
    if not condition:
        raise NotProved(reason)


def decode64(text: str, size: int | None = None) -> bytes:
    """The bytes of base64 as RFC 4648 section 4 has it; one spelling only."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise NotProved("something is not base64") from None
    need(base64.b64encode(data).decode() == text, "something is not base64")
    need(size is None or len(data) == size, "a hash or key has another length")
    return data


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(text: str) -> int:
    need(NUMBER.fullmatch(text), "something is not a number")
    return int(text)


# Signatures: https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature


class Key:
    """A verifier key: `name+id+base64(type, public key)`."""

    def __init__(self, vkey: str, kind: int) -> None:
        parts = vkey.split("+", 2)
        need(len(parts) == 3, "a key is not written as keys are")
        self.name, written = parts[0], parts[1]
        material = decode64(parts[2], 33)
        need(material[0] == kind, f"{self.name} is a key of another type")
        self.public, self.kind = material[1:], kind
        self.id = hashlib.sha256(self.name.encode() + b"\n" + material).digest()[:4]
        need(self.id.hex() == written, f"the id of the key {self.name} is wrong")

    def check(self, text: str, signature: bytes) -> int | None:
        """The time of a witness's signature, None of a log's. NotProved if it is false."""
        message = text.encode()
        at = None
        if self.kind == WITNESS:
            need(len(signature) == 72, f"the signature of {self.name} is too short")
            at = int.from_bytes(signature[:8], "big")
            message, signature = f"cosignature/v1\ntime {at}\n{text}".encode(), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise NotProved(f"the signature of {self.name} is false") from None
        return at


def signatures(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a note, and name, key id and bytes of each signature under it."""
    text, gap, lines = note.rpartition("\n\n")
    need(gap and lines.endswith("\n"), "the checkpoint is not a signed note")
    found: list[tuple[str, bytes, bytes]] = []
    for line in lines[:-1].split("\n"):
        need(line.startswith("\N{EM DASH} "), "the checkpoint is not a signed note")
        name, _, written = line[2:].partition(" ")
        data = decode64(written)
        need(name and len(data) > 4, "the checkpoint is not a signed note")
        found.append((name, data[:4], data[4:]))
    return text + "\n", found


def signed_by(key: Key, text: str, found: list[tuple[str, bytes, bytes]]) -> list[int | None]:
    """Times of the signatures by a key; one that is false condemns the note."""
    own = [value for name, number, value in found if (name, number) == (key.name, key.id)]
    return [key.check(text, value) for value in own]


# Whom to trust: https://c2sp.org/tlog-policy


class Policy:
    """The keys of a log, and the group of witnesses that must have cosigned."""

    def __init__(self, text: str) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        for line in text.split("\n"):
            words = line.split()
            if words and not words[0].startswith("#"):
                self._read(words[0], words[1:])
        need(self.logs and self.quorum, "the policy names no log or no quorum")

    def _read(self, kind: str, words: list[str]) -> None:
        if kind == "log" and 1 <= len(words) <= 2:
            self.logs.append(Key(words[0], LOG))
        elif kind == "witness" and 2 <= len(words) <= 3:
            self._new(words[0])
            self.witnesses[words[0]] = Key(words[1], WITNESS)
        elif kind == "group" and len(words) >= 3:
            name, least, members = words[0], words[1], words[2:]
            self._new(name)
            need(all(map(self._known, members)), f"the group {name} has unknown members")
            count = {"all": len(members), "any": 1}.get(least) or number(least)
            need(1 <= count <= len(members), f"the group {name} asks for too many")
            self.groups[name] = (count, members)
        elif kind == "quorum" and len(words) == 1 and not self.quorum:
            need(words[0] == "none" or self._known(words[0]), "the quorum is not known")
            self.quorum = words[0]
        else:
            raise NotProved(f"the policy has a line that is none: {kind}")

    def _known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _new(self, name: str) -> None:
        need(name != "none" and not self._known(name), f"the policy names {name} twice")

    def met(self, name: str, seen: dict[str, int]) -> bool:
        """Whether those who cosigned are enough."""
        if name == "none" or name in seen:
            return True
        count, members = self.groups.get(name, (1, []))
        return sum(self.met(each, seen) for each in members) >= count


# The tree: RFC 6962 section 2.1, checked as RFC 9162 section 2.1.3.2 says


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(index: int, size: int, root: bytes, leaf: bytes, hashes: list[bytes]) -> None:
    need(index < size, "the log was shorter than that")
    at, last, found = index, size - 1, leaf
    for each in hashes:
        need(last > 0, "the proof is too long")
        if at & 1 or at == last:
            found = node_hash(each, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    need(last == 0, "the proof is too short")
    need(found == root, "the entry is not in the log")


def check_proof(proof: str, entry: bytes, policy: Policy) -> dict[str, Any]:
    """Index of the entry, origin and size of the log, and when witnesses cosigned."""
    head, gap, note = proof.partition("\n\n")
    lines = head.split("\n")
    need(gap and lines[0] == PROOF, "there is no proof of a kind that is known")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]  # nothing vouches for it
    need(len(lines) > 1 and lines[1].startswith("index "), "the proof has no index")
    index = number(lines[1][len("index ") :])
    origin, size, root, seen = check_checkpoint(note, policy)
    hashes = [decode64(line, 32) for line in lines[2:]]
    check_inclusion(index, size, root, leaf_hash(entry), hashes)
    return {
        "index": index,
        "origin": origin,
        "size": size,
        "witnesses": times_of(seen, policy),
    }


def times_of(seen: dict[str, int], policy: Policy) -> dict[str, str]:
    """The names of witnesses, and when each cosigned."""
    return {
        policy.witnesses[name].name: datetime.fromtimestamp(at, timezone.utc).isoformat()
        for name, at in seen.items()
    }


def check_checkpoint(note: str, policy: Policy) -> tuple[str, int, bytes, dict[str, int]]:
    """Origin, size and root of a signed log, and when witnesses cosigned."""
    text, found = signatures(note)
    said = text.split("\n")
    need(len(said) >= 4, "the checkpoint is too short")
    origin, size, root = said[0], number(said[1]), decode64(said[2], 32)
    keys = [key for key in policy.logs if key.name == origin]
    need(keys, f"this is of the log {origin}, which the policy does not name")
    ours = [each for key in keys for each in signed_by(key, text, found)]
    need(ours, "the log did not sign this")
    seen: dict[str, int] = {}
    for name, key in policy.witnesses.items():
        times = [at for at in signed_by(key, text, found) if at is not None]
        if times:
            seen[name] = min(times)
    need(policy.met(policy.quorum, seen), "too few witnesses have cosigned this")
    return origin, size, root, seen


# The whole log: https://c2sp.org/tlog-tiles


def leaves(log: str, size: int) -> Iterator[bytes]:
    """The hashes of all entries, from tiles of 256."""
    for index in range(-(-size // 256)):
        digits = f"{index:0{-(-len(str(index)) // 3) * 3}}"
        parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        path = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
        width = min(256, size - 256 * index)
        with urlopen(f"{log}/tile/0/{path}" + (f".p/{width}" if width < 256 else "")) as file:
            data = file.read()
        need(len(data) == 32 * width, "a tile has another length")
        yield from (data[i : i + 32] for i in range(0, len(data), 32))


def roots(hashes: Iterator[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root of the tree over the first entries, for each of these sizes."""
    peaks: list[tuple[int, bytes]] = []
    found = {0: hashlib.sha256(b"").digest()}
    for size, leaf in enumerate(hashes, 1):
        count, made = 1, leaf
        while peaks and peaks[-1][0] == count:
            count, made = 2 * count, node_hash(peaks.pop()[1], made)
        peaks.append((count, made))
        if size in sizes:
            found[size] = made
            for _, left in reversed(peaks[:-1]):
                found[size] = node_hash(left, found[size])
    return found


def check_log(kept: str, log: str, policy: Policy) -> dict[str, Any]:
    """That the log of today begins with the one that was kept. Raises NotProved."""
    with urlopen(f"{log}/checkpoint") as file:
        today = file.read().decode()
    _, old, old_root, _ = check_checkpoint(kept, policy)
    origin, size, root, seen = check_checkpoint(today, policy)
    need(old <= size, f"{old} entries were kept, and there are only {size} today")
    found = roots(leaves(log, size), {old, size})
    need(found[size] == root, "the entries of today are not those that are signed")
    need(found[old] == old_root, "the log of today does not begin with the one that was kept")
    return {"origin": origin, "kept": old, "size": size, "witnesses": times_of(seen, policy)}


# The entry and what opens it: docs/ledger.md


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    need(len(found) == len(pairs), "a member appears twice")
    return found


def read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=once)
    except ValueError:
        raise NotProved("something is not JSON") from None


def open_fields(entry: dict[str, Any], disclosures: list[str]) -> dict[str, Any]:
    """The fields that the disclosures open; each must be committed to in the entry."""
    fields: dict[str, Any] = {}
    for each in disclosures:
        committed = base64url(hashlib.sha256(each.encode()).digest())
        need(committed in entry["_sd"], "a disclosure is not of this entry")
        try:
            data = base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))
            found = read_json(data.decode())
        except (ValueError, binascii.Error):
            raise NotProved("a disclosure cannot be read") from None
        need(isinstance(found, list) and len(found) == 3, "a disclosure has other parts")
        salt, name, value = found
        need(isinstance(salt, str) and len(salt) == 43, "a salt has another length")
        need(isinstance(name, str) and name not in fields, "a field is opened twice")
        fields[name] = value
    return fields


def check(receipt: bytes, policy: Policy) -> dict[str, Any]:
    """All that the receipt proves. Raises NotProved."""
    try:
        text = receipt.decode("utf-8")
    except UnicodeDecodeError:
        raise NotProved("this is not a receipt") from None
    head, gap, proof = text.partition("\n\n")
    header, *lines = head.split("\n")
    need(gap and header == HEADER and lines, "this is not a receipt")
    entry = read_json(lines[0])
    need(isinstance(entry, dict), "the entry is not one")
    proved = check_proof(proof, lines[0].encode(), policy)
    if entry.get("kind") == "index":
        need(len(lines) == 1, "a day's count has nothing to open")
        return {**proved, "entry": entry, "fields": {}}
    need(set(entry) == MEMBERS and isinstance(entry["_sd"], list), "the entry is not one")
    return {**proved, "entry": entry, "fields": open_fields(entry, lines[1:])}


def told(proved: dict[str, Any]) -> Iterator[str]:
    """What is proved, in plain words."""
    if "kept" in proved:
        yield f"Genuine. The log {proved['origin']} has {proved['size']} entries today,"
        yield f"and the first {proved['kept']} are those that were kept."
    else:
        yield from told_of_entry(proved)
    for name, at in proved["witnesses"].items():
        yield f"Cosigned by {name} at {at}."
    if not proved["witnesses"]:
        yield "No witness that you trust has cosigned: the city alone vouches for it."


def told_of_entry(proved: dict[str, Any]) -> Iterator[str]:
    """What a receipt proves."""
    entry = proved["entry"]
    yield f"Genuine. Entry {proved['index']} of {proved['size']} in the log {proved['origin']}:"
    for name in ("city", "case", "seq", "kind", "time", "day", "cases", "events"):
        if name in entry:
            yield f"  {name}: {entry[name]}"
    for name, value in proved["fields"].items():
        yield f"  {name}: {json.dumps(value, ensure_ascii=False)}"
    closed = len(entry.get("_sd", ())) - len(proved["fields"])
    if closed:
        yield f"  fields that this receipt does not open: {closed}"


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("receipt", nargs="?")
    trust = parser.add_mutually_exclusive_group(required=True)
    trust.add_argument("--policy", help="file that names the log and its witnesses")
    trust.add_argument("--vkey", help="the log's key alone")
    parser.add_argument("--kept", help="file of a checkpoint that was kept")
    parser.add_argument("--log", help="address of the log, with --kept")
    parser.add_argument("--json", action="store_true", help="tell it to a program")
    given = parser.parse_args()
    if bool(given.receipt) == bool(given.kept) or bool(given.kept) != bool(given.log):
        parser.error("name a receipt, or --kept and --log")
    try:
        written = read(given.policy) if given.policy else f"log {given.vkey}\nquorum none\n"
        policy = Policy(written)
        if given.kept:
            proved = check_log(read(given.kept), given.log.rstrip("/"), policy)
        else:
            with open(given.receipt, "rb") as file:
                proved = check(file.read(), policy)
    except (NotProved, OSError, UnicodeDecodeError) as reason:
        print(f"Not proved: {reason}", file=sys.stderr)
        return 1
    print(json.dumps(proved, ensure_ascii=False) if given.json else "\n".join(told(proved)))
    return 0


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
