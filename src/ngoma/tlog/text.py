"""Numbers and bytes as the C2SP formats write them: one spelling each, any other is refused.

Base64 is that of RFC 4648 section 4, with padding. A reader that took a second spelling of the
same bytes would let a file change without its meaning changing.
"""

import base64
import re

from ngoma.tlog.refusal import Malformed

HASH_SIZE = 32
"""Bytes of a SHA-256 hash."""
LARGEST = 2**63 - 1
"""No size, index or time in a log is larger."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def encode64(data: bytes) -> str:
    """Bytes as padded base64."""
    return base64.b64encode(data).decode("ascii")


def decode64(text: str) -> bytes:
    """The bytes of padded base64; `Malformed` unless the text is their one encoding."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as wrong:
        raise Malformed("not base64") from wrong
    if encode64(data) != text:
        raise Malformed("base64 with spare bits or padding")
    return data


def decode_hash(text: str) -> bytes:
    """The 32 bytes of a hash in base64; `Malformed` for anything else."""
    data = decode64(text)
    if len(data) != HASH_SIZE:
        raise Malformed(f"a hash has {HASH_SIZE} bytes, this has {len(data)}")
    return data


def decode_number(text: str) -> int:
    """A number from 0 to `LARGEST` in ASCII digits without leading zeroes, or `Malformed`."""
    if not _DECIMAL.fullmatch(text) or int(text) > LARGEST:
        raise Malformed("not a decimal number as a log writes it")
    return int(text)
