"""Photos and recordings of a message: fetched from the gateway by a job, then of the report."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from ngoma.casework import talking
from ngoma.casework.errors import Refusal
from ngoma.channels import texts
from ngoma.intake import photos, recordings, transcribing
from ngoma.notices import africastalking, bridge, telegram, twilio, whatsapp
from ngoma.notices.gateway import Permanent
from ngoma.people.permissions import resident
from ngoma.records.models import Photo, Recording, Report
from ngoma.work.queue import put

FILE = "channels.file"
FETCHERS: Mapping[str, Callable[..., bytes]] = {
    "africastalking": africastalking.fetch,
    "bridge": bridge.fetch,
    "sms": twilio.fetch,  # the one service of text messages that hands out files
    "telegram": telegram.fetch,
    "whatsapp": whatsapp.fetch,
}
"""By the first word of the gateway: the bytes of a file under its name there. Each raises
`Permanent` for what is not to be had; anything else that it raises may work later."""

log = structlog.get_logger(__name__)


def order(
    report: Report,
    gateway: str,
    *,
    files: Sequence[str] = (),
    voices: Sequence[str] = (),
    later: bool,
) -> None:
    """Have photos (`files`) and recordings fetched for a report. `later`: the report was there
    before, so this is news of it."""
    for voice, names in ((False, files), (True, voices)):
        for each in names:
            told = {"report": report.pk, "gateway": gateway, "file": each}
            name = hashlib.sha256(each.encode()).hexdigest()[:32]
            key = f"file {gateway} {report.pk} {name}"
            put(FILE, told | {"later": later, "voice": voice}, key=key)


def kept(content: Sequence[bytes]) -> list[Photo]:
    """Photos that came along, stored; what is none is left."""
    found = []
    for each in content:
        try:
            found.append(photos.store(each))
        except photos.PhotoRefused as refused:
            log.info("photo not taken", reason=refused.code)
    return found


def fetch(*, report: int, gateway: str, file: str, later: bool, voice: bool = False) -> None:
    """The job: fetch a photo or a recording and give it to the report. What is neither is left."""
    known = Report.objects.get(pk=report)
    take = _hear if voice else _see
    most = recordings.MOST_BYTES if voice else photos.MOST_BYTES
    try:
        take(known, FETCHERS[gateway.split()[0]](file, most=most), later=later)
    except (photos.PhotoRefused, recordings.RecordingRefused, Permanent) as refused:
        log.info("file not taken", report=report, reason=str(refused))


def _see(report: Report, data: bytes, *, later: bool) -> None:
    photo = photos.store(data)
    if Photo.objects.filter(report=report, digest=photo.digest).exists():
        photos.discard([photo])
    elif not later:
        Photo.objects.filter(pk=photo.pk).update(report=report)
    elif not _tell(report, photo_ids=[photo.pk]):
        photos.discard([photo])


def _hear(report: Report, data: bytes, *, later: bool) -> None:
    known = Recording.objects.filter(report=report)
    before = known.count()
    transcribing.order(recordings.store(report, data))
    if later and known.count() > before:
        _tell(report, text=texts.said("voice", report.language))


def _tell(report: Report, **more: Any) -> bool:
    """Tell the case of it; False where nothing can be added any more."""
    try:
        talking.inform(actor=resident(report), case_id=report.case_id, **more)
    except Refusal:
        return False
    return True
