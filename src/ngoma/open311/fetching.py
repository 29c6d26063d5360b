"""Photos that a caller only named by an address: fetched by a job, from public hosts alone.

The host is resolved here and its address looked at before a connection is made to exactly that
address, so that no name can lead inside, neither at once nor by a redirection.
"""

import time
from collections.abc import Callable, Iterable
from urllib.parse import urljoin

import httpcore
import httpx
import structlog

from ngoma.base.outside import Guarded, Unfetchable, is_public
from ngoma.intake import photos
from ngoma.records.models import Photo, Report

FETCH = "open311.fetch"
MOST_REDIRECTIONS = 3
SECONDS = 60
"""All of one fetch; one step of it may take a sixth."""

log = structlog.get_logger(__name__)


def fetch_photo(*, report: int, url: str, allowed: Callable[[str], bool] | None = None) -> None:
    """The job: fetch a photo and give it to the report. What is no photo is left."""
    known = Report.objects.filter(pk=report).first()
    if known is None:
        return
    try:
        photo = photos.store(fetch(url, allowed=allowed or is_public), at=known.received_at)
    except (Unfetchable, photos.PhotoRefused) as refused:
        log.info("photo not fetched", report=report, reason=str(refused))
        return
    if Photo.objects.filter(report=report, digest=photo.digest).exists():
        photos.discard([photo])  # the job ran before and was not finished
    else:
        Photo.objects.filter(pk=photo.pk).update(report=known)


def fetch(url: str, *, allowed: Callable[[str], bool] = is_public) -> bytes:
    """The bytes at an address, as many as a photo may have.

    `allowed` says which IP addresses may be asked. Raises `Unfetchable`; the errors of `httpcore`
    for what may work later.
    """
    guarded = Guarded(allowed, until=time.monotonic() + SECONDS)
    with httpcore.ConnectionPool(network_backend=guarded) as pool:
        for _ in range(MOST_REDIRECTIONS + 1):
            found = _ask(pool, _usable(url))
            if isinstance(found, bytes):
                return found
            url = found
    raise Unfetchable("too many redirections")


def _usable(url: str) -> str:
    """The address as it is sent: names and paths of any script in ASCII."""
    try:
        plain = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unfetchable("not a usable address") from error
    if plain.scheme not in ("http", "https") or not plain.host:
        raise Unfetchable("not an address of the web")
    if plain.port is not None and not 0 < plain.port < 65536:
        raise Unfetchable("not a usable address")
    return str(plain)


def _ask(pool: httpcore.ConnectionPool, url: str) -> bytes | str:
    """What is there; or the address where it is instead."""
    limits = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS / 6)
    headers = [("Accept", "image/*"), ("User-Agent", "Ngoma")]
    try:
        with pool.stream("GET", url, headers=headers, extensions={"timeout": limits}) as response:
            if response.status in (301, 302, 303, 307, 308):
                target = _header(response, b"location")
                return urljoin(url, target.decode("latin-1"))
            if response.status >= 500 or response.status == 429:
                raise httpcore.ConnectError(f"the server answered {response.status}")
            if response.status != 200:
                raise Unfetchable(f"the server answered {response.status}")
            return _body(response.iter_stream())
    except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError) as error:
        raise Unfetchable("not a usable address") from error


def _header(response: httpcore.Response, name: bytes) -> bytes:
    for key, value in response.headers:
        if key.lower() == name:
            return value
    raise Unfetchable("a redirection to nowhere")


def _body(chunks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > photos.MOST_BYTES:
            raise Unfetchable("too large")
    return bytes(data)
