"""A mail is taken as any message is: once, and believed as far as it can be."""

import structlog
from django.conf import settings

from ngoma.channels.mail.letter import Letter, read
from ngoma.channels.messages import taking
from ngoma.channels.messages.message import Message
from ngoma.cities.book import Book
from ngoma.intake.submit import MOST_PHOTOS
from ngoma.notices.threads import report_of
from ngoma.people import vault
from ngoma.people.vault import BadAddress

log = structlog.get_logger(__name__)


def take(book: Book, data: bytes) -> str:
    """Take a mail; returns what became of it: `taken`, or `left` for what no person wrote.

    Raises `letter.Unreadable`.
    """
    letter = read(data, authority=settings.NGOMA_MAIL_AUTHORITY, most_photos=MOST_PHOTOS)
    try:
        address = vault.normalise(email=letter.sender)
    except BadAddress:
        address = None
    if letter.automatic or address is None:
        log.info("mail left", automatic=letter.automatic)
        return "left"
    report = report_of(letter.destinations)
    message = Message(
        gateway="mail",
        channel="mail",
        id=letter.id,
        address=address,
        text=_words(letter, answering=report is not None),
        photos=letter.photos,
        verified=letter.authentic,
        about=report.pk if report and report.city_id == book.id else None,
    )
    taking.take(book, message)
    return "taken"


def _words(letter: Letter, *, answering: bool) -> str:
    """The text; of a new report with the subject before it, where that says more."""
    if answering or letter.subject.lower() in letter.text.lower():
        return letter.text
    return "\n".join(filter(None, (letter.subject, letter.text)))
