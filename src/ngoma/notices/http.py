"""What is posted to a provider, and what a failure says about whether it was accepted."""

import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from ngoma.base import parsing
from ngoma.base.clock import now
from ngoma.base.outside import certificates
from ngoma.notices.gateway import Away, Permanent, Temporary, Unsure

TIMEOUT = httpx.Timeout(30, connect=10)
MOST_BYTES = 100_000
"""Of an answer."""
MOST_SECONDS = 60.0
"""Until an answer has come as a whole."""


def post(
    url: str,
    form: Mapping[str, str] | None = None,
    *,
    body: Any = None,
    text: str | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> httpx.Response:
    """The answer of a provider that took the form, the body as JSON or the text as it is, or
    refused it for good.

    Raises Temporary where nothing was accepted and it may work later: no connection, 401 (a key
    that an operator can put right), 429, 500, 503, and being led elsewhere, where no provider is.
    Raises Unsure where the form went out and no answer of the provider itself came back. Every
    message has a connection of its own: one kept
    open may be closed by the other side just then, which would look like a lost answer.
    """
    try:
        with httpx.stream(
            "POST",
            url,
            data=form,
            json=body,
            content=text,
            headers=headers,
            auth=auth,
            timeout=TIMEOUT,
            verify=certificates(),
        ) as answer:
            response = _whole(answer)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise Away(f"no connection: {type(error).__name__}") from error
    except httpx.HTTPError as error:
        raise Unsure(f"no answer: {type(error).__name__}") from error
    if response.status_code in (401, 429, 500, 503) or response.is_redirect:
        raise Away(f"HTTP {response.status_code}", retry_after(response.headers))
    if response.status_code in (502, 504):
        raise Unsure(f"HTTP {response.status_code}: the answer was lost on the way")
    return response


def _whole(answer: httpx.Response) -> httpx.Response:
    """The answer with all that it says. Raises Unsure where that has no end."""
    said, until = bytearray(), time.monotonic() + MOST_SECONDS
    for chunk in answer.iter_bytes():
        said += chunk
        if len(said) > MOST_BYTES or time.monotonic() > until:
            raise Unsure("the answer has no end")
    plain = [
        (name, value)
        for name, value in answer.headers.items()
        if name not in ("content-encoding", "content-length", "transfer-encoding")
    ]
    return httpx.Response(answer.status_code, headers=plain, content=bytes(said))


def get(
    url: str,
    *,
    most: int,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> bytes:
    """What lies there, or where that leads on to, as far as `most` bytes hold it. Another host is
    not shown who asks.

    Raises Permanent where it is not to be had or is larger; Temporary where that may change.
    """
    found = bytearray()
    try:
        with httpx.stream(
            "GET",
            url,
            headers=headers,
            auth=auth,
            timeout=TIMEOUT,
            verify=certificates(),
            follow_redirects=True,
        ) as response:
            if response.status_code in (401, 429) or response.status_code >= 500:
                raise Temporary(f"HTTP {response.status_code}", retry_after(response.headers))
            if not response.is_success:
                raise Permanent(f"HTTP {response.status_code}")
            for chunk in response.iter_bytes():
                found += chunk
                if len(found) > most:
                    raise Permanent("larger than a photo may be")
    except httpx.HTTPError as error:
        raise Temporary(f"no answer: {type(error).__name__}") from error
    return bytes(found)


def json(response: httpx.Response) -> dict[str, Any]:
    """The object of the answer; empty where the answer is something else."""
    return parsed(response.content)


def parsed(text: bytes) -> dict[str, Any]:
    """The object that is written there; empty where something else is."""
    try:
        return parsing.parsed(text, dict[str, Any])
    except parsing.Unparsable:
        return {}


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, given as such or as a date (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now()).total_seconds())
