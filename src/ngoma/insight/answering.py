"""What the city answered, as everybody may read it."""

from collections.abc import Mapping
from typing import Any

from ngoma.cities.book import Book, text
from ngoma.people.publicity import public_event, said


def answer_text(book: Book, kind: str, data: Mapping[str, Any], language: str) -> str:
    """The public words of an event: those written, else those of the reason or the body named."""
    known = public_event(kind, data) or {}
    if words := said(known, language):
        return words
    reason = book.reason(known["reason"]) if known.get("reason") else None
    if reason is not None:
        return text(reason.get("text") or reason["name"], language)
    body = book.body(known["body"]) if known.get("body") else None
    return text(body["name"], language) if body is not None else ""
