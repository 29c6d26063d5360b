"""Every request: a name for it in the log, one line about it, its share of what is counted, and a
span where they are sent.

A view is named as the code names it. Neither the address, which may open something, nor who asks is
written down or counted.
"""

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter, thread_time

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from ngoma.base import references, tracing
from ngoma.watch.addresses import VIEWS

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "OPTIONS"})
"""Those that some view takes. Senders may make up others, and each would be counted apart."""

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("ngoma.requests")

SECONDS = Histogram(
    "ngoma_request_seconds",
    "How long requests took, until their answer began.",
    ("view", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)
CPU = Counter("ngoma_request_cpu_seconds", "CPU time that requests used in Python.", ("view",))


def follow(answer: Handler) -> Handler:
    """Middleware, the outermost: name, time, count and log each request."""

    def followed(request: HttpRequest) -> HttpResponse:
        began, used = perf_counter(), thread_time()
        name = _name(request)
        # The thread keeps it until its next request, so that what Django logs last has it too.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=name)
        with tracing.request({"ngoma.request_id": name}, request.headers.get("traceparent")):
            response = answer(request)
            view = _view(request)
            method = request.method if request.method in _METHODS else "other"
            if tracing.is_on():
                _trace(request, view, method, response.status_code)
        response[HEADER] = name
        seconds = perf_counter() - began
        SECONDS.labels(view, method, f"{response.status_code // 100}xx").observe(seconds)
        CPU.labels(view).inc(thread_time() - used)
        ms = round(seconds * 1000, 1)
        slow = 0 < settings.NGOMA_SLOW_MS <= ms
        say = log.warning if slow else log.info
        say(
            "slow request" if slow else "request",
            method=method,
            view=view,
            status=response.status_code,
            ms=ms,
        )
        return response

    return followed


def _name(request: HttpRequest) -> str:
    """The name that a proxy gave the request, if it is one; else a new one."""
    given = request.headers.get(HEADER, "")
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _view(request: HttpRequest) -> str:
    """What answered: a view by its name in the code; `static` for a file; `none` for no view."""
    if request.path_info in VIEWS:
        return request.path_info[1:]
    if request.resolver_match is not None:
        return request.resolver_match.view_name.removeprefix("ngoma.")
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


def _trace(request: HttpRequest, view: str, method: str, status: int) -> None:
    about: dict[str, str | int] = {
        "http.request.method": method,
        "http.response.status_code": status,
    }
    match = request.resolver_match
    with suppress(references.BadReference):  # whatever else somebody typed there is not told
        asked = match.kwargs.get("reference", "") if match else ""
        about["ngoma.reference"] = references.read(asked)
    tracing.note(about, view)
    if status >= 500:
        tracing.failed(str(status))
