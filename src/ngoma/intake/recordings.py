"""Recordings of a voice: known by how they begin, kept private, byte for byte as they came."""

import hashlib
import re
import secrets

from django.core.files.storage import default_storage

from ngoma.base.clock import now
from ngoma.intake.storage import save
from ngoma.records.models import Event, Recording, Report

MOST_BYTES = 8_000_000
_KINDS = (
    (re.compile(rb"OggS"), "ogg", "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xf2\xf3\xfa\xfb]"), "mp3", "audio/mpeg"),
    (re.compile(rb"#!AMR"), "amr", "audio/amr"),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "wav", "audio/wav"),
    (re.compile(rb".{4}ftyp(?:M4A|mp4|isom|iso)", re.DOTALL), "m4a", "audio/mp4"),
)
"""How files begin (registries of IANA and of `file`), their ending and media type."""


class RecordingRefused(ValueError):
    """The bytes are no recording that can be taken."""


def store(report: Report, data: bytes) -> Recording:
    """Keep a recording of a report; the same again is the same. Raises `RecordingRefused`."""
    if len(data) > MOST_BYTES:
        raise RecordingRefused("larger than a recording may be")
    ending, kind = _kind(data)
    digest = hashlib.sha256(data).hexdigest()
    known = Recording.objects.filter(report=report, digest=digest).first()
    if known is not None:
        return known
    name = secrets.token_hex(16)
    path = save(f"private/recordings/{name[:2]}/{name}.{ending}", data)
    return Recording.objects.create(
        report=report, path=path, kind=kind, digest=digest, added_at=now()
    )


def erase(event: int, case: int) -> None:
    """The job after an erasure: delete the recordings of the report and their files."""
    reference = Event.objects.get(pk=event).data["reference"]
    for recording in Recording.objects.filter(report__reference=reference):
        default_storage.delete(recording.path)
        recording.delete()


def content(recording: Recording) -> bytes:
    """The bytes of a recording."""
    with default_storage.open(recording.path, "rb") as file:
        data: bytes = file.read()
    return data


def _kind(data: bytes) -> tuple[str, str]:
    for beginning, ending, kind in _KINDS:
        if beginning.match(data):
            return ending, kind
    raise RecordingRefused("no kind of recording that is known")
