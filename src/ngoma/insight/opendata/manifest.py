"""What is published of a city: one file names all others with size and digest.

Files lie under their digest, and the manifest is replaced last. So whoever reads it finds the files
that belong together, also while the next publication is made.
"""

from datetime import date, datetime
from pathlib import Path

import msgspec
from django.conf import settings

DESCRIPTION = "description"
"""Stands for the dataset where a file describes the others."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A published file. `dataset` is the key of what it belongs to; `rows` where it has rows."""

    name: str
    dataset: str
    media_type: str
    rows: int | None
    bytes: int
    sha256: str
    modified: datetime


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A publication. `version` is its day in the city; months are those of the reports."""

    city: str
    version: date
    published_at: datetime
    schema_version: int
    licence: str
    first_month: str
    last_month: str
    files: tuple[File, ...]

    def file(self, name: str) -> File | None:
        """The file of this name."""
        return next((each for each in self.files if each.name == name), None)


def folder(slug: str) -> Path:
    """Where a city's publication lies."""
    return Path(settings.NGOMA_DATA) / "opendata" / slug


def stored(slug: str, file: File) -> Path:
    """Where the bytes of a file lie."""
    return folder(slug) / "files" / f"{file.sha256[:16]}-{file.name}"


def packed(path: Path) -> Path:
    """Where the packed bytes of a stored file lie, if they do."""
    return path.with_name(f"{path.name}.gz")


def read(slug: str) -> Manifest | None:
    """The present publication of a city; None where nothing is published."""
    try:
        return decode((folder(slug) / "manifest.json").read_bytes())
    except FileNotFoundError:
        return None


def version(slug: str, day: str) -> bytes | None:
    """The manifest of a day as it was; None where nothing was published on it."""
    if day not in versions(slug):
        return None
    return (folder(slug) / "versions" / f"{day}.json").read_bytes()


def versions(slug: str) -> list[str]:
    """The days on which something was published, the newest first."""
    return sorted((path.stem for path in (folder(slug) / "versions").glob("*.json")), reverse=True)


def decode(content: bytes) -> Manifest:
    """A manifest as it was written. Raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(content, type=Manifest)


def encode(manifest: Manifest) -> bytes:
    """A manifest as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)
