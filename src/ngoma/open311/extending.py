"""What `extensions=true` adds to requests: what other cities' servers tell, in their words."""

from collections.abc import Mapping, Sequence
from typing import Any

from ngoma.base.clock import iso_local
from ngoma.cities.book import Book, text
from ngoma.open311.asking import Asked
from ngoma.open311.services import attribute
from ngoma.people.publicity import public_event, said
from ngoma.records.queries import requests
from ngoma.records.queries.photos import url
from ngoma.records.queries.requests import Happened, Row


def extended(asked: Asked, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each request its extended_attributes, attributes and notes."""
    public = [row for row in rows if row.public]
    photos, answers = requests.photos(public), requests.answers([row.report_id for row in public])
    events = requests.events(public)
    return [
        {
            "extended_attributes": _extended(asked, row, photos.get(row.report_id, [])),
            "attributes": _answered(asked, row, answers.get(row.report_id, {})),
            "notes": _notes(asked, events.get(row.case_id, [])) if row.public else [],
        }
        for row in rows
    ]


def _extended(asked: Asked, row: Row, photos: Sequence[str]) -> dict[str, Any]:
    book = asked.book
    duplicate = row.reference != row.case_reference
    chain = book.chain(row.place_id) if row.public else ()
    return {
        "detailed_status": row.state,
        "channel": row.channel,
        "duplicate": duplicate,
        "parent_service_request_id": row.case_reference if duplicate else None,
        "reports": row.reports,
        "place": ", ".join(text(book.places[each].names, asked.language) for each in chain) or None,
        "media_urls": [asked.address(url(name)) for name in photos],
    }


def _answered(asked: Asked, row: Row, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers picked from a list; what was typed is for the city alone."""
    service = asked.book.services.get(row.service_id or 0)
    found = []
    for order, question in enumerate(service.questions if service else (), 1):
        given = answers.get(question["code"])
        if given is None or not question["datatype"].endswith("list"):
            continue
        picked = set(given if isinstance(given, list) else [given])
        described = attribute(question, order, asked.language)
        values = [each for each in described["values"] if each["key"] in picked]
        kept = {name: described[name] for name in ("code", "datatype", "description")}
        found.append(kept | {"values": values})
    return found


def _notes(asked: Asked, events: Sequence[Happened]) -> list[dict[str, Any]]:
    return [note for event in events if (note := noted(asked.book, event, asked.language))]


def noted(book: Book, event: Happened, language: str) -> dict[str, Any] | None:
    """What everybody may know of an event; None where they may not know that it happened."""
    known = public_event(event.kind, event.data)
    if known is None:
        return None
    return {
        "datetime": iso_local(event.at, book.zone),
        "type": event.kind,
        "summary": _summary(book, known, language) or None,
        "description": said(known, language) or None,
    }


def _summary(book: Book, known: Mapping[str, Any], language: str) -> str:
    """The reason, body or department that an event names."""
    named = [
        book.reason(known["reason"]) if known.get("reason") else None,
        book.body(known["body"]) if known.get("body") else None,
    ]
    words = [text(each["name"], language) for each in named if each is not None]
    department = book.departments.get(known.get("department") or 0)
    if department is not None:
        words.append(text(department.names, language))
    return ", ".join(words)
