"""Where a notice leads: to a page, and to the one on which such messages are stopped.

A notice is kept with a place for what is secret, filled only to be sent: neither the table nor a
copy of it opens anybody's page, and a city that moves to another address sends the new one.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings

from ngoma.cities.book import Book, book_of
from ngoma.records.models import Follow, Notice, Report

LINK, STOP, CODE, PIN = "{link}", "{stop}", "{code}", "{pin}"
"""Stand for two addresses, the one-time code and the report's PIN in the text of a notice."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a notice leads to. `thread` is the same for all about one matter; `stop` is empty where
    there is nothing to stop."""

    book: Book
    link: str
    thread: str
    stop: str


def way(notice: Notice) -> Way:
    """The way of a notice: a reporter's to their own page, a colleague's to the case at the desk or
    to what rises, a follower's and another body's to the page of everybody."""
    if notice.report is not None:
        report = notice.report
        book = book_of(report.city_id)
        link = own_page(book, report, notice.language)
        return Way(book, link, report.reference, _stop(report.secret))
    if notice.follow is not None:
        follow = notice.follow
        book = book_of(follow.city_id)
        # But for a mail there is room for one address: that of a page that leads on and ends it.
        short = notice.channel != "email"
        link = (follow_page if short else followed_page)(book, follow, notice.language)
        return Way(book, link, _matter(notice, follow), _stop(follow.secret))
    if notice.event is not None and (notice.user is not None or notice.body):
        case = notice.event.case
        book = book_of(case.city_id)
        desk = f"desk/{book.slug}/cases/{case.reference}/"
        public = page(book, notice.language, f"r/{case.reference}")
        return Way(book, here(f"/{desk}") if notice.user else public, case.reference, "")
    if notice.digest is not None:
        book = book_of(notice.digest.city_id)
        return Way(book, here(f"/desk/{book.slug}/topics/"), f"digest-{notice.digest_id}", "")
    assert notice.contact is not None
    thread = f"code-{notice.code_id}" if notice.code_id else f"reply-{notice.contact_id}"
    return Way(book_of(notice.contact.city_id), "", thread, "")


def own_page(book: Book, report: Report, language: str) -> str:
    """The address of the reporter's own page, which is a secret."""
    return page(book, language, f"r/{report.reference}/{report.secret}")


def followed_page(book: Book, follow: Follow, language: str) -> str:
    """The address of the public page of what is followed."""
    if follow.case is not None:
        return page(book, language, f"r/{follow.case.reference}")
    assert follow.place is not None
    return page(book, language, f"places/{quote(follow.place.code)}")


def follow_page(book: Book, follow: Follow, language: str) -> str:
    """The address of the page on which a follow is seen and ended."""
    return page(book, language, f"follow/{follow.secret}")


def page(book: Book, language: str, path: str) -> str:
    """The address of a page of the city, at its own host name where it has one.

    It opens in `language` where the city has it: its first language needs no mention.
    """
    scheme = urlsplit(settings.NGOMA_URL).scheme
    start = f"{scheme}://{book.hosts[0]}" if book.hosts else f"{settings.NGOMA_URL}/{book.slug}"
    part = f"/{language}" if language in book.languages[1:] else ""
    return f"{start}{part}/{path}"


def here(path: str) -> str:
    """The address of a page of the installation itself, such as `/channels/…`."""
    return f"{settings.NGOMA_URL}{path}"


def _matter(notice: Notice, follow: Follow) -> str:
    """What a follower is told of: their case, or one of those of their place."""
    if notice.event is None or follow.case_id is not None:
        return f"follow-{follow.pk}"
    return f"follow-{follow.pk}-{notice.event.case_id}"


def _stop(secret: str) -> str:
    return here(f"/channels/stop/{secret}/")
