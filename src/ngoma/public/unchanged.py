"""Pages that a reader has already: told by a tag, they are not sent again.

The tag of a page is a digest of what it holds. A page that is read very often has one of what it is
made of (`stories.stamp`), so that it need not be made to be compared, nor made twice while nothing
of that has changed: each process keeps the newest of such pages by their tags.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from ngoma import __version__

SAFE = ("GET", "HEAD")
KEPT = 4_000_000
"""Bytes of pages that a process keeps."""
LARGEST = 100_000
"""Bytes of a page that is kept: pictures are not."""
_PACKAGE = Path(__file__).resolve().parents[1]
_MADE_OF = frozenset({".py", ".jinja", ".mo", ".css", ".js"})


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page with a tag of what it holds, before that is packed; without it for who has it."""
    private = "no-store" in response.get("Cache-Control", "")
    if request.method not in SAFE or response.status_code not in (200, 304) or private:
        return response
    response.setdefault("Cache-Control", "no-cache")  # it may be kept, and is asked about each time
    if response.has_header("ETag"):
        return response
    response["ETag"] = _quoted(hashlib.blake2b(response.content, digest_size=12).hexdigest())
    return get_conditional_response(request, response["ETag"], response=response) or response


def unless_known(
    request: HttpRequest, tag: str, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The answer with its tag; that the reader has it, and then none is made.

    Nor is one made that this process has: all that the answer depends on must be in the tag.
    """
    response = get_conditional_response(request, etag=tag) or _kept(tag) or _keep(tag, answer())
    response["ETag"] = tag
    return response


_pages: dict[str, tuple[bytes, dict[str, str]]] = {}


def _kept(tag: str) -> HttpResponse | None:
    """The page of this tag as it was first answered."""
    found = _pages.get(tag)
    return HttpResponse(found[0], headers=found[1]) if found is not None else None


def _keep(tag: str, response: HttpResponse) -> HttpResponse:
    if response.status_code == 200 and len(response.content) <= LARGEST:
        if sum(len(content) for content, _headers in list(_pages.values())) > KEPT:
            _pages.clear()
        _pages[tag] = response.content, dict(response.headers)
    return response


def forget() -> None:
    """Make every page anew from now on: the tests need it, whose cities have the same numbers."""
    _pages.clear()


def tag_of(*parts: object) -> str:
    """The tag of what is made of these parts by this release: another as soon as one of them is."""
    told = repr(parts).encode()
    return _quoted(hashlib.blake2b(told, digest_size=12, key=_release()).hexdigest())


@cache
def _release() -> bytes:
    """Another with every change of the code, the templates and the words that pages are made of."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=16)
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _MADE_OF:
            digest.update(f"{path.name} {path.stat().st_mtime_ns}".encode())
    return digest.digest()


def _quoted(digest: str) -> str:
    return f'"{digest}"'
