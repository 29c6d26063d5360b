"""Addresses of programs that we post to: what may be one, and where it may lead."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from ngoma.base.outside import is_public


class BadDestination(ValueError):
    """It is no address that anything is posted to; the text says why."""


def check(url: str) -> None:
    """Raise `BadDestination` for what is no address to post to."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 1000
    if not usable or not plain or parts.fragment or "@" in parts.netloc:
        raise BadDestination(
            "write the address as https://host/path, with no name or word before @"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.NGOMA_WEBHOOK_NETS):
        raise BadDestination("the address must begin with https://")


def allowed(url: str) -> "IsAllowed":
    """Which IP addresses this address may lead to."""
    return IsAllowed(secure=urlsplit(url).scheme == "https")


@dataclass(frozen=True, slots=True)
class IsAllowed:
    """The public internet by https alone, and what NGOMA_WEBHOOK_NETS names."""

    secure: bool

    def __call__(self, address: str) -> bool:
        """Whether this IP address may be asked."""
        if self.secure and is_public(address):
            return True
        ip = ipaddress.ip_address(address.partition("%")[0])
        nets = [ipaddress.ip_network(each) for each in settings.NGOMA_WEBHOOK_NETS]
        return any(ip in net for net in nets if net.version == ip.version)
