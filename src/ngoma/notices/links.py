"""The reporter's own page. Its address is kept in a notice; the secret joins it only to be sent.

So neither the table nor a copy of it opens anybody's page.
"""

from urllib.parse import urlsplit

from django.conf import settings

from ngoma.cities.book import Book


def page(book: Book, reference: str, language: str) -> str:
    """The address of a report's public page, at the city's own host name where it has one.

    It opens in `language` where the city has it: its first language needs no mention.
    """
    scheme = urlsplit(settings.NGOMA_URL).scheme
    start = f"{scheme}://{book.hosts[0]}" if book.hosts else f"{settings.NGOMA_URL}/{book.slug}"
    part = f"/{language}" if language in book.languages[1:] else ""
    return f"{start}{part}/r/{reference}"


def with_secret(text: str, address: str, secret: str) -> str:
    """The text with the page's address made that of the reporter's own page."""
    return text.replace(address, f"{address}/{secret}")


def here(path: str) -> str:
    """The address of a page of the installation itself, such as `/channels/…`."""
    return f"{settings.NGOMA_URL}{path}"
