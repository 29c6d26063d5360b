"""A one-time code is sent, by a message of its own, and typed by who has read it."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of
from ngoma.notices import texts
from ngoma.notices.planning import channel_of
from ngoma.notices.writing import write_code
from ngoma.people import codes
from ngoma.people.codes import TooMany
from ngoma.records.models import Code, Contact, Notice
from ngoma.work.queue import put


def ask(city_id: int, finder: str, purpose: Code.Purpose, language: str) -> None:
    """Send a code to the contact with this finder, if there is one, soon.

    Whether there is one, the caller does not learn, nor by the time that it takes.
    """
    wanted = {"city": city_id, "finder": finder, "purpose": purpose, "language": language}
    put("notices.code", wanted)


def enter(city_id: int, finder: str, purpose: Code.Purpose, typed: str) -> Contact | None:
    """The contact whose code was typed, which is then used up; None for a wrong one.

    A wrong one puts a job, whoever it was for, so it takes one write to the disk whether the
    address is known or not. Raises `TooMany`.
    """
    with transaction.atomic():
        contact = codes.use(purpose, typed, city_id=city_id, finder=finder)
        if contact is None:
            put("notices.old_codes", {})
    return contact


def send_code(city: int, finder: str, purpose: str, language: str) -> None:
    """Job `notices.code`. Nothing is sent to who is not known, or has had as many as they may."""
    meant = "follow" if purpose == Code.Purpose.FOLLOW else "report"
    contact = Contact.objects.filter(city=city, finder=finder, purpose=meant).first()
    if contact is None:
        return
    with suppress(TooMany), transaction.atomic():
        code = codes.make(contact, Code.Purpose(purpose))
        _send(book_of(city), contact, code, language)


def _send(book: Book, contact: Contact, code: Code, language: str) -> None:
    language = texts.nearest(language, *book.languages)
    channel = channel_of(contact)
    minutes = codes.LIVES[Code.Purpose(code.purpose)] // timedelta(minutes=1)
    written = write_code(channel=channel, language=language, book=book, minutes=minutes)
    notice = Notice.objects.create(
        code=code,
        contact=contact,
        kind="code",
        channel=channel,
        language=language,
        subject=written.subject,
        text=written.text,
        created_at=now(),
    )
    put("notices.send", {"notice": notice.pk})
