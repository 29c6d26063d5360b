"""The published files, as the night left them: whole or in parts, for pages of any origin.

Each has an address that stays, and a tag that is its digest. Nothing is made when it is asked for.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import BinaryIO

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

from ngoma.insight.opendata import manifest
from ngoma.insight.opendata.manifest import File
from ngoma.public.opendata.ranges import NotThere, wanted
from ngoma.public.site import Site, find

KEEP = "public, max-age=300"
"""A file may be kept for minutes without asking; afterwards its tag says whether it is the same."""
_PIECE = 1 << 16
_CATALOGUES = {
    "text/turtle": "catalog.ttl",
    "application/ld+json": "catalog.jsonld",
    "application/rdf+xml": "catalog.rdf",
}

View = Callable[..., HttpResponseBase]


def _open(view: View) -> View:
    """Find the city, and let pages of other origins read the answer."""

    @require_safe
    @wraps(view)
    def opened(
        request: HttpRequest, city: str | None = None, language: str | None = None, **rest: str
    ) -> HttpResponseBase:
        site = find(request, city, language)
        if site is None:
            raise Http404("no such city or language")
        response = view(request, site, **rest)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Content-Range, Accept-Ranges"
        response.setdefault("Cache-Control", KEEP)
        if not city:
            patch_vary_headers(response, ["Host"])
        return response

    return opened


@_open
def file(request: HttpRequest, site: Site, name: str) -> HttpResponseBase:
    """A file of the present publication."""
    return _named(request, site, name)


@_open
def catalogue(request: HttpRequest, site: Site) -> HttpResponseBase:
    """The catalogue in the form that the reader prefers: Turtle if any, the page for people."""
    preferred = request.get_preferred_type([*_CATALOGUES, "text/html"])
    if preferred == "text/html":
        response: HttpResponseBase = HttpResponseRedirect(site.url("data"), status=303)
    else:
        response = _named(request, site, _CATALOGUES[preferred or "text/turtle"])
    patch_vary_headers(response, ["Accept"])
    return response


@_open
def newest(request: HttpRequest, site: Site) -> HttpResponseBase:
    """What is published, with sizes and digests."""
    published = manifest.read(site.book.slug)
    if published is None:
        raise Http404("nothing is published")
    content = manifest.encode(published)
    tag = f'"{published.published_at:%Y%m%d%H%M%S}"'
    return _unless_known(
        request,
        tag,
        published.published_at,
        lambda: HttpResponse(content, content_type="application/json"),
    )


@_open
def version(request: HttpRequest, site: Site, day: str) -> HttpResponseBase:
    """What was published on a day."""
    content = manifest.version(site.book.slug, day)
    if content is None:
        raise Http404(day)
    return HttpResponse(content, content_type="application/json")


def _named(request: HttpRequest, site: Site, name: str) -> HttpResponseBase:
    """A file by its name. The night may take it away just now: then the next one is there."""
    for _ in range(2):
        published = manifest.read(site.book.slug)
        found = published.file(name) if published else None
        if found is None:
            break
        try:
            return _sent(request, found, manifest.stored(site.book.slug, found))
        except FileNotFoundError:
            continue
    raise Http404(name)


def _sent(request: HttpRequest, found: File, path: Path) -> HttpResponseBase:
    """A file, or the part of it that is asked for; packed where that is taken and lies ready.

    Parts are of the plain file: few who ask for them put packed ones together again.
    """
    header = request.headers.get("Range", "")
    zipped = not header and _takes_gzip(request) and manifest.packed(path).exists()
    tag = f'"{found.sha256[:32]}{"-gzip" if zipped else ""}"'
    if not _same_still(request, tag, found.modified):
        header = ""

    def answer() -> HttpResponseBase:
        if zipped:
            response = _part(request, manifest.packed(path), "", found.media_type)
            response["Content-Encoding"] = "gzip"
        else:
            response = _part(request, path, header, found.media_type)
        return response

    response = _unless_known(request, tag, found.modified, answer)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _part(request: HttpRequest, path: Path, header: str, media_type: str) -> HttpResponseBase:
    """The part of a file that a header `Range` asks for; all of it where it asks for none."""
    size = path.stat().st_size
    try:
        start, end = wanted(header, size) or (0, size)
    except NotThere:
        return _nothing_there(size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=media_type)
    else:
        pieces = _Pieces(path.open("rb"), start, end)
        response = StreamingHttpResponse(pieces, content_type=media_type)
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    if (start, end) != (0, size):
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


class _Pieces:
    """A part of an open file. The response closes it, also where nobody has taken a piece."""

    def __init__(self, opened: BinaryIO, start: int, end: int) -> None:
        self._opened, self._start, self._end = opened, start, end

    def __iter__(self) -> Iterator[bytes]:
        at = self._opened.seek(self._start)
        while at < self._end and (piece := self._opened.read(min(_PIECE, self._end - at))):
            at += len(piece)
            yield piece

    def close(self) -> None:
        self._opened.close()


def _unless_known(
    request: HttpRequest, tag: str, modified: datetime, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The answer, or that the reader has it already (RFC 9110, 13): then none is made."""
    at = int(modified.astimezone(UTC).timestamp())
    response = get_conditional_response(request, tag, at) or answer()
    response["ETag"] = tag
    response["Last-Modified"] = http_date(at)
    return response


def _same_still(request: HttpRequest, tag: str, modified: datetime) -> bool:
    """Whether a part may be sent: of the file that the reader has begun with."""
    begun = request.headers.get("If-Range")
    if begun is None:
        return True
    if begun.startswith('"'):
        return begun == tag
    return parse_http_date_safe(begun) == int(modified.timestamp())


def _nothing_there(size: int) -> HttpResponse:
    response = HttpResponse(status=416)
    response["Content-Range"] = f"bytes */{size}"
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    return any(
        each.split(";")[0].strip() == "gzip" and "q=0" not in each.replace(" ", "").split(";")[1:]
        for each in request.headers.get("Accept-Encoding", "").split(",")
    )
