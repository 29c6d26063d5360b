"""A city's book as triage wants it, made once per version of the city."""

from functools import lru_cache

from ngoma.cities.book import Book, Edition, ServiceEntry
from ngoma.triage.catalogue import Catalogue, Service, Template
from ngoma.triage.interface import Level

_LEVELS: dict[str, Level] = {"now": "now", "soon": "soon"}


def catalogue(book: Book) -> Catalogue:
    """What triage knows of the city."""
    return _made(Edition(book))


@lru_cache(maxsize=64)
def _made(key: Edition) -> Catalogue:
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
