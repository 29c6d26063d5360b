"""Photos that a caller only named by an address: fetched by a job, from public hosts alone.

The host is resolved here and its address looked at before a connection is made to exactly that
address, so that no name can lead inside, neither at once nor by a redirection.
"""

from collections.abc import Callable

import structlog

from ngoma.base import fetching
from ngoma.base.outside import Unfetchable, is_public
from ngoma.intake import photos
from ngoma.records.models import Photo, Report

FETCH = "open311.fetch"
SECONDS = 60
"""All of one fetch."""

log = structlog.get_logger(__name__)


def fetch_photo(*, report: int, url: str, allowed: Callable[[str], bool] | None = None) -> None:
    """The job: fetch a photo and give it to the report. What is no photo is left."""
    known = Report.objects.filter(pk=report).first()
    if known is None:
        return
    try:
        photo = photos.store(fetch(url, allowed=allowed or is_public), at=known.received_at)
    except (Unfetchable, photos.PhotoRefused) as refused:
        log.info("photo not fetched", report=report, reason=str(refused))
        return
    if Photo.objects.filter(report=report, digest=photo.digest).exists():
        photos.discard([photo])  # the job ran before and was not finished
    else:
        Photo.objects.filter(pk=photo.pk).update(report=known)


def fetch(
    url: str, *, allowed: Callable[[str], bool] = is_public, seconds: float = SECONDS
) -> bytes:
    """The bytes at an address, as many as a photo may have: `base.fetching.fetch`."""
    return fetching.fetch(
        url, most=photos.MOST_BYTES, seconds=seconds, accept="image/*", allowed=allowed
    )
