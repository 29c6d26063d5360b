"""Posting to an address that somebody named, within bounds of time and of bytes."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpcore

from ngoma.base.outside import Guarded, Unfetchable, certificates, is_public

Headers = Sequence[tuple[str, str]]


def post(
    url: str,
    *,
    body: bytes,
    headers: Headers,
    seconds: float,
    allowed: Callable[[str], bool] = is_public,
) -> tuple[int, list[tuple[bytes, bytes]]]:
    """The status and headers of the answer; what it says is not read. No redirection is followed.

    All of it may take `seconds`, however little comes how often, and one step half of that.
    `allowed` says which IP addresses may be asked. Raises `Unfetchable`; the errors of `httpcore`
    for what may work later.
    """
    with _posted(url, body, headers, seconds, allowed) as answer:
        return answer.status, list(answer.headers)


def ask(
    url: str,
    *,
    body: bytes,
    headers: Headers,
    seconds: float,
    most: int,
    allowed: Callable[[str], bool] = is_public,
) -> tuple[int, bytes]:
    """The status and what the answer says, as `post`. Raises `Unfetchable` too where that is more
    than `most` bytes."""
    said = bytearray()
    with _posted(url, body, headers, seconds, allowed) as answer:
        for chunk in answer.iter_stream():
            said += chunk
            if len(said) > most:
                raise Unfetchable(f"more than {most:,} bytes")
        return answer.status, bytes(said)


@contextmanager
def _posted(
    url: str, body: bytes, headers: Headers, seconds: float, allowed: Callable[[str], bool]
) -> Iterator[httpcore.Response]:
    guarded = Guarded(allowed, until=time.monotonic() + seconds)
    limits = {"timeout": dict.fromkeys(("connect", "read", "write"), seconds / 2)}
    try:
        with (
            httpcore.ConnectionPool(certificates(), network_backend=guarded) as pool,
            pool.stream("POST", url, headers=headers, content=body, extensions=limits) as answer,
        ):
            yield answer
    except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError) as error:
        raise Unfetchable("not a usable address") from error
