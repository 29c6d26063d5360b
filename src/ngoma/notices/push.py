"""Web push: a message to a browser, sealed for it alone (RFC 8291) and signed by us (RFC 8292).

The address of a browser is what it gave us when it was asked: JSON of `endpoint`, `p256dh`, `auth`.
The endpoint is an address that a stranger named, so only the public internet is asked.
"""

import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece  # type: ignore[import-untyped]
import httpcore
import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02, VapidException  # type: ignore[import-untyped]

from ngoma.base.outside import Unfetchable, is_public
from ngoma.base.parsing import Unparsable, parsed
from ngoma.base.posting import post
from ngoma.notices.gateway import Gone, Message, Permanent, Temporary, Unsure
from ngoma.notices.http import retry_after
from ngoma.people import vault

LIFE = 2 * 86400
"""Seconds for which a push service keeps a message for a browser that is not there."""

SECONDS = 30
_LONGEST = 3000
"""Bytes of a message before it is sealed: push services take 4,096 after (RFC 8030)."""

_LONGEST_ENDPOINT = 1000
"""Characters: those of the large push services have about two hundred."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (FIPS 186-4)."""


class Subscription(msgspec.Struct, frozen=True):
    """Where a browser takes messages, and the keys to seal them for it."""

    endpoint: str
    p256dh: str
    auth: str


def subscription(given: bytes) -> Subscription:
    """A browser's word, checked. Raises ValueError for what is none."""
    try:
        found = parsed(given, Subscription)
    except Unparsable as error:
        raise ValueError("not a subscription") from error
    if not _is_endpoint(found.endpoint):
        raise ValueError("not an https address")
    point = _bytes(found.p256dh)
    if len(point) != 65 or len(_bytes(found.auth)) != 16:
        raise ValueError("not the keys of a browser")
    # Raises ValueError for a point that is not on the curve: nothing could be sealed for it.
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return found


def packed(browser: Subscription) -> str:
    """The subscription as the vault keeps it: always the same for the same one."""
    return msgspec.json.encode(browser).decode()


def public_key() -> str:
    """Our key as a browser takes it (`applicationServerKey`): the same for all, in base64."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def deliver(message: Message, *, allowed: Callable[[str], bool] = is_public) -> str:
    """Hand the message to the browser's push service, which tells no number that we could keep.

    Raises `Gone` where the browser took its word back. What is answered beyond status and headers
    is not read, for anybody may stand behind an endpoint; nor is the place of the message kept,
    which opens it to whoever knows it.
    """
    browser = msgspec.json.decode(message.to, type=Subscription)
    headers, body = _headers(browser, message), _sealed(browser, message)
    try:
        status, told = post(
            browser.endpoint, body=body, headers=headers, seconds=SECONDS, allowed=allowed
        )
    except Unfetchable as error:
        raise Permanent(str(error)) from error
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise Temporary(f"no connection: {type(error).__name__}") from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise Unsure(f"no answer: {type(error).__name__}") from error
    _judge(status, httpx.Headers(told))
    return ""


def _judge(status: int, headers: httpx.Headers) -> None:
    """Raise the error that an answer means (RFC 8030, 5 and 7.3)."""
    if status in (200, 201, 202, 204):
        return
    if status in (404, 410):
        raise Gone(f"HTTP {status}: the browser takes no more")
    if status == 429 or status >= 500:
        raise Temporary(f"HTTP {status}", retry_after(headers))
    raise Permanent(f"HTTP {status}")


def _sealed(browser: Subscription, message: Message) -> bytes:
    body = message.text
    while len(plain := _plain(message, body)) > _LONGEST:
        body = body[: len(body) * 3 // 4].rstrip() + "…"
    sealed: bytes = http_ece.encrypt(
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(browser.p256dh),
        auth_secret=_bytes(browser.auth),
    )
    return sealed


def _plain(message: Message, body: str) -> bytes:
    """What `frontend/src/pushed.ts` reads."""
    told = {"title": message.subject, "body": body, "url": message.link, "tag": message.thread}
    return msgspec.json.encode(told)


def _headers(browser: Subscription, message: Message) -> list[tuple[str, str]]:
    parts = urlsplit(browser.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + 12 * 3600,
        "sub": f"mailto:{settings.NGOMA_MAIL_FROM}",
    }
    try:
        signed = Vapid02(private_key=_key()).sign(claims)["Authorization"]
    except VapidException as error:
        raise Permanent(f"who sends cannot be told: {error}") from error
    return [
        ("Authorization", signed),
        ("Content-Encoding", "aes128gcm"),
        ("Content-Type", "application/octet-stream"),
        ("TTL", str(LIFE)),
        ("Urgency", "normal"),
        # What a phone has not seen yet is replaced by what is newer about the same matter.
        ("Topic", message.thread),
    ]


@lru_cache
def _key() -> ec.EllipticCurvePrivateKey:
    """Made from the vault's key, as every host has it: browsers tie their word to this one."""
    number = int.from_bytes(vault.derived("push"))
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def _is_endpoint(url: str) -> bool:
    """Whether a push service can be asked there, and told who asks. Raises ValueError."""
    parts = urlsplit(url)
    return (
        parts.scheme == "https"
        and re.fullmatch(r"[\w.-]+(:[1-9]\d*)?", parts.netloc, re.ASCII) is not None
        and parts.port != 0
        and len(url) <= _LONGEST_ENDPOINT
        and url.isascii()
        and url.isprintable()
        and " " not in url
    )


def _bytes(text: str) -> bytes:
    """Base64 of the address alphabet, with or without its padding. Raises ValueError."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
