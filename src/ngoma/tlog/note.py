"""Signed notes, https://c2sp.org/signed-note: a text, an empty line, and a line for each signature.

A signature by a key that is not known says nothing and is passed over; one that names a known key
and is false condemns the whole note.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TypeVar

from ngoma.tlog import keys
from ngoma.tlog.refusal import BadSignature, Malformed
from ngoma.tlog.text import decode64, encode64

MOST_SIGNATURES = 100
"""A note with more is refused; the format asks readers to take at least 16."""
_ID = 4
_DASH = "\N{EM DASH} "

Key = TypeVar("Key", bound=keys.PublicKey)


@dataclass(frozen=True)
class Signature:
    """What one key put under a text: the bytes mean what the key's type says."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """The line of the note, without its newline."""
        return f"{_DASH}{self.name} {encode64(self.key_id + self.value)}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """The signature a line of a note writes, or `Malformed`."""
        if not line.startswith(_DASH):
            raise Malformed("not the line of a signature")
        name, _, written = line.removeprefix(_DASH).partition(" ")
        keys.check_name(name)
        data = decode64(written)
        if len(data) <= _ID:
            raise Malformed("a signature has bytes after the key's id")
        return cls(name, data[:_ID], data[_ID:])


@dataclass(frozen=True)
class Note:
    """A text, which ends in a newline, and at least one signature, none of them checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be written and read again."""
        if not self.text.endswith("\n") or any(c < " " and c != "\n" for c in self.text):
            raise Malformed("a note's text ends in a newline and has no control characters")
        if not 0 < len(self.signatures) <= MOST_SIGNATURES:
            raise Malformed(f"a note has from 1 to {MOST_SIGNATURES} signatures")

    @classmethod
    def parse(cls, message: bytes) -> Self:
        """The note that the bytes write, or `Malformed`. `encode` gives the same bytes again."""
        try:
            written = message.decode("utf-8")
        except UnicodeDecodeError as wrong:
            raise Malformed("a note is UTF-8") from wrong
        text, gap, lines = written.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise Malformed("a note has an empty line and signatures after its text")
        return cls(text + "\n", tuple(Signature.parse(line) for line in lines[:-1].split("\n")))

    def encode(self) -> bytes:
        """The bytes to publish."""
        lines = [f"{signature}\n" for signature in self.signatures]
        return f"{self.text}\n{''.join(lines)}".encode()

    def plus(self, *signatures: Signature) -> Self:
        """The note with signatures added, each in place of an earlier one by the same key."""
        new = {(one.name, one.key_id) for one in signatures}
        kept = tuple(one for one in self.signatures if (one.name, one.key_id) not in new)
        return type(self)(self.text, kept + signatures)

    def signed_by(self, known: Iterable[Key]) -> list[tuple[Key, Signature]]:
        """The signatures by known keys, in the order of the note, all of them checked.

        Raises `BadSignature` if one is false, and ValueError if two known keys share name and id.
        """
        by_id: dict[tuple[str, bytes], Key] = {}
        for key in known:
            if by_id.setdefault((key.name, key.id), key) != key:
                raise ValueError(f"two keys called {key.name} have one id")
        found = []
        for signature in self.signatures:
            by = by_id.get((signature.name, signature.key_id))
            if by:
                by.verify(self.text, signature.value)
                found.append((by, signature))
        return found


class Verifier(keys.PublicKey):
    """A key whose signature is Ed25519 over the note's text."""

    kind = keys.ED25519

    def verify(self, text: str, signature: bytes) -> None:
        """Raise `BadSignature` unless this key signed the text."""
        self._verify(text.encode(), signature)


class Signer(keys.PrivateKey):
    """A key that signs the text of notes."""

    kind = keys.ED25519

    @property
    def verifier(self) -> Verifier:
        """The key to give to whoever checks."""
        return Verifier(self.name, self.public)

    def sign(self, text: str) -> Signature:
        """This key's signature under a note's text."""
        return Signature(self.name, self.id, self._sign(text.encode()))


def open_note(message: bytes, known: Iterable[keys.PublicKey]) -> Note:
    """The note, if at least one known key signed it and none falsely, or `Refused`."""
    note = Note.parse(message)
    if not note.signed_by(known):
        raise BadSignature("no key that is known signed this note")
    return note
