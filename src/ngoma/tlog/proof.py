"""Proof files, https://c2sp.org/tlog-proof: that an entry is in a log, checked without the log.

Such a file, `.tlog-proof`, holds the entry's index, the inclusion proof and the checkpoint with
its signatures. It may hold extra bytes, which nothing vouches for.
"""

from dataclasses import dataclass
from typing import Self

from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Witness
from ngoma.tlog.merkle import check_inclusion
from ngoma.tlog.note import Note
from ngoma.tlog.policy import Policy
from ngoma.tlog.refusal import Malformed
from ngoma.tlog.text import decode64, decode_hash, decode_number, encode64

_HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra "
_INDEX = "index "


@dataclass(frozen=True)
class Proof:
    """That entry `index` is in the log of the checkpoint; `hashes` begin beside the leaf."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def encode(self) -> bytes:
        """The bytes of the file."""
        lines = [_HEADER]
        if self.extra:
            lines.append(_EXTRA + encode64(self.extra))
        lines += [f"{_INDEX}{self.index}", *map(encode64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.note.encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The proof in a file, not checked yet, or `Malformed`."""
        head, gap, note = data.partition(b"\n\n")
        if not gap or not head.isascii():
            raise Malformed("a proof has an empty line and a checkpoint after it")
        lines = head.decode("ascii").split("\n")[::-1]
        if lines.pop() != _HEADER:
            raise Malformed("not a proof of a kind that is known")
        extra = b""
        if lines and lines[-1].startswith(_EXTRA):
            extra = decode64(lines.pop().removeprefix(_EXTRA))
            if not extra:
                raise Malformed("extra data that is empty is left out")
        if not lines or not lines[-1].startswith(_INDEX):
            raise Malformed("a proof has an index")
        index = decode_number(lines.pop().removeprefix(_INDEX))
        return cls(index, tuple(map(decode_hash, lines[::-1])), Note.parse(note), extra)

    def check(self, leaf: bytes, policy: Policy) -> tuple[Checkpoint, dict[Witness, int]]:
        """Check that the entry with this leaf hash is in the log, as the policy asks.

        Returns the checkpoint and when each witness cosigned it, in seconds since 1970; raises
        `Refused`. The extra data is not covered by any of this.
        """
        checkpoint, seen = policy.check(self.note)
        check_inclusion(self.index, checkpoint.size, checkpoint.root, leaf, self.hashes)
        return checkpoint, seen
