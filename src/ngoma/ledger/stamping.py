"""Time stamps of RFC 3161: an authority says that a checkpoint existed at a time.

Once a day the newest published checkpoint is stamped: its text, without the signatures, which may
still grow in number.
"""

from datetime import timedelta

import httpx
from django.conf import settings
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
from rfc3161_client.tsp import PKIStatus

from ngoma.base.clock import now
from ngoma.records.models import Checkpoint
from ngoma.tlog.note import Note
from ngoma.work.queue import put

STAMP = "ledger.stamp"
"""The job that asks for a time stamp."""
EVERY = timedelta(days=1)
PATIENCE_S = 20.0


class NoStamp(RuntimeError):
    """An authority that gave no time stamp of what it was asked."""


def watch() -> None:
    """Have a checkpoint stamped, where an authority is set and a day has passed."""
    if not settings.NGOMA_LEDGER_TSA:
        return
    published = Checkpoint.objects.filter(published_at__isnull=False)
    recent = published.filter(stamp__isnull=False, published_at__gt=now() - EVERY)
    last = published.order_by("size", "pk").last()
    if last is not None and last.stamp is None and not recent.exists():
        put(STAMP, {"checkpoint": last.pk}, key=STAMP)


def stamp(checkpoint: int) -> None:
    """Ask for the time stamp of a checkpoint. Raises where there is none: it is tried again."""
    row = Checkpoint.objects.get(pk=checkpoint)
    asked = TimestampRequestBuilder(stamped(row), HashAlgorithm.SHA256).build()
    answer = httpx.post(
        settings.NGOMA_LEDGER_TSA,
        content=asked.as_bytes(),
        headers={"Content-Type": "application/timestamp-query"},
        timeout=PATIENCE_S,
    )
    answer.raise_for_status()
    given = decode_timestamp_response(answer.content)
    if given.status != PKIStatus.GRANTED:
        raise NoStamp(f"the authority answered with status {given.status}")
    said = given.tst_info
    if said.message_imprint.message != asked.message_imprint.message or said.nonce != asked.nonce:
        raise NoStamp("the authority stamped something else")
    row.stamp = answer.content
    row.save(update_fields=["stamp"])


def stamped(row: Checkpoint) -> bytes:
    """What is stamped of a checkpoint."""
    return Note.parse(row.note.encode()).text.encode()
