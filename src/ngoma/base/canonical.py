"""JSON in its one canonical form, RFC 8785: whoever writes a value writes the same bytes."""

from typing import Any

import msgspec
import rfc8785

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """The bytes of a value. ValueError for what JSON cannot say: infinity, a key that is no text.

    Integers beyond 2**53 are refused as well: others could not read them back.
    """
    if _plain(value):
        return _encoder.encode(value)
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error


def _plain(value: Any) -> bool:
    """Whether the fast encoder writes it as the standard says.

    It writes other numbers than whole ones in its own way, and it sorts keys by character, where
    the standard sorts by the units of UTF-16: those differ beyond the basic plane.
    """
    if isinstance(value, str | bool | None):
        return True
    if isinstance(value, int):
        return abs(value) < 1 << 53
    if isinstance(value, list | tuple):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and key.isascii() and _plain(each) for key, each in value.items()
        )
    return False
