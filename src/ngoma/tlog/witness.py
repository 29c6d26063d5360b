"""What a witness is asked and answers, https://c2sp.org/tlog-witness, without any server.

A log posts its new checkpoint to `add-checkpoint` with a proof that the new tree begins with the
one the witness cosigned last. The witness cosigns if that is so: a log that has shown different
people different trees cannot go on with both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner, Witness
from ngoma.tlog.merkle import EMPTY, check_consistency
from ngoma.tlog.note import Note, Signature, Verifier
from ngoma.tlog.refusal import BadProof, BadSignature, Malformed
from ngoma.tlog.text import decode_hash, decode_number, encode64

LONGEST_PROOF = 63
"""Hashes a consistency proof may have."""
PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
"""Content type of the answer 409, which names the size the witness cosigned last."""
_OLD = "old "


@dataclass(frozen=True)
class Request:
    """Body of `add-checkpoint`: a new checkpoint and the proof from size `old` to it."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def encode(self) -> bytes:
        """The body to post."""
        lines = [f"{_OLD}{self.old}", *map(encode64, self.proof), "", ""]
        return "\n".join(lines).encode() + self.note.encode()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The request in a body, nothing of it checked, or `Malformed`."""
        head, gap, note = body.partition(b"\n\n")
        if not gap or not head.isascii():
            raise Malformed("a request has an empty line and a checkpoint after it")
        first, *lines = head.decode("ascii").split("\n")
        if not first.startswith(_OLD) or len(lines) > LONGEST_PROOF:
            raise Malformed(f"a request has an old size and at most {LONGEST_PROOF} hashes")
        old = decode_number(first.removeprefix(_OLD))
        return cls(old, tuple(map(decode_hash, lines)), Note.parse(note))


@dataclass(frozen=True)
class Answer:
    """What a witness answers. `keep` is there with status 200 alone."""

    status: int
    body: bytes
    content_type: str = PLAIN
    keep: Note | None = None
    """The cosigned checkpoint, which must be kept so that it lasts before the answer leaves."""


def decide(
    body: bytes,
    logs: Mapping[str, Sequence[Verifier]],
    latest: Callable[[str], Checkpoint | None],
    cosigner: Cosigner,
    now: int,
) -> Answer:
    """Answer a request as the witness `cosigner`, at `now` in seconds since 1970.

    `logs` has the keys of each log by origin, `latest` gives the checkpoint of an origin that this
    witness cosigned last. No other request for the origin may be decided from the moment `latest`
    is asked until `keep` is kept, or the witness could take back what it said.
    """
    try:
        request = Request.parse(body)
        checkpoint = Checkpoint.parse(request.note.text)
        keys = logs.get(checkpoint.origin)
        if keys is None:
            return _refuse(404, "this witness does not know the log")
        signed = request.note.signed_by(keys)
        if not signed:
            return _refuse(403, "no key of the log signed the checkpoint")
        if request.old > checkpoint.size:
            return _refuse(400, "the old size is larger than the checkpoint's")
        before = latest(checkpoint.origin)
        size = before.size if before else 0
        if request.old != size:
            return Answer(409, f"{size}\n".encode(), SIZE)
        _check_growth(before.root if before else EMPTY, request, checkpoint)
    except Malformed as wrong:
        return _refuse(400, str(wrong))
    except BadSignature as wrong:
        return _refuse(403, str(wrong))
    except BadProof as wrong:
        return _refuse(422, str(wrong))
    cosignature = cosigner.cosign(checkpoint, now)
    keep = Note(checkpoint.text, (*(one for _, one in signed), cosignature))
    return Answer(200, f"{cosignature}\n".encode(), keep=keep)


def add_cosignatures(note: Note, body: bytes, witnesses: Iterable[Witness]) -> Note:
    """The log's note with the cosignatures that a witness answered, those of known witnesses.

    Raises `Malformed` if the answer is none, `BadSignature` if one is false or all are unknown.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Malformed("an answer is UTF-8") from wrong
    if not text.endswith("\n"):
        raise Malformed("an answer is lines of signatures")
    lines = tuple(Signature.parse(line) for line in text[:-1].split("\n"))
    found = Note(note.text, lines).signed_by(witnesses)
    if not found:
        raise BadSignature("no witness that is known cosigned the checkpoint")
    return note.plus(*(signature for _, signature in found))


def read_size(body: bytes) -> int:
    """The size in the answer 409, from which the log is to prove, or `Malformed`."""
    if not body.isascii() or not body.endswith(b"\n"):
        raise Malformed("not a size")
    return decode_number(body[:-1].decode("ascii"))


def monitor_path(origin: str) -> str:
    """The path under a witness's prefix where its latest checkpoint of a log stands."""
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"


def _check_growth(root: bytes, request: Request, new: Checkpoint) -> None:
    """Raise `BadProof` unless the new tree begins with the old one, whose root is given."""
    if new.size == 0 and new.root != EMPTY:
        raise BadProof("an empty tree has another root")
    if request.old > 0:
        check_consistency(request.old, new.size, root, new.root, request.proof)
    elif request.proof:
        raise BadProof("nothing has to be proved of an empty tree")


def _refuse(status: int, reason: str) -> Answer:
    return Answer(status, f"{reason}\n".encode())
