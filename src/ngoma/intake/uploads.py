"""A photo that comes in parts over a line that breaks: what has arrived stays, the rest follows.

Parts lie in the database, so that any process of any host takes the next one. The sender names the
file, by a name that nobody can guess; when its last part is here, it is kept as any other photo.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction

from ngoma.base.clock import now
from ngoma.intake import photos
from ngoma.intake.photos import PhotoRefused
from ngoma.records.models import Part
from ngoma.records.queries import uploads as queries

MOST_PART = 1_000_000
"""Bytes of one part: what a request may bring of a file."""

STALE = timedelta(days=1)
"""How long the parts of a file wait for the rest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a file has come: bytes that are here, and whether it is whole."""

    offset: int
    whole: bool = False


class Misplaced(ValueError):
    """The part does not begin where the last one ended; `offset` says where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the next part begins at {offset}")
        self.offset = offset


def standing(upload: str) -> Standing:
    """How far a file has come; one that nobody knows has not begun."""
    if queries.is_whole(upload):
        return Standing(0, whole=True)
    return Standing(queries.arrived(upload))


def add(upload: str, *, start: int, data: bytes, length: int) -> Standing:
    """Take the next part of a file of `length` bytes; the same again changes nothing.

    When this returns, the part is on disk. Raises `Misplaced`, and `PhotoRefused` where the file
    is too large or, once it is whole, is no photo; nothing of it is kept then.
    """
    known = standing(upload)
    if known.whole:
        return known
    if start != known.offset:
        raise Misplaced(known.offset)
    end = start + len(data)
    if length > photos.MOST_BYTES or end > length or len(data) > MOST_PART:
        raise PhotoRefused("too_large")
    try:
        with transaction.atomic():
            if data:
                Part.objects.create(upload=upload, start=start, data=data, added_at=now())
    except IntegrityError:
        # The same part came twice at the same moment.
        raise Misplaced(queries.arrived(upload)) from None
    return _finished(upload) if end == length else Standing(end)


def discard_stale(at: datetime | None = None) -> int:
    """Delete the parts of files whose rest never came; returns how many. Called by the clock."""
    return Part.objects.filter(added_at__lt=(at or now()) - STALE).delete()[0]


def _finished(upload: str) -> Standing:
    parts = Part.objects.filter(upload=upload)
    try:
        photos.store(queries.content(upload), upload=upload)
    except (OSError, OperationalError):
        raise  # no room, or no database: an empty part tries again, and nothing is sent twice
    except IntegrityError:
        parts.delete()
        if not queries.is_whole(upload):
            raise
    except Exception:
        parts.delete()
        raise
    else:
        parts.delete()
    return Standing(0, whole=True)
