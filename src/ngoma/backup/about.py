"""The word that a backup holds about itself, and what its parts are called. No Django."""

from pathlib import Path

import msgspec

from ngoma.backup.restic import Refused

FORM = 1
"""Of what is kept; a later one says so by another number."""
STAGED = "staged"
DATABASE, KEYS, MEDIA, ABOUT = "database", "keys", "media", "about.json"
PASSWORD = "backup"  # noqa: S105
"""The name, among the keys, of the one thing that must not be in the backup that it opens."""
WITNESSED = "witnessed.txt"


class About(msgspec.Struct):
    """What a backup says of itself."""

    form: int
    version: str
    engine: str
    """sqlite or postgresql"""
    at: str
    """ISO 8601: when the database was copied"""
    media: str
    """Where the photos were; empty where a bucket had them, and they were left out."""

    @classmethod
    def read(cls, path: Path) -> "About":
        """Read it. Raises `Refused` for what is no backup, or one that is newer than this."""
        try:
            found = msgspec.json.decode(path.read_bytes(), type=cls)
        except (OSError, ValueError) as error:
            raise Refused(f"this is no backup of Ngoma: {path.name} cannot be read") from error
        if found.form != FORM:
            raise Refused(f"the backup was made by Ngoma {found.version}: install that one first")
        return found
