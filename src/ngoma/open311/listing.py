"""Service requests, one or many, as everybody may see them."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from ngoma.base.clock import iso_local
from ngoma.cities.book import Book, text
from ngoma.insight.answering import answer_text
from ngoma.open311 import filters
from ngoma.open311.answering import Answer
from ngoma.open311.asking import Asked, shown
from ngoma.open311.extending import extended
from ngoma.open311.refusing import Fault, Refusal
from ngoma.people.publicity import public_position
from ngoma.records.models import OPEN
from ngoma.records.queries import requests
from ngoma.records.queries.photos import url
from ngoma.records.queries.requests import Row, Wanted


def list_requests(asked: Asked, /) -> Answer:
    """The requests that are asked for: by id, or a page of those that fit."""
    ids = asked.several("service_request_id")
    if ids:
        return _named(asked, ids)
    wanted, page = filters.wanted(asked), filters.page(asked)
    offset = (page.number - 1) * page.size if page.number and page.after is None else 0
    rows, more = requests.page(wanted, after=page.after, offset=offset, limit=page.size)
    headers = {"X-Page-Size": str(page.size)}
    if page.number is not None:
        headers |= _counted(wanted, page.size)
    if more is not None:
        headers["Link"] = asked.next_page(filters.cursor(more))
    return Answer("service_requests", _told(asked, rows), headers)


def show_request(asked: Asked, /, *, ids: str) -> Answer:
    """One request, or several of a comma list. Raises `Refusal` where none of them is there."""
    return _named(asked, [each.strip() for each in ids.split(",")])


def _named(asked: Asked, ids: Sequence[str]) -> Answer:
    wanted = filters.named(asked, ids)
    rows, _ = requests.page(wanted, limit=filters.MOST) if wanted.references else ([], None)
    if not rows:
        raise Refusal(*(Fault(404, "request_unknown", {"id": shown(each)}) for each in ids[:20]))
    return Answer("service_requests", _told(asked, rows))


def _told(asked: Asked, rows: Sequence[Row]) -> list[dict[str, Any]]:
    told = [_request(asked, row) for row in rows]
    if asked.one("extensions").lower() in ("true", "1", "yes", "all"):
        for request, more in zip(told, extended(asked, rows), strict=True):
            request.update(more)
    return told


def _counted(wanted: Wanted, size: int) -> dict[str, str]:
    count = requests.count(wanted)
    return {"X-Result-Count": str(count), "X-Page-Count": str(ceil(count / size))}


def _request(asked: Asked, row: Row) -> dict[str, Any]:
    book, language = asked.book, asked.language
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
        "media_url": asked.address(url(row.photo)) if row.photo else None,
    }


def _notes(book: Book, row: Row, language: str) -> str | None:
    """What the city answered last, through the gate."""
    if row.told is None:
        return None
    return answer_text(book, row.told[0], row.told[1], language) or None
