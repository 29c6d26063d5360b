"""JSON in its one canonical form, RFC 8785: whoever writes a value writes the same bytes."""

import re
from typing import Any

import msgspec
import rfc8785

_encoder = msgspec.json.Encoder(order="sorted")
# Numbers that the fast encoder may write otherwise: with an exponent, a fraction of zero, very
# small, or beyond 2**53. In a text one may be found by mistake; that costs time alone.
_NUMBER = re.compile(
    rb"""(?:^|":|[\[,])-?(?:[0-9]+(?:\.[0-9]+)?[eE]|[0-9]+\.0(?:[],}]|$)|0\.000000|[0-9]{16})"""
)
_ASTRAL = b"\xf0"
"""Begins the UTF-8 of a character beyond the basic plane."""


def plain(value: Any) -> bytes:
    """The bytes of a value of texts and small whole numbers, whose keys are ASCII. Not checked."""
    return _encoder.encode(value)


def canonical(value: Any) -> bytes:
    """The bytes of a value that JSON can say. ValueError for an integer beyond 2**53.

    The fast encoder writes some numbers in its own way, and it sorts keys by character, where the
    standard sorts by the units of UTF-16: those differ beyond the basic plane. Only what may be of
    that kind is left to the library for the standard, which is 40 times slower.
    """
    text = _encoder.encode(value)
    if _NUMBER.search(text) is None and _ASTRAL not in text:
        return text
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error
