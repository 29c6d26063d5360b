"""The reporter's own page, whose address is a secret.

A notice is kept with a place for it, filled only to be sent: neither the table nor a copy of it
opens anybody's page, and a city that moves to another address sends the new one.
"""

from urllib.parse import urlsplit

from django.conf import settings

from ngoma.cities.book import Book
from ngoma.records.models import Report

LINK = "{link}"
"""Stands for the address in the text of a notice."""


def own_page(book: Book, report: Report, language: str) -> str:
    """The address of the reporter's own page, at the city's own host name where it has one.

    It opens in `language` where the city has it: its first language needs no mention.
    """
    scheme = urlsplit(settings.NGOMA_URL).scheme
    start = f"{scheme}://{book.hosts[0]}" if book.hosts else f"{settings.NGOMA_URL}/{book.slug}"
    part = f"/{language}" if language in book.languages[1:] else ""
    return f"{start}{part}/r/{report.reference}/{report.secret}"


def here(path: str) -> str:
    """The address of a page of the installation itself, such as `/channels/…`."""
    return f"{settings.NGOMA_URL}{path}"
