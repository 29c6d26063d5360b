"""A city's book as triage wants it, made once per version of the city."""

from functools import lru_cache

from ngoma.cities.book import Book, ServiceEntry
from ngoma.triage.catalogue import Catalogue, Service, Template
from ngoma.triage.interface import Level

_LEVELS: dict[str, Level] = {"now": "now", "soon": "soon"}


def catalogue(book: Book) -> Catalogue:
    """What triage knows of the city."""
    return _made(_Key(book))


class _Key:
    """A book, equal to another of the same city and version."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._identity = (book.id, book.slug, book.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


@lru_cache(maxsize=64)
def _made(key: _Key) -> Catalogue:
    book = key.book
    return Catalogue(
        country=book.country,
        languages=book.languages,
        services=tuple(_service(book, entry) for entry in book.services.values()),
        now=book.settings["danger"].get("now", {}),
        soon=book.settings["danger"].get("soon", {}),
        templates=tuple(
            Template(each["code"], tuple(each.get("services", ())), each["for"], each["text"])
            for each in book.settings["templates"]
        ),
    )


def _service(book: Book, entry: ServiceEntry) -> Service:
    return Service(
        id=entry.id,
        code=entry.code,
        group=entry.group,
        names=entry.names,
        hints=entry.hints,
        keywords=entry.keywords,
        active=not entry.retired,
        urgency=_LEVELS.get(entry.danger, "no"),
    )
