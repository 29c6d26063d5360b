"""The city that an address names."""

from django.http import Http404

from ngoma.cities.book import Book, UnknownCity, book


def city_of(slug: str) -> Book:
    """The city. Raises `Http404`."""
    try:
        return book(slug)
    except UnknownCity:
        raise Http404(slug) from None
