"""Is what was brought back whole? Asked of the database, of every file, key and event."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from django.core.files.storage import default_storage

from ngoma.casework import rebuild
from ngoma.ledger import keyfile, keys, verifying
from ngoma.ledger.keyfile import KeyRefused
from ngoma.people import vault
from ngoma.records.models import (
    Case,
    Checkpoint,
    Contact,
    LedgerKey,
    Notice,
    Photo,
    Recording,
    Report,
)
from ngoma.records.queries.photos import SIZES, inside_path, public_path
from ngoma.tlog.note import Signer

SHOWN = 5
"""Of each kind of problem that are named."""
PIECE = 1 << 20


class Verdict(msgspec.Struct):
    """What was found."""

    copied_at: str
    """ISO 8601: of this moment is what was brought back"""
    reports: int = 0
    cases: int = 0
    files: int = 0
    contacts: int = 0
    entries: int = 0
    held: int = 0
    """Notices that were waiting to be sent"""
    signed_at: str = ""
    """ISO 8601: when the log was signed last, as far as this copy knows"""
    missing: list[str] = msgspec.field(default_factory=list)
    """Names of photos and recordings of which a file is not there"""
    altered: list[str] = msgspec.field(default_factory=list)
    """Names of those whose original is not what came"""
    sealed: int = 0
    """Contacts that the key does not open"""
    different: int = 0
    """Rows of cases that were not what their events say; they are now"""
    problems: list[str] = msgspec.field(default_factory=list)
    """Of the ledger and its key"""

    @property
    def good(self) -> bool:
        """Whether all is as it was."""
        return not (self.missing or self.altered or self.sealed or self.different or self.problems)

    def as_json(self) -> str:
        """All of it, for a program."""
        return msgspec.json.encode(self).decode()

    def lines(self) -> Iterator[str]:
        """What to tell, in plain words."""
        yield (
            f"{self.reports:,} reports, {self.cases:,} cases, {self.files:,} photos and "
            f"recordings, {self.contacts:,} contacts, {self.entries:,} entries of the ledger"
        )
        for told, names in (("are not there", self.missing), ("were altered", self.altered)):
            if names:
                shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
                yield f"WRONG: {len(names):,} files {told}: {shown}"
        if self.sealed:
            yield f"WRONG: keys/vault does not open {self.sealed:,} contacts"
        if self.different:
            yield f"WRONG: {self.different:,} cases were not what their events say; they are now"
        for problem in self.problems[:SHOWN]:
            yield f"WRONG: {problem}"
        if self.good:
            yield "Every file, key, row and event is as it was."

    def advice(self) -> Iterator[str]:
        """What whoever restored it has to know and do."""
        copied = f"{datetime.fromisoformat(self.copied_at):%Y-%m-%d %H:%M} UTC"
        yield (
            f"What happened after {copied} is not here. Roles, keys and passwords that were taken "
            "away since, and words that were erased since, are here again."
        )
        if self.signed_at:
            signed = f"{datetime.fromisoformat(self.signed_at):%Y-%m-%d %H:%M:%S} UTC"
            yield (
                f"This ledger has {self.entries:,} entries and was signed last at {signed}. If the "
                "lost one published more, this one is shorter: see Backups in docs/ledger.md first."
            )
        yield (
            f"{self.held:,} notices that were waiting are held back, because they may have been "
            "sent since. The ledger and the clock's messages rest, too."
        )
        yield "Start web and worker, look, and then decide: ngoma release"


def check(copied_at: str) -> Verdict:
    """Look at everything, and correct the rows of cases that are not what their events say."""
    found = Verdict(copied_at, reports=Report.objects.count(), cases=Case.objects.count())
    _check_files(found)
    _check_contacts(found)
    found.different = rebuild.rebuild(lambda done: None)
    log = verifying.verify(processes=1)
    found.entries = log.entries
    found.problems = [f"entry {each.index:,}: {each.what}" for each in log.problems]
    found.problems += _other_key()
    last = Checkpoint.objects.order_by("pk").last()
    found.signed_at = last.made_at.isoformat() if last else ""
    found.held = Notice.objects.filter(state=Notice.State.HELD).count()
    return found


def _check_files(found: Verdict) -> None:
    photos = Photo.objects.values_list("name", "original", "digest", "edition")
    for name, path, digest, edition in photos.iterator():
        copies = [inside_path(name, size) for size in SIZES]
        if default_storage.exists(public_path(name, "large")):
            copies = [public_path(name, size) for size in SIZES]  # not worked off since an upgrade
        if edition is not None:
            copies += [public_path(f"{name}-{edition}", size) for size in SIZES]
        _check_file(found, name, path, digest, copies)
    for path, digest in Recording.objects.values_list("path", "digest").iterator():
        _check_file(found, Path(path).stem, path, digest, [])


def _check_file(found: Verdict, name: str, path: str, digest: str, copies: list[str]) -> None:
    found.files += 1
    if not all(map(default_storage.exists, (path, *copies))):
        found.missing.append(name)
    elif _digest(path) != digest:
        found.altered.append(name)


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(path, "rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _check_contacts(found: Verdict) -> None:
    """Open each, and look at none."""
    for contact in Contact.objects.iterator():
        found.contacts += 1
        try:
            vault.reveal(contact)
        except vault.Sealed:
            found.sealed += 1


def _other_key() -> list[str]:
    """Whether the key that is here has signed this log. Where there is none, none is made."""
    known = set(LedgerKey.objects.filter(retired_at=None).values_list("vkey", flat=True))
    if not known:
        return []
    if not keys.path().is_file():
        return [f"the key of the ledger is not in {keys.path()}"]
    try:
        ours = {str(key.verifier) for key in keyfile.read_or_make(keys.path(), Signer, "")}
    except KeyRefused as error:
        return [str(error)]
    return [] if ours & known else [f"{keys.path()} is not the key that signed the ledger"]
