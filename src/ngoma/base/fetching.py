"""What lies at an address of the web, fetched within bounds of time and of bytes."""

import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urljoin

import httpcore
import httpx

from ngoma.base.outside import Guarded, Unfetchable, certificates, is_public

MOST_REDIRECTIONS = 3


def fetch(
    url: str,
    *,
    most: int,
    seconds: float,
    accept: str = "*/*",
    allowed: Callable[[str], bool] = is_public,
    redirections: int = MOST_REDIRECTIONS,
) -> bytes:
    """The bytes at an address, at most `most` of them, or where that leads on to.

    All of it may take `seconds`, however little comes how often, and one step a sixth of that.
    `allowed` says which IP addresses may be asked. Raises `Unfetchable`; the errors of `httpcore`
    for what may work later.
    """
    guarded = Guarded(allowed, until=time.monotonic() + seconds)
    limits = dict.fromkeys(("connect", "read", "write", "pool"), seconds / 6)
    with httpcore.ConnectionPool(certificates(), network_backend=guarded) as pool:
        for _ in range(redirections + 1):
            found = _ask(pool, _usable(url), accept, limits, most)
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


def _ask(
    pool: httpcore.ConnectionPool, url: str, accept: str, limits: Mapping[str, float], most: int
) -> bytes | str:
    """What is there; or the address where it is instead."""
    headers = [("Accept", accept), ("User-Agent", "Ngoma")]
    try:
        with pool.stream("GET", url, headers=headers, extensions={"timeout": limits}) as response:
            if response.status in (301, 302, 303, 307, 308):
                target = _header(response, b"location")
                return urljoin(url, target.decode("latin-1"))
            if response.status >= 500 or response.status == 429:
                raise httpcore.ConnectError(f"the server answered {response.status}")
            if response.status != 200:
                raise Unfetchable(f"the server answered {response.status}")
            return _body(response.iter_stream(), most)
    except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError) as error:
        raise Unfetchable("not a usable address") from error


def _header(response: httpcore.Response, name: bytes) -> bytes:
    for key, value in response.headers:
        if key.lower() == name:
            return value
    raise Unfetchable("a redirection to nowhere")


def _body(chunks: Iterable[bytes], most: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > most:
            raise Unfetchable(f"more than {most:,} bytes")
    return bytes(data)
