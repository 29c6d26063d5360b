"""A referred case is handed on to the other body: by Open311 or mail, as the pack has it."""

from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import book_of
from ngoma.notices.writing import write_handing_on
from ngoma.records.models import Event, Notice
from ngoma.work.queue import put


def hand_on(event: int, case: int) -> None:
    """Write what the body is told and put a job to send it, once. Job `notices.hand_on`."""
    happened = Event.objects.select_related("case").get(pk=event, case=case)
    book = book_of(happened.case.city_id)
    body = book.body(happened.data["body"])
    channel = "open311" if body and body.get("open311") else "email"
    if not body or not body.get(channel) or Notice.objects.filter(event=event, body=body["code"]):
        return
    language = book.languages[0]
    written = write_handing_on(happened, language=language, book=book)
    with transaction.atomic():
        notice = Notice.objects.create(
            event=happened,
            body=body["code"],
            kind="handed_on",
            channel=channel,
            language=language,
            subject=written.subject,
            text=written.text,
            created_at=now(),
        )
        put("notices.send", {"notice": notice.pk})
