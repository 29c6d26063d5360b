"""Keys of a log and its witnesses, as https://c2sp.org/signed-note writes them.

A key has a name, a type byte that says what its signatures mean, and 32 bytes of Ed25519 (RFC
8032). Its id is the first four bytes of SHA-256 over name, newline, type and public key: it tells
which key a signature is by and proves nothing. A verifier key is written
`<name>+<id in hex>+<base64 of type and public key>`. The text of a signer key is that of
golang.org/x/mod/sumdb/note: `PRIVATE+KEY+<name>+<id in hex>+<base64 of type and seed>`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from ngoma.tlog.refusal import BadSignature, Malformed
from ngoma.tlog.text import decode64, encode64

ED25519 = 0x01
"""Type of a key that signs a note's text."""
COSIGNATURE = 0x04
"""Type of a key that signs a checkpoint with the time."""
KEY_SIZE = 32
"""Bytes of a public key, and of the seed of a private one."""
_PRIVATE = "PRIVATE+KEY+"


def check_name(name: str) -> None:
    """Raise `Malformed` unless the name is not empty and has no space, plus or control character.

    It is best the log's or witness's address without the scheme: nobody else then has that name.
    """
    if not name or any(c.isspace() or c == "+" or c < " " for c in name):
        raise Malformed("not the name of a key")


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The four bytes that, with the name, tell a key from others."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class PublicKey(ABC):
    """A key that checks signatures of one type."""

    name: str
    public: bytes
    kind: ClassVar[int]

    def __post_init__(self) -> None:
        """Refuse a key that could not be written."""
        check_name(self.name)
        if len(self.public) != KEY_SIZE:
            raise Malformed(f"a public key of Ed25519 has {KEY_SIZE} bytes")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that a verifier key writes; `Malformed` if wrong or of another type."""
        name, written, public = _split(text, cls.kind)
        key = cls(name, public)
        if written != key.id.hex():
            raise Malformed("the id is not this key's")
        return key

    def __str__(self) -> str:
        """The verifier key."""
        return f"{self.name}+{self.id.hex()}+{encode64(bytes([self.kind]) + self.public)}"

    @property
    def id(self) -> bytes:
        """The four bytes that stand before every signature of this key."""
        return key_id(self.name, self.kind, self.public)

    @abstractmethod
    def verify(self, text: str, signature: bytes) -> None:
        """Raise `BadSignature` unless the signature is this key's under a note's text."""

    def _verify(self, message: bytes, signature: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature as wrong:
            raise BadSignature(f"the signature of {self.name} is false") from wrong


@dataclass(frozen=True)
class PrivateKey:
    """A key that makes signatures of one type. Its seed is secret; printing a key hides it."""

    name: str
    seed: bytes = field(repr=False)
    kind: ClassVar[int]

    def __post_init__(self) -> None:
        """Refuse a key that could not be written."""
        check_name(self.name)
        if len(self.seed) != KEY_SIZE:
            raise Malformed(f"a seed of Ed25519 has {KEY_SIZE} bytes")

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new key from the system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that a signer key writes; `Malformed` if wrong or of another type."""
        if not text.startswith(_PRIVATE):
            raise Malformed("not a signer key")
        name, written, seed = _split(text.removeprefix(_PRIVATE), cls.kind)
        key = cls(name, seed)
        if written != key.id.hex():
            raise Malformed("the id is not this key's")
        return key

    def secret(self) -> str:
        """The signer key: keep it where only its owner can read it."""
        written = encode64(bytes([self.kind]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.id.hex()}+{written}"

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._key.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        """The four bytes that stand before every signature of this key."""
        return key_id(self.name, self.kind, self.public)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def _sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def _split(text: str, kind: int) -> tuple[str, str, bytes]:
    """Name, id as written, and key material of a key of this type."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Malformed("a key has a name, an id and key material")
    material = decode64(parts[2])
    if material[:1] != bytes([kind]):
        raise Malformed(f"not a key of type {kind}")
    return parts[0], parts[1], material[1:]
