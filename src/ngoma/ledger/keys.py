"""The key that signs checkpoints, and how it is handed over to the next.

While a key is handed over, both sign. The name of a key is the log's origin: the address of the
log without its scheme, for ever.
"""

from pathlib import Path

from django.conf import settings

from ngoma.base.clock import now
from ngoma.ledger import keyfile
from ngoma.ledger.keyfile import KeyRefused
from ngoma.records.models import LedgerKey
from ngoma.tlog.note import Note, Signer, Verifier

HANDOVER = "ngoma-handover@v1"


def path() -> Path:
    """Where the key lies."""
    given: str = settings.NGOMA_LEDGER_KEY
    return Path(given) if given else Path(settings.NGOMA_DATA) / "keys" / "ledger"


def signers() -> tuple[Signer, ...]:
    """The keys that sign, the newest last; the first is made where there is none.

    Raises `KeyRefused`.
    """
    return keyfile.read_or_make(path(), Signer, f"{settings.NGOMA_URL.partition('//')[2]}/ledger")


def remember(size: int) -> tuple[Signer, ...]:
    """The keys that sign; their public parts are kept for whoever checks, from this size on.

    Raises `KeyRefused`, also where a key is not the one that signed before and nobody handed over.
    """
    ours = signers()
    known = {row.vkey: row for row in LedgerKey.objects.all()}
    if known and not any(str(key.verifier) in known for key in ours):
        raise KeyRefused(f"{path()} is not the key that has signed this log: bring that one back")
    before = ours[0]
    for key in ours:
        if str(key.verifier) not in known:
            handover = _hand_over(before, key, size) if known or key is not before else ""
            LedgerKey.objects.create(vkey=str(key.verifier), since=size, handover=handover)
        before = key
    rows = LedgerKey.objects.filter(retired_at=None)
    rows.exclude(vkey__in=[str(key.verifier) for key in ours]).update(retired_at=now())
    return ours


def rotate() -> Signer:
    """Add a key that takes over; both sign until the older one is retired. Returns the new one."""
    ours = signers()
    new = Signer.generate(ours[-1].name)
    keyfile.write(path(), [*ours, new])
    return new


def retire() -> Verifier:
    """Take the oldest key away. Raises `KeyRefused` for the only one. Returns what it was."""
    ours = signers()
    if len(ours) < 2:
        raise KeyRefused("this is the only key: make the next with `ngoma ledger key --rotate`")
    keyfile.write(path(), ours[1:])
    return ours[0].verifier


def _hand_over(before: Signer, after: Signer, size: int) -> str:
    """A note by both keys: from this size on the one signs as well as the other."""
    text = f"{HANDOVER}\n{before.verifier}\n{after.verifier}\n{size}\n"
    return Note(text, (before.sign(text), after.sign(text))).encode().decode()
