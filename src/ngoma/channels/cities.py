"""The city that an address names."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from ngoma.cities.book import Book, UnknownCity, book, by_host
from ngoma.look.speaking import Speaking


@dataclass(frozen=True, slots=True)
class Spoken(Speaking):
    """A city in one of its languages, as pages need it. `slug` is empty at its own host name."""

    book: Book
    language: str
    slug: str

    def url(self, page: str = "") -> str:
        """The address of a page of the city in this language."""
        language = "" if self.language == self.book.languages[0] else self.language
        return "/".join(["", *filter(None, (self.slug, language)), page])


def city_of(slug: str) -> Book:
    """The city. Raises `Http404`."""
    try:
        return book(slug)
    except UnknownCity:
        raise Http404(slug) from None


def spoken(request: HttpRequest, slug: str, language: str) -> Spoken:
    """The city of a page, by its slug or by the name of the host, in a language that it has.
    Raises `Http404`."""
    found = city_of(slug) if slug else by_host(request.get_host())
    if found is None or (language and language not in found.languages):
        raise Http404(language)
    return Spoken(found, language or found.languages[0], slug)
