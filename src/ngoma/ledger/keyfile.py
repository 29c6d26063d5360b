"""A file of signer keys, one a line, that only its owner can read."""

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from ngoma.tlog.keys import PrivateKey
from ngoma.tlog.refusal import Refused

Key = TypeVar("Key", bound=PrivateKey)


class KeyRefused(RuntimeError):
    """A key that must not be used as it is; the text says what to do."""


def read_or_make(file: Path, kind: type[Key], name: str) -> tuple[Key, ...]:
    """The keys in a file; the first, of this name, is made where there is no file.

    Raises `KeyRefused` for a file that others can read, or that holds no keys of one name.
    """
    if not file.exists():
        write(file, [kind.generate(name)], new=True)
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise KeyRefused(f"others can read {file}: chmod 600 {file}, and think about a new key")
    try:
        lines = file.read_text(encoding="utf-8").split()
        found = tuple(kind.parse(line) for line in lines)
    except (OSError, ValueError, Refused) as error:
        raise KeyRefused(f"{file} holds no key that can be read: {error}") from error
    if not found or len({key.name for key in found}) != 1:
        raise KeyRefused(f"{file} holds no key, or keys of several names")
    return found


def write(file: Path, keys: Sequence[PrivateKey], *, new: bool = False) -> None:
    """Write the file so that it lasts. Of several that make a new one, one succeeds."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines(f"{key.secret()}\n" for key in keys)
        stream.flush()
        os.fsync(stream.fileno())
    if new:
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
    else:
        draft.replace(file)
