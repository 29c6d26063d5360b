"""A service request as everybody may see it, in the words of GeoReport v2."""

from collections.abc import Callable
from typing import Any

from ngoma.base.clock import iso_local
from ngoma.cities.book import Book, text
from ngoma.insight.answering import answer_text
from ngoma.people.publicity import public_position
from ngoma.records.models import OPEN
from ngoma.records.queries.photos import url
from ngoma.records.queries.requests import Row


def described(book: Book, row: Row, language: str, address: Callable[[str], str]) -> dict[str, Any]:
    """The request. `address` gives the whole address of a path of ours."""
    service = book.services.get(row.service_id or 0)
    department = book.departments.get(row.department_id or 0)
    place = book.places.get(row.place_id or 0) if row.public else None
    position = public_position(row.lat, row.lon, exact=row.public)
    return {
        "service_request_id": row.reference,
        "status": "open" if row.state in OPEN else "closed",
        "status_notes": _notes(book, row, language),
        "service_name": text(service.names, language) if service else None,
        "service_code": service.code if service else None,
        "description": row.words or None,
        "agency_responsible": text(department.names, language) if department else None,
        "service_notice": None,
        "requested_datetime": iso_local(row.received_at, book.zone),
        "updated_datetime": iso_local(row.updated_at, book.zone),
        # Some importers stumble over an empty one, so it is not there where nothing is promised.
        **({"expected_datetime": iso_local(row.due, book.zone)} if row.due else {}),
        "address": row.location or None,
        "address_id": place.code if place else None,
        "zipcode": None,
        "lat": position[0] if position else None,
        "long": position[1] if position else None,
        "media_url": address(url(row.photo)) if row.photo else None,
    }


def _notes(book: Book, row: Row, language: str) -> str | None:
    """What the city answered last, through the gate."""
    if row.told is None:
        return None
    return answer_text(book, row.told[0], row.told[1], language) or None
