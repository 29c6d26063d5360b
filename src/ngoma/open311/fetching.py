"""Photos that a caller only named by an address: fetched by a job, from public hosts alone.

The host is resolved here and its address looked at before a connection is made to exactly that
address, so that no name can lead inside, neither at once nor by a redirection.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urljoin

import httpcore
import httpx
import structlog

from ngoma.intake import photos
from ngoma.records.models import Photo, Report

FETCH = "open311.fetch"
MOST_REDIRECTIONS = 3
SECONDS = 60
"""All of one fetch; one step of it may take a sixth."""

_INDIRECT = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "2001::/32"))
"""IPv6 addresses that stand for an IPv4 address, perhaps a private one."""

log = structlog.get_logger(__name__)


class Unfetchable(Exception):
    """There is no photo to be had at this address, now or later."""


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


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in net for net in _INDIRECT):
            return False
    return ip.is_global and not ip.is_multicast


def fetch(url: str, *, allowed: Callable[[str], bool] = is_public) -> bytes:
    """The bytes at an address, as many as a photo may have.

    `allowed` says which IP addresses may be asked. Raises `Unfetchable`; the errors of `httpcore`
    for what may work later.
    """
    guarded = _Guarded(allowed, until=time.monotonic() + SECONDS)
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


class _Guarded(httpcore.SyncBackend):
    """Connects to allowed addresses alone, and until a moment."""

    def __init__(self, allowed: Callable[[str], bool], until: float) -> None:
        self._allowed = allowed
        self._until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise httpcore.ConnectError(str(error)) from error
            raise Unfetchable("no such host") from error
        addresses = [str(each[4][0]) for each in found]
        if not addresses or not all(map(self._allowed, addresses)):
            raise Unfetchable("not a public host")
        stream = super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)
        return _Hurried(stream, self._until)


class _Hurried(httpcore.NetworkStream):
    """A connection that ends at a moment, however little comes how often: also in the headers."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Hurried(secured, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("too slow")
        return left if timeout is None else min(left, timeout)
