"""The services of a city as Open311 lists them."""

from typing import Any

from ngoma.cities.book import Book, ServiceEntry, text


def service_list(book: Book, language: str) -> list[dict[str, Any]]:
    """Every service that can be asked for, in the order of the pack."""
    return [_listed(book, each, language) for each in book.services.values() if not each.retired]


def _listed(book: Book, service: ServiceEntry, language: str) -> dict[str, Any]:
    words = service.keywords.get(language) or next(iter(service.keywords.values()), ())
    return {
        "service_code": service.code,
        "service_name": text(service.names, language),
        "description": text(service.hints, language) or None,
        "metadata": bool(service.questions),
        "type": service.kind,
        "keywords": ",".join(word.replace(",", " ") for word in words) or None,
        "group": text(book.groups.get(service.group, {}), language) or service.group,
    }
