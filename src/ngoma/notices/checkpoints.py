"""The ledger's newest checkpoint by mail, to addresses where the city cannot take it back."""

from datetime import timedelta

from django.conf import settings

from ngoma.base.clock import now
from ngoma.notices import email
from ngoma.notices.gateway import Message
from ngoma.records.models import Checkpoint
from ngoma.work.queue import put

MAIL = "notices.checkpoint"
"""The job that mails a checkpoint to one address."""
EVERY = timedelta(days=7)


def watch() -> None:
    """Once a week put a job for each subscriber of NGOMA_LEDGER_MAIL."""
    if not (settings.NGOMA_LEDGER_MAIL and settings.NGOMA_SMTP_URL):
        return
    if Checkpoint.objects.filter(mailed_at__gt=now() - EVERY).exists():
        return
    last = Checkpoint.objects.filter(published_at__isnull=False).order_by("size", "pk").last()
    if last is None or last.mailed_at is not None:
        return
    last.mailed_at = now()
    last.save(update_fields=["mailed_at"])
    for address in settings.NGOMA_LEDGER_MAIL:
        put(MAIL, {"checkpoint": last.pk, "address": address})


def mail(checkpoint: int, address: str) -> None:
    """Mail one checkpoint as it is signed."""
    row = Checkpoint.objects.get(pk=checkpoint)
    origin = row.note.partition("\n")[0]
    email.deliver(
        Message(
            notice=row.pk,
            to=address,
            sender="Ngoma",
            sender_address=settings.NGOMA_MAIL_FROM,
            subject=f"Ledger {origin}: {row.size}",
            text=f"Keep this. It shows later whether the ledger was changed.\n\n{row.note}",
            link="",
            thread=f"ledger-{row.pk}",
            stop="",
        )
    )
