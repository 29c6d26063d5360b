"""Signatures of what programs post to each other: Standard Webhooks, version v1 (HMAC-SHA-256)."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping

PREFIX = "whsec_"
_BYTES = 32

SKEW = 300
"""Seconds that a signature may be old, or ahead: an older message is somebody's copy."""


def new_secret() -> str:
    """A new secret, as libraries of Standard Webhooks take it."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(
    message: str, timestamp: int, body: bytes, secrets: Iterable[str]
) -> list[tuple[str, str]]:
    """The three headers that let a receiver check the body, with a signature for each secret."""
    signed = _signed(message, str(timestamp), body)
    signatures = " ".join(f"v1,{_signature(each, signed)}" for each in secrets)
    return [
        ("webhook-id", message),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", signatures),
    ]


def is_signed(given: Mapping[str, str], body: bytes, secrets: Iterable[str], at: float) -> bool:
    """Whether one of the secrets signed this body, with its id and time, and not long before `at`
    (seconds since 1970). `given` are the headers, whatever the case of their names."""
    stamp = given.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and abs(int(stamp[:12]) - at) <= SKEW):
        return False
    signed = _signed(given.get("webhook-id", ""), stamp, body)
    expected = [f"v1,{_signature(each, signed)}".encode() for each in secrets]
    shown = given.get("webhook-signature", "").encode("utf-8", "replace").split()
    return any(hmac.compare_digest(each, known) for each in shown[:10] for known in expected)


def _signed(message: str, timestamp: str, body: bytes) -> bytes:
    return f"{message}.{timestamp}.".encode("utf-8", "replace") + body


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
