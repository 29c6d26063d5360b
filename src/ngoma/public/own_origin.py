"""Forms are taken from our own pages alone, without a cookie.

A cross-site request is dangerous where it rides on a cookie of the reader. Residents have none, and
what lets them act is written in the form itself. So instead of Django's token, which needs a
cookie, the browser's own word is taken: `Sec-Fetch-Site`, or `Origin` of older ones. A browser that
says neither is let in: it cannot be made to carry anything that another site does not know.
"""

from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def require_own_origin(request: HttpRequest) -> None:
    """Raise PermissionDenied for a form that another site's page sends."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise PermissionDenied("a form of another site")
    origin = request.headers.get("Origin")
    # A page without a referrer says "null": then Sec-Fetch-Site, where known, has the word.
    if origin and origin != "null" and _host(origin) != request.get_host():
        raise PermissionDenied("a form of another origin")


def _host(origin: str) -> str:
    """The host and port of an origin; empty for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
