"""What is said to the reporters, in one language or in several."""

from collections.abc import Mapping
from typing import Any

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


def spoken(texts: Mapping[str, str] | None) -> dict[str, Any]:
    """The field of an event that says the same in several languages; none where it does not."""
    return {"texts": {tag: perhaps_said(text) for tag, text in texts.items()}} if texts else {}
