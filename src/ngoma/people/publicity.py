"""The gate: what of a report or an event the public may see. Every public face asks here."""

from collections.abc import Mapping
from typing import Any

PUBLIC_FIELDS: dict[str, tuple[str, ...]] = {
    "opened": ("service", "department", "due", "channel"),
    "joined": (),
    "absorbed": (),
    "accepted": ("service", "department", "answer_due", "due", "text", "texts"),
    "corrected": ("service", "department", "due"),
    "rejected": ("reason", "text", "texts"),
    "referred": ("body", "text"),
    "assigned": ("department", "transfer"),
    "started": ("text",),
    "resolved": ("text", "texts", "photos"),
    "closed": ("reason",),
    "reopened": ("due",),
    "answered": ("text", "texts"),
    "asked": ("text",),
    "informed": (),
    "merged": ("into",),
    "split": (),
    "returned": ("due",),
    "extended": ("reason", "text", "due"),
    "escalated": ("step",),
    "rated": ("score",),
    "recorded": ("text", "due"),
}
"""Public kinds of event with their public fields. What is not here is not public."""

TELLING = tuple(kind for kind, fields in PUBLIC_FIELDS.items() if "text" in fields)
"""Kinds of event by which the city answers everybody in words."""

COARSE_DIGITS = 2
"""Decimals of a published position where the service keeps the exact place private (about 1 km)."""


def public_event(kind: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the public may know of an event; None where it may not know that it happened."""
    fields = PUBLIC_FIELDS.get(kind)
    if fields is None:
        return None
    return {name: data[name] for name in fields if name in data}


def public_position(
    lat: float | None, lon: float | None, *, exact: bool
) -> tuple[float, float] | None:
    """The position to publish, coarse where the exact place is nobody's business."""
    if lat is None or lon is None:
        return None
    return (lat, lon) if exact else (round(lat, COARSE_DIGITS), round(lon, COARSE_DIGITS))


def said(data: Mapping[str, Any], language: str) -> str:
    """The words of an event: in that language where they were written in several."""
    return str(data.get("texts", {}).get(language) or data.get("text") or "")
