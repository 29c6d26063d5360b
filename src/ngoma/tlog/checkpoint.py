"""Checkpoints, https://c2sp.org/tlog-checkpoint: the size and root of a log, in a note it signs.

The text has three lines or more: the origin, which names the log for ever, the number of entries,
the root of their tree in base64, and lines that are the log's own business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ngoma.tlog.note import Note, Signer, Verifier
from ngoma.tlog.refusal import BadSignature, Malformed
from ngoma.tlog.text import HASH_SIZE, LARGEST, decode_hash, decode_number, encode64


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: it had `size` entries, and their tree had this root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be written and read again."""
        lines = (self.origin, *self.extensions)
        if not all(lines) or any(c < " " for line in lines for c in line):
            raise Malformed("a checkpoint has no empty line and no control characters")
        if not 0 <= self.size <= LARGEST or len(self.root) != HASH_SIZE:
            raise Malformed("a checkpoint has a size and a hash of 32 bytes")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint a note's text writes, or `Malformed`. `text` is the same text again."""
        if not text.endswith("\n"):
            raise Malformed("a checkpoint ends in a newline")
        lines = text[:-1].split("\n")
        if len(lines) < 3:
            raise Malformed("a checkpoint has an origin, a size and a root")
        size, root = decode_number(lines[1]), decode_hash(lines[2])
        return cls(lines[0], size, root, tuple(lines[3:]))

    @property
    def text(self) -> str:
        """The text of the note."""
        lines = (self.origin, str(self.size), encode64(self.root), *self.extensions)
        return "\n".join(lines) + "\n"

    def sign(self, *signers: Signer) -> Note:
        """The note that the log publishes at `checkpoint`.

        A log signs no checkpoint that is not consistent with every one it signed before.
        """
        return Note(self.text, tuple(signer.sign(self.text) for signer in signers))


def open_checkpoint(note: Note, origin: str, log_keys: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint in a note, if it is of this log and one of the log's keys signed it.

    Witnesses' signatures do not count here. `Refused` if anything is wrong.
    """
    found = Checkpoint.parse(note.text)
    if found.origin != origin:
        raise BadSignature("a checkpoint of another log")
    if not note.signed_by(log_keys):
        raise BadSignature("the log has not signed this checkpoint")
    return found
