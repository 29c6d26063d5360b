"""Answers: XML or JSON as the address ends, never a page, and safe to be read from any web page."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ngoma.open311 import spark
from ngoma.open311.asking import Asked
from ngoma.open311.refusing import Fault, Refusal
from ngoma.records.sql import replica
from ngoma.work import failures

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, X-Page-Count, X-Page-Size, X-Result-Count",
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept-Language, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "86400",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A document: the name of its root, its data, and headers beside it."""

    root: str
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)


RETRY_AFTER = "10"
"""Seconds, while the database is away or the disk is full."""

log = structlog.get_logger(__name__)

View = Callable[..., Answer]
"""Takes what is asked, and the parts of the address by name."""


def endpoint(**views: View) -> Callable[..., HttpResponse]:
    """An address that answers these methods (`get=…`, `post=…`) with documents."""
    methods = {name.upper(): view for name, view in views.items()}
    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])

    @csrf_exempt
    def answer(request: HttpRequest, form: str, **rest: str) -> HttpResponse:
        if request.method == "OPTIONS":
            headers = {"Access-Control-Allow-Methods": allowed, "Allow": allowed}
            return HttpResponse(status=204, headers=_OPEN | _PREFLIGHT | headers)
        asked = Asked(request, form)
        view = methods.get("GET" if request.method == "HEAD" else request.method or "")
        try:
            if view is None:
                raise Refusal(Fault(405, "method", {"allowed": allowed}))
            response = _document(asked, _asked(view, asked, rest))
        except Refusal as refusal:
            response = _refused(asked, refusal)
            if view is None:
                response["Allow"] = allowed
        except Exception as error:
            status = failures.status(error)
            if status is None:
                raise
            log.warning("call not answered", status=status, error=failures.told(error))
            response = _refused(asked, Refusal(Fault(status, "unavailable")))
            response["Retry-After"] = RETRY_AFTER
        return response

    return wraps(next(iter(views.values())))(answer)


def _asked(view: View, asked: Asked, rest: Mapping[str, str]) -> Answer:
    """The answer of a view. Who shows a key may read what they have just written, so the primary
    answers; everybody else is answered by the replica where there is one."""
    if asked.request.method == "POST" or asked.one("api_key"):
        return view(asked, **rest)
    return replica.read(partial(view, asked, **rest), missing=Refusal)


def _document(asked: Asked, answer: Answer) -> HttpResponse:
    response = _written(asked, answer.root, answer.data)
    for name, value in answer.headers.items():
        response[name] = value
    if asked.request.method == "POST":
        response["Cache-Control"] = "no-store"
        return response
    private = bool(asked.one("api_key"))
    response["Cache-Control"] = "private, no-cache" if private else "no-cache"
    etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    if etag in asked.request.headers.get("If-None-Match", ""):
        response.status_code, response.content = 304, b""
    response["ETag"] = etag
    return response


def _refused(asked: Asked, refusal: Refusal) -> HttpResponse:
    language = asked.error_language
    errors = [
        {"code": fault.status, "description": fault.told(language)} for fault in refusal.faults
    ]
    response = _written(asked, "errors", errors)
    response.status_code = refusal.status
    response["Cache-Control"] = "no-store"
    return response


def _written(asked: Asked, root: str, data: Any) -> HttpResponse:
    body = spark.json(data) if asked.form == "json" else spark.xml(root, data)
    headers = _OPEN | {"Vary": "Accept-Language, Host", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=TYPES[asked.form], headers=headers)
