"""Who sends, told apart without knowing them: the network an address is in, and a passing name.

Nothing here keeps an address. A name is a hash under a key that is drawn by chance, lives in
memory alone and is thrown away every day, so nobody can lead it back: not even who has the server.
"""

import hashlib
import secrets
from datetime import date, datetime
from ipaddress import IPv6Address, ip_address
from threading import Lock

PREFIX = 64
"""Bits of an IPv6 address that one household or one phone has to itself."""


def network(remote: str, forwarded: str = "", *, behind_proxy: bool = False) -> str:
    """The network that a request came from: an IPv4 address, or the /64 of an IPv6 address.

    `remote` is the other end of the connection. `forwarded`, the list that our own proxy handed
    on (X-Forwarded-For), is believed only behind one, and of it only what that proxy wrote: the
    last. What is no address stands for itself.
    """
    told = forwarded.rpartition(",")[2].strip() if behind_proxy else ""
    text = told or remote
    try:
        address = ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> (128 - PREFIX) << (128 - PREFIX)))


class Names:
    """Passing names for networks: the same all day in this process, and new every day."""

    def __init__(self) -> None:
        self._day = date.min
        self._key = b""
        self._lock = Lock()

    def of(self, network: str, at: datetime) -> str:
        """The name of a network at this moment."""
        with self._lock:
            if self._day != at.date():
                self._day, self._key = at.date(), secrets.token_bytes(32)
            key = self._key
        return hashlib.blake2b(network.encode(), key=key, digest_size=16).hexdigest()
