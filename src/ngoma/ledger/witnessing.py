"""Being a witness: cosigning other logs that only ever grow, https://c2sp.org/tlog-witness.

The logs are those of NGOMA_WITNESS_LOGS. What was cosigned last is kept before the answer leaves,
so this witness never cosigns two histories of one log.
"""

from collections import defaultdict
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ngoma.base.clock import now
from ngoma.ledger import keyfile
from ngoma.records.models import Cosigned
from ngoma.tlog import witness as protocol
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.note import Note, Verifier
from ngoma.tlog.refusal import Malformed


class LogsRefused(RuntimeError):
    """A list of logs that cannot be used; the text says why."""


def cosigner() -> Cosigner:
    """Our key as a witness. Raises `KeyRefused`."""
    name = f"{settings.NGOMA_URL.partition('//')[2]}/witness"
    file = Path(settings.NGOMA_DATA) / "keys" / "witness"
    return keyfile.read_or_make(file, Cosigner, name)[-1]


def logs() -> dict[str, list[Verifier]]:
    """The keys of the logs that we witness, by origin. Raises `LogsRefused`."""
    found: dict[str, list[Verifier]] = defaultdict(list)
    if not settings.NGOMA_WITNESS_LOGS:
        return found
    try:
        lines = Path(settings.NGOMA_WITNESS_LOGS).read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line.strip() and not line.startswith("#"):
                key = Verifier.parse(line.strip())
                found[key.name].append(key)
    except (OSError, Malformed) as error:
        raise LogsRefused(f"{settings.NGOMA_WITNESS_LOGS}: {error}") from error
    return found


def add_checkpoint(body: bytes) -> protocol.Answer:
    """Answer a request to cosign."""
    with transaction.atomic():
        answer = protocol.decide(body, logs(), _latest, cosigner(), int(now().timestamp()))
        if answer.keep is not None:
            origin = Checkpoint.parse(answer.keep.text).origin
            Cosigned.objects.filter(origin=origin).update(note=answer.keep.encode().decode())
    return answer


def latest(digest: str) -> bytes | None:
    """The checkpoint of a log that we cosigned last, by the SHA-256 of its origin in hex."""
    for row in Cosigned.objects.exclude(note=""):
        if protocol.monitor_path(row.origin) == f"{digest}/checkpoint":
            return row.note.encode()
    return None


def _latest(origin: str) -> Checkpoint | None:
    """What we cosigned last, locked until our answer is kept."""
    row, _ = Cosigned.objects.select_for_update().get_or_create(origin=origin)
    return Checkpoint.parse(Note.parse(row.note.encode()).text) if row.note else None
