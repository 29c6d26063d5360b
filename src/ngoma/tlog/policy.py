"""Whose word a reader takes: the keys of one log, and how many witnesses must have looked.

The log's keys say that the log stands by a checkpoint; only the witnesses make sure that it shows
everybody the same one.
"""

from dataclasses import dataclass

from ngoma.tlog.checkpoint import Checkpoint, open_checkpoint
from ngoma.tlog.cosignature import Witness, cosigned
from ngoma.tlog.note import Note, Verifier
from ngoma.tlog.refusal import BadSignature


@dataclass(frozen=True)
class Policy:
    """`quorum` of these witnesses, of which each has a key of its own, must have cosigned."""

    origin: str
    log_keys: tuple[Verifier, ...]
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        """ValueError if one key would count twice or the quorum cannot be met."""
        keys = [key.public for key in (*self.log_keys, *self.witnesses)]
        if len(set(keys)) != len(keys):
            raise ValueError("a key appears twice in a policy")
        if not self.log_keys or not 0 <= self.quorum <= len(self.witnesses):
            raise ValueError("a policy needs a log key and a quorum that its witnesses can meet")

    def check(self, note: Note) -> tuple[Checkpoint, dict[Witness, int]]:
        """The checkpoint, and when each witness cosigned it, in seconds since 1970.

        Raises `Refused`. Whether those times are recent enough is for the caller to say.
        """
        checkpoint = open_checkpoint(note, self.origin, self.log_keys)
        seen = cosigned(note, self.witnesses)
        if len(seen) < self.quorum:
            raise BadSignature(f"{len(seen)} of {self.quorum} witnesses cosigned this checkpoint")
        return checkpoint, seen
