"""Connections to the public internet alone, for addresses that a stranger named.

The host is resolved here and its address looked at before a connection is made to exactly that
address, so that no name can lead inside.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

_INDIRECT = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "2001::/32"))
"""IPv6 addresses that stand for an IPv4 address, perhaps a private one."""


class Unfetchable(Exception):
    """There is nothing to be had at this address, now or later."""


@cache
def certificates() -> ssl.SSLContext:
    """Whom we trust to vouch for a server."""
    return httpx.create_ssl_context()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in net for net in _INDIRECT):
            return False
    return ip.is_global and not ip.is_multicast


def may_be_told(address: str, *, secure: bool) -> bool:
    """Whether what a resident said may go to an IP address: over the public internet by https
    alone (`secure`)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return not ip.is_link_local and (secure or not is_public(address))


class Guarded(httpcore.SyncBackend):
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
        except UnicodeError as error:
            raise Unfetchable("not the name of a host") from error
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
