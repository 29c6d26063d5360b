"""The gate: what of a report or an event the public may see. Every public face asks here."""

from collections.abc import Mapping, Sequence
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

LEAST = 5
"""Cases below which no figure of them is told: it would tell of single people.

It covers the figures of the city's work, on the page, in its files and in the monthly report. Open
data have a row for each report all the same, and so counts of one: there a private report is kept
apart by what its row leaves out.
"""


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


def shown(counts: Sequence[int], told: Sequence[bool] | None = None) -> list[bool]:
    """Which counts may be published beside their total: none from 1 to 4, and so many more that no
    hidden one can be reckoned from the total. None at all is no secret.

    Of what is not `told` for another reason nothing is published either: with the few it is what
    is left when the published counts are taken from the total.
    """
    told = told or [True] * len(counts)
    hidden = {place for place, count in enumerate(counts) if 0 < count < LEAST or not told[place]}
    others = sorted((count, place) for place, count in enumerate(counts) if count >= LEAST)
    for _, place in others:
        left = [counts[each] for each in hidden if counts[each]]
        if not left or (len(left) > 1 and sum(left) >= LEAST):
            break
        hidden.add(place)
    return [place not in hidden for place in range(len(counts))]
