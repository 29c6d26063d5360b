"""Computers of their own on this one: network namespaces on a bridge, each with an address.

Only root may make them, where the kernel lets it.
"""

import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.hosts import Unable


@dataclass(frozen=True, slots=True)
class Place:
    """A computer on the bridge. Commands with `prefix` before them run there."""

    name: str
    address: str
    link: str

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before a command that is to run there."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Pull the wire."""
        _ip("link", "set", self.link, "down")

    def mend(self) -> None:
        """Plug the wire in again."""
        _ip("link", "set", self.link, "up")


@contextmanager
def wired(names: Sequence[str]) -> Iterator[list[Place]]:
    """So many computers, until the block ends. This one reaches each, and they each other."""
    # Names of devices have fifteen letters at most, and several may do this at once.
    mark = secrets.token_hex(2)
    net = f"10.{secrets.randbelow(100) + 100}.{secrets.randbelow(200) + 20}"
    bridge = f"ng{mark}"
    places = [
        Place(f"ngoma-{mark}-{name}", f"{net}.{number}", f"ng{mark}v{number}")
        for number, name in enumerate(names, 2)
    ]
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{net}.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        for place in places:
            _ip("netns", "add", place.name)
            other_end = ("peer", "name", "eth0", "netns", place.name)
            _ip("link", "add", place.link, "type", "veth", *other_end)
            _ip("link", "set", place.link, "master", bridge, "up")
            _ip("-n", place.name, "addr", "add", f"{place.address}/24", "dev", "eth0")
            _ip("-n", place.name, "link", "set", "eth0", "up")
            _ip("-n", place.name, "link", "set", "lo", "up")
        yield places
    finally:
        for place in places:
            subprocess.run(["ip", "netns", "del", place.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", bridge], capture_output=True, check=False)


def _ip(*arguments: str) -> None:
    try:
        subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise Unable("no `ip` is installed (Debian: apt install iproute2)") from None
    except subprocess.CalledProcessError as error:
        raise Unable(f"ip {' '.join(arguments)}: {error.stderr.strip()}") from None
