"""An answer to a message that somebody wrote, at once and about no event."""

from collections.abc import Sequence

from ngoma.base.clock import now
from ngoma.base.references import show
from ngoma.cities.book import book_of
from ngoma.cities.book import text as text_in
from ngoma.notices import sms
from ngoma.notices.planning import channel_of
from ngoma.records.models import Contact, Notice, Report
from ngoma.work.queue import put

REPLY = "reply"
"""The kind of such a notice."""


def reply(
    contact: Contact,
    text: str,
    *,
    language: str,
    report: Report | None = None,
    choices: Sequence[str] = (),
) -> Notice:
    """Say this to the contact, soon; about a report of theirs, if it is about one. `choices` are
    what can be answered, for buttons: the text says them too."""
    channel = channel_of(contact)
    notice = Notice.objects.create(
        contact=contact,
        report=report,
        kind=REPLY,
        channel=channel,
        language=language,
        subject=_subject(contact, report) if channel == "email" else "",
        text=sms.plain(text) if channel == "sms" else text,
        choices=list(choices) or None,
        created_at=now(),
    )
    put("notices.send", {"notice": notice.pk})
    return notice


def _subject(contact: Contact, report: Report | None) -> str:
    """By what a mail is known: the report's number, or the city."""
    if report is not None:
        return show(report.reference)
    book = book_of(contact.city_id)
    return text_in(book.names, contact.language)
