"""Asking the witnesses of the policy for their cosignatures, https://c2sp.org/tlog-witness.

A witness that does not answer holds nothing up: entries are added and signed meanwhile, and the
newest checkpoint is cosigned when it comes back.
"""

from datetime import timedelta

import httpx
import structlog
from django.db import transaction
from django.db.models import F

from ngoma.base.clock import now
from ngoma.ledger import publishing, sealing
from ngoma.ledger.tree import Stored
from ngoma.records.models import Asked, Checkpoint
from ngoma.tlog import witness as protocol
from ngoma.tlog.cosignature import Witness
from ngoma.tlog.merkle import prove_consistency
from ngoma.tlog.note import Note
from ngoma.tlog.refusal import Refused
from ngoma.work.queue import put

log = structlog.get_logger(__name__)

ASK = "ledger.ask"
"""The job that asks a witness."""
PATIENCE_S = 5.0
TRIES = 3
"""Times in one go: a witness may have seen another size than we remember, and then says which."""
LONGEST_PAUSE = timedelta(minutes=5)
FRESH = timedelta(minutes=5)
"""A checkpoint that is older is signed and cosigned anew, so that times stay close."""


class NoCosignature(RuntimeError):
    """A witness that did not cosign; the text says why."""


def watch() -> None:
    """Ask each witness that has not cosigned the newest checkpoint."""
    last = Checkpoint.objects.order_by("pk").last()
    policy = publishing.policy()
    if last is None or policy is None or not policy.addresses:
        return
    if last.made_at < now() - FRESH:
        last = sealing.sign_again()
    for witness in policy.addresses:
        asked, _ = Asked.objects.get_or_create(name=witness.name)
        # Farther than it may be: the clock was set back.
        waits = asked.ask_at is not None and now() < asked.ask_at <= now() + LONGEST_PAUSE
        if asked.checkpoint != last.pk and not waits:
            put(ASK, {"witness": witness.name}, key=f"{ASK} {witness.name}")
    since = publishing.overdue()
    if since is not None:
        log.error("the ledger waits for its witnesses", since=since.isoformat())


def ask(witness: str) -> None:
    """Ask one witness to cosign the newest checkpoint, and keep what it answers."""
    policy = publishing.policy()
    found = [each for each in policy.addresses if each.name == witness] if policy else []
    last = Checkpoint.objects.order_by("pk").last()
    if policy is None or not found or last is None:
        return  # the policy was changed meanwhile
    asked, _ = Asked.objects.get_or_create(name=witness)
    try:
        note = _cosign(found[0], policy.addresses[found[0]], last, asked)
    except (NoCosignature, Refused, httpx.HTTPError) as error:
        _failed(asked, f"{type(error).__name__}: {error}")
        return
    with transaction.atomic():
        row = Checkpoint.objects.select_for_update().get(pk=last.pk)
        publishing.keep(row, Note.parse(row.note.encode()).plus(*note.signatures))
    asked.size, asked.checkpoint, asked.answered_at = last.size, last.pk, now()
    asked.failed_at, asked.failures, asked.failure, asked.ask_at = None, 0, "", None
    asked.save()


def _cosign(witness: Witness, address: str, last: Checkpoint, asked: Asked) -> Note:
    """The checkpoint with the witness's cosignature alone added. Raises where there is none."""
    signed = Note.parse(last.note.encode())
    own = Note(
        signed.text, tuple(each for each in signed.signatures if each.name == _origin(signed))
    )
    for _ in range(TRIES):
        answer = httpx.post(
            f"{address.rstrip('/')}/add-checkpoint",
            content=_request(own, asked.size, last.size).encode(),
            timeout=PATIENCE_S,
        )
        if answer.status_code == 200:
            return protocol.add_cosignatures(own, answer.content, [witness])
        if answer.status_code != 409:
            raise NoCosignature(f"{answer.status_code} {answer.text[:100].strip()}")
        asked.size = protocol.read_size(answer.content)
    raise NoCosignature("it tells another size each time")


def _request(note: Note, old: int, size: int) -> protocol.Request:
    if old > size:
        raise NoCosignature(f"it has seen {old} entries, and the log has {size}: an older copy?")
    proof = prove_consistency(old, size, Stored(size).read) if old > 0 else []
    return protocol.Request(old, tuple(proof), note)


def _origin(note: Note) -> str:
    return note.text.partition("\n")[0]


def _failed(asked: Asked, failure: str) -> None:
    """Wait twice as long each time before it is asked again."""
    pause = min(timedelta(seconds=2.0 ** min(asked.failures, 10)), LONGEST_PAUSE)
    Asked.objects.filter(pk=asked.pk).update(
        size=asked.size,
        failed_at=asked.failed_at or now(),
        failures=F("failures") + 1,
        failure=failure[:200],
        ask_at=now() + pause,
    )
