"""Service requests, one or many, as everybody may see them."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from ngoma.open311 import filters
from ngoma.open311.answering import Answer
from ngoma.open311.asking import Asked, shown
from ngoma.open311.describing import described
from ngoma.open311.extending import extended
from ngoma.open311.refusing import Fault, Refusal
from ngoma.records.queries import requests
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
    told = [described(asked.book, row, asked.language, asked.address) for row in rows]
    if asked.one("extensions").lower() in ("true", "1", "yes", "all"):
        for request, more in zip(told, extended(asked, rows), strict=True):
            request.update(more)
    return told


def _counted(wanted: Wanted, size: int) -> dict[str, str]:
    count = requests.count(wanted)
    return {"X-Result-Count": str(count), "X-Page-Count": str(ceil(count / size))}
