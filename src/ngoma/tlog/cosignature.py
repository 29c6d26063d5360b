"""Witnesses' signatures under a checkpoint, https://c2sp.org/tlog-cosignature, Ed25519 (v1).

A cosignature says: at this time the largest tree of this log that I had seen, and that was
consistent with all I had seen before, had this size and root. The signature is eight bytes of
time, seconds since 1970, and Ed25519 over a header, the time and the checkpoint's text. The
checkpoint's further lines are signed too, but the witness vouches for none of them.
"""

from collections.abc import Iterable

from ngoma.tlog import keys
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.note import Note, Signature
from ngoma.tlog.refusal import BadSignature
from ngoma.tlog.text import LARGEST

_TIME = 8
_ED25519 = 64


class Witness(keys.PublicKey):
    """A key whose signatures are dated cosignatures."""

    kind = keys.COSIGNATURE

    def verify(self, text: str, signature: bytes) -> None:
        """Raise `BadSignature` unless this witness cosigned the checkpoint with this text."""
        at = seconds(signature)
        self._verify(_message(text, at), signature[_TIME:])


class Cosigner(keys.PrivateKey):
    """A witness's own key. One key serves one witness: the signature does not name it."""

    kind = keys.COSIGNATURE

    @property
    def witness(self) -> Witness:
        """The key to give to whoever checks."""
        return Witness(self.name, self.public)

    def cosign(self, checkpoint: Checkpoint, at: int) -> Signature:
        """This witness's signature, made at `at`, in seconds since 1970 and not 0."""
        if not 0 < at <= LARGEST:
            raise ValueError("a cosignature needs the time")
        value = at.to_bytes(_TIME, "big") + self._sign(_message(checkpoint.text, at))
        return Signature(self.name, self.id, value)


def cosigned(note: Note, witnesses: Iterable[Witness]) -> dict[Witness, int]:
    """Who of the witnesses cosigned a note, and when first, in seconds since 1970.

    Raises `BadSignature` if a cosignature of one of them is false.
    """
    found: dict[Witness, int] = {}
    for witness, signature in note.signed_by(witnesses):
        at = seconds(signature.value)
        found[witness] = min(at, found.get(witness, at))
    return found


def seconds(signature: bytes) -> int:
    """The time in a cosignature, in seconds since 1970; `BadSignature` if it is none."""
    at = int.from_bytes(signature[:_TIME], "big")
    if len(signature) != _TIME + _ED25519 or at > LARGEST:
        raise BadSignature("not a cosignature")
    return at


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
