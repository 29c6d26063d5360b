"""A token, given instead of an id where a service is not answered at once, leads to the id."""

import re

from ngoma.open311.answering import Answer
from ngoma.open311.asking import Asked, shown
from ngoma.open311.refusing import Fault, Refusal
from ngoma.records.queries.requests import by_token

BLACKBOX = "blackbox"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}")


def look_up(asked: Asked, /, *, token: str) -> Answer:
    """The id of the request that was answered with this token; a black box never tells it."""
    found = by_token(asked.book.id, token) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise Refusal(Fault(404, "token_unknown", {"token": shown(token)}))
    reference, service_id = found
    service = asked.book.services.get(service_id or 0)
    told = None if service is not None and service.kind == BLACKBOX else reference
    return Answer("service_requests", [{"service_request_id": told, "token": token}])


def nothing(asked: Asked, /, *, path: str) -> Answer:
    """Refuse an address that does not exist."""
    raise Refusal(Fault(404, "address_unknown", {"address": shown(path)}))
