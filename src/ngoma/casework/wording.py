"""What is said to the reporters, in one language or in several."""

from collections.abc import Mapping
from typing import Any

from ngoma.base.blanks import blanks
from ngoma.casework.errors import BadRequest

LONGEST_TEXT = 4000


def said(text: str) -> str:
    """The text. Raises `BadRequest` for an empty one and one that is too long."""
    if not text:
        raise BadRequest("text", "missing")
    return perhaps_said(text)


def perhaps_said(text: str) -> str:
    """The text, which may be empty. Raises `BadRequest` for one that is too long."""
    if len(text) > LONGEST_TEXT:
        raise BadRequest("text", "too_long")
    return text.strip()


def told(text: str) -> str:
    """The text, which may be empty, as reporters read it. Raises `BadRequest` for one that is too
    long, or that still has a blank to fill."""
    if blanks(text):
        raise BadRequest("text", "blanks")
    return perhaps_said(text)


def spoken(texts: Mapping[str, str] | None) -> dict[str, Any]:
    """The field of an event that says the same in several languages; none where it does not."""
    return {"texts": {tag: told(text) for tag, text in texts.items()}} if texts else {}
