"""Photos that come with a message: fetched from the gateway by a job, then part of the report."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from ngoma.casework import talking
from ngoma.casework.errors import Refusal
from ngoma.intake import photos
from ngoma.notices import telegram, twilio, whatsapp
from ngoma.notices.gateway import Permanent
from ngoma.people.permissions import resident
from ngoma.records.models import Photo, Report
from ngoma.work.queue import put

FILE = "channels.file"
FETCHERS: Mapping[str, Callable[..., bytes]] = {
    "sms": twilio.fetch,
    "telegram": telegram.fetch,
    "whatsapp": whatsapp.fetch,
}
"""By gateway: the bytes of a file under its name there. Each raises `Permanent` for what is not to
be had; anything else that it raises may work later."""

log = structlog.get_logger(__name__)


def order(report: Report, gateway: str, files: tuple[str, ...], *, later: bool) -> None:
    """Have photos fetched for a report. `later`: it was there before, so this is news of it."""
    for each in files:
        wanted = {"report": report.pk, "gateway": gateway, "file": each, "later": later}
        put(FILE, wanted, key=f"file {gateway} {report.pk} {each}"[:120])


def kept(content: Sequence[bytes]) -> list[Photo]:
    """Photos that came along, stored; what is none is left."""
    found = []
    for each in content:
        try:
            found.append(photos.store(each))
        except photos.PhotoRefused as refused:
            log.info("photo not taken", reason=refused.code)
    return found


def fetch(*, report: int, gateway: str, file: str, later: bool) -> None:
    """The job: fetch a photo and give it to the report. What is no photo is left."""
    known = Report.objects.get(pk=report)
    try:
        photo = photos.store(FETCHERS[gateway](file, most=photos.MOST_BYTES))
    except (photos.PhotoRefused, Permanent) as refused:
        log.info("photo not taken", report=report, reason=str(refused))
        return
    if Photo.objects.filter(report=known, digest=photo.digest).exists():
        photos.discard([photo])
    elif later:
        _add(known, photo)
    else:
        Photo.objects.filter(pk=photo.pk).update(report=known)


def _add(report: Report, photo: Photo) -> None:
    """Tell the case of it; where nothing can be added any more it is left."""
    try:
        talking.inform(actor=resident(report), case_id=report.case_id, photo_ids=[photo.pk])
    except Refusal:
        photos.discard([photo])
