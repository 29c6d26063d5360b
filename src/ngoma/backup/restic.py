"""restic, which encrypts, stores once what is the same, checks and forgets (https://restic.net).

It is a program of its own, and knows directories, SFTP, S3 and more as places. Nothing here needs
Django, because a restore begins before there is anything to set up.
"""

import json
import os
import re
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ngoma.backup.meaning import meaning

TAG = "ngoma"
"""Marks our snapshots; others in the same repository are left alone."""


class Refused(RuntimeError):
    """What cannot be kept, found or brought back; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One backup: its id, when it was made (ISO 8601), and the folders that are in it."""

    id: str
    time: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a backup came to: the snapshot, bytes of all that is in it, bytes that were new."""

    snapshot: str
    size: int
    added: int


@dataclass(frozen=True, slots=True)
class Repository:
    """Where backups are kept, and the file with the password that opens them."""

    address: str
    password_file: Path
    cache: Path | None = None

    def begin(self) -> bool:
        """Make the repository, and its password where there is none yet. Returns whether there was
        none. Raises `Refused`."""
        self._program()
        made = not self.password_file.exists()
        if made:
            try:
                _write_password(self.password_file)
            except OSError as error:
                raise Refused(f"{self.password_file}: {error.strerror}") from error
        try:
            self._run("init")
        except Refused:
            if made:
                self.password_file.unlink()
            raise
        return made

    def open(self) -> None:
        """See that it is there and opens, and remove the locks of processes that are dead.

        Raises `Refused`.
        """
        self._run("unlock")

    def keep(self, paths: Sequence[Path]) -> Stored:
        """Store folders as a new snapshot. Raises `Refused`.

        A file that went while it was read is no failure: nothing that is in use names it.
        """
        done = self._start(
            "backup", "--json", "--tag", TAG, "--host", TAG, *map(str, paths), check=False
        )
        problems = [each for each in _messages(done.stderr) if not _has_gone(each)]
        if done.returncode not in (0, 3) or (done.returncode == 3 and problems):
            raise self._refusal(done)
        said = next(
            (each for each in _messages(done.stdout) if each.get("message_type") == "summary"), None
        )
        if said is None:
            raise self._refusal(done)
        return Stored(said["snapshot_id"], said["total_bytes_processed"], said["data_added"])

    def forget(self, *, days: int, weeks: int) -> None:
        """Drop what is older, and every byte that only it had. Raises `Refused`.

        One snapshot stays of each of the last days, and one of each of the last weeks.
        """
        keep = ("--keep-within-daily", f"{days}d", "--keep-within-weekly", f"{7 * weeks}d")
        self._run("forget", "--tag", TAG, "--group-by", "", *keep, "--prune", "--max-unused", "0")

    def snapshots(self) -> list[Snapshot]:
        """Our snapshots, oldest first. Raises `Refused`."""
        found = json.loads(self._run("snapshots", "--json", "--tag", TAG)) or []
        return [
            Snapshot(each["id"], each["time"], tuple(map(Path, each["paths"])))
            for each in sorted(found, key=lambda each: str(each["time"]))
        ]

    def find(self, wanted: str) -> Snapshot:
        """The snapshot whose id begins so; the newest for `latest`. Raises `Refused`."""
        known = self.snapshots()
        if not known:
            raise Refused(f"there is no backup in {self.shown} yet: make one by `ngoma backup`")
        if wanted == "latest":
            return known[-1]
        found = [each for each in known if each.id.startswith(wanted)]
        if len(found) != 1:
            last = ", ".join(f"{each.id[:8]} of {each.time[:16]}" for each in known[-5:])
            raise Refused(f"there is no snapshot {wanted}; the last are {last}")
        return found[0]

    def bring_back(self, snapshot: Snapshot, folder: Path) -> None:
        """Write all that is in a snapshot into a folder, under its former paths.

        Raises `Refused`, also where a byte is not what was stored.
        """
        self._run("restore", snapshot.id, "--target", str(folder))

    def check(self) -> None:
        """Whether all that snapshots are made of is there. Raises `Refused`."""
        self._run("check")

    @property
    def shown(self) -> str:
        """The address without a password."""
        return _without_password(self.address)

    def _run(self, *arguments: str) -> str:
        return self._start(*arguments).stdout

    def _start(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        self._see_to_password()
        cache = ("--cache-dir", str(self.cache)) if self.cache else ("--no-cache",)
        done = subprocess.run(
            [self._program(), *cache, *arguments],
            env=os.environ
            | {
                "RESTIC_REPOSITORY": self.address,
                "RESTIC_PASSWORD_FILE": str(self.password_file),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise self._refusal(done)
        return done

    def _program(self) -> str:
        found = shutil.which("restic")
        if found is None:
            raise Refused("backups need the program restic: apt install restic")
        return found

    def _see_to_password(self) -> None:
        if not self.password_file.is_file():
            raise Refused(
                f"the repository's password is not in {self.password_file}: put it there, or say "
                "where it is by NGOMA_BACKUP_PASSWORD_FILE. The very first time: "
                "ngoma backup --init"
            )
        if stat.S_IMODE(self.password_file.stat().st_mode) & 0o077:
            raise Refused(f"others can read the password: chmod 600 {self.password_file}")

    def _refusal(self, done: "subprocess.CompletedProcess[str]") -> Refused:
        """What restic said, in words that say what to do; in its own where it is not known."""
        told = meaning(done.returncode, done.stderr)
        if told is not None:
            return Refused(told.format(where=self.shown, password=self.password_file))
        lines = filter(None, map(str.strip, _without_password(done.stderr).splitlines()))
        return Refused(f"restic, in {self.shown}: {' / '.join(islice(lines, 3))[:500]}")


def _without_password(text: str) -> str:
    return re.sub(r"//[^/\s]*@", "//…@", text)


def _write_password(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_urlsafe(32)}\n")
        file.flush()
        os.fsync(file.fileno())


def _messages(text: str) -> Iterator[dict[str, Any]]:
    """The lines of JSON in what restic printed."""
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _has_gone(message: dict[str, Any]) -> bool:
    """Whether a file could not be read because it was deleted meanwhile."""
    return message.get("message_type") == "error" and not Path(message.get("item", "")).exists()
