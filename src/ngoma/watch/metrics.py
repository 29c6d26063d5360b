"""What Prometheus scrapes: counts of requests from all web processes, and how the installation
stands, from the database.

Each web process counts for itself in a file of its own, and whichever answers adds all of them up
(`settings.serve` says where they lie). So every scrape tells of all processes, also of those that
have ended.
"""

import os
import threading
import time
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from ngoma.watch.standing import Standing

FRESH = 5.0
"""Seconds for which an answer is given again, for asking costs the database something."""

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")
"""Headers of a proxy: whoever asks through one on this machine is somewhere else."""

_lock = threading.Lock()
_kept: tuple[float, bytes] | None = None


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics as text; 403 for who may not read them."""
    if not _may_read(request):
        return HttpResponse(
            "metrics are for this machine, or for who shows the token NGOMA_METRICS_TOKEN\n",
            content_type="text/plain",
            status=403,
        )
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(_text(), content_type=CONTENT_TYPE_LATEST, headers=headers)


def forget() -> None:
    """Ask anew at the next scrape: the tests need it."""
    global _kept
    _kept = None


def _may_read(request: HttpRequest) -> bool:
    """Whether the token was shown; where none is set, whether the sender is on this machine."""
    if settings.NGOMA_METRICS_TOKEN:
        shown = request.headers.get("Authorization", "")
        return constant_time_compare(shown, f"Bearer {settings.NGOMA_METRICS_TOKEN}")
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _text() -> bytes:
    """The metrics, at most some seconds old. Who comes while they are asked for waits for them."""
    global _kept
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] >= FRESH:
            _kept = time.monotonic(), _asked()
        return _kept[1]


def _asked() -> bytes:
    counted = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        counted.register(Standing())
        return generate_latest(counted)
    counted.register(Standing())
    return generate_latest(REGISTRY) + generate_latest(counted)
