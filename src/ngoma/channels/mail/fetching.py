"""Mail fetched from a mailbox that a provider keeps, where no mail server of our own hands it over.

A mail is moved out of the way once what became of it is on disk. One that was taken and not moved,
because something broke in between, is known when it comes again.
"""

import time

import structlog
from django.conf import settings

from ngoma.channels.mail import taking
from ngoma.channels.mail.letter import MOST_BYTES, Unreadable
from ngoma.channels.mail.mailbox import Mailbox, Unopened, opened
from ngoma.cities.book import Book, UnknownCity, book
from ngoma.work import failures
from ngoma.work.queue import put

FETCH = "channels.mailbox"
SECONDS = 30.0
"""For one round; what is left comes in the next."""

log = structlog.get_logger(__name__)


def watch() -> None:
    """Have the mailbox looked into, where one is set. Called by the clock."""
    if settings.NGOMA_IMAP_URL:
        put(FETCH, {}, key="mailbox")


def fetch(*, seconds: float = SECONDS) -> None:
    """Take what waits in the mailbox. Job `channels.mailbox`, which must not run in a transaction.

    A mailbox that cannot be opened is looked into again by the clock.
    """
    until = time.monotonic() + seconds
    try:
        city = book(settings.NGOMA_IMAP_CITY)
        with opened(settings.NGOMA_IMAP_URL) as box:
            for uid in box.waiting():
                if time.monotonic() > until:
                    return
                _take(city, box, uid)
    except UnknownCity:
        log.warning("no mail is fetched: NGOMA_IMAP_CITY names no city")
    except Unopened as error:
        log.warning("the mailbox cannot be read", reason=failures.told(error))


def _take(city: Book, box: Mailbox, uid: str) -> None:
    """Take one mail. What nobody can read, or makes the program fail, is flagged for a person and
    holds no other up; where the database is away, all waits."""
    if box.size(uid) > MOST_BYTES:
        log.warning("mail flagged", uid=uid, reason="larger than a mail may be")
        box.flag(uid)
        return
    data = box.read(uid)
    try:
        taking.take(city, data)
    except Unreadable as error:
        log.info("mail flagged", uid=uid, reason=str(error))
        box.flag(uid)
    except Exception as error:
        if failures.from_without(error):
            raise
        log.error("mail flagged", uid=uid, reason=failures.told(error))
        box.flag(uid)
    else:
        box.put(uid, settings.NGOMA_IMAP_DONE)
