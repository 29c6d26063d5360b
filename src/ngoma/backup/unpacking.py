"""The first half of a restore: a snapshot becomes a data directory. No Django, which would make
keys of its own where there are none yet."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ngoma.backup.about import ABOUT, DATABASE, KEYS, MEDIA, STAGED, WITNESSED, About
from ngoma.backup.restic import Refused, Repository


@contextmanager
def into(data: Path) -> Iterator[None]:
    """Make an empty data directory, and leave nothing in it where the restore fails.

    Raises `Refused` for one that is not empty.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Refused(f"{data} is not empty: name a directory that is new")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)
    try:
        yield
    except (Refused, OSError):
        for path in data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def unpack(repository: Repository, wanted: str, data: Path) -> About:
    """Write a snapshot into an empty data directory; the database waits beside its place.

    Raises `Refused`.
    """
    snapshot = repository.find(wanted)
    unpacked = data / "restoring"
    repository.bring_back(snapshot, unpacked)
    staged = next((each for each in snapshot.paths if each.name == STAGED), None)
    if staged is None:
        raise Refused(f"snapshot {snapshot.id[:8]} is no backup of Ngoma")
    folder = _inside(unpacked, staged)
    about = About.read(folder / ABOUT)
    if about.media:
        _inside(unpacked, Path(about.media)).rename(data / MEDIA)
    (folder / KEYS).rename(data / KEYS)
    (data / KEYS).chmod(0o700)
    if (folder / WITNESSED).exists():
        (folder / WITNESSED).rename(data / WITNESSED)
    (folder / DATABASE).rename(waiting(data))
    shutil.rmtree(unpacked)
    return about


def waiting(data: Path) -> Path:
    """Where the copy of the database lies until it is put in place."""
    return data / "database"


def _inside(unpacked: Path, path: Path) -> Path:
    if ".." in path.parts:
        raise Refused(f"this is no backup of Ngoma: it names {path}")
    return unpacked.joinpath(*path.parts[1:])
