"""Requests of the services that carry messages: what they post, and whether they did."""

from collections.abc import Callable, Mapping
from functools import wraps
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

from ngoma.notices.links import here
from ngoma.notices.twilio import signature

View = Callable[..., HttpResponse]


def hidden(view: View) -> View:
    """For services that sign nothing: the address holds the word of NGOMA_SMS_HOOK."""

    @wraps(view)
    def known(request: HttpRequest, word: str, **rest: Any) -> HttpResponse:
        expected = settings.NGOMA_SMS_HOOK
        if not expected or not compare_digest(word.encode(), expected.encode()):
            return HttpResponseForbidden("not the address of callbacks\n", "text/plain")
        return view(request, **rest)

    return known


def twilio(view: View) -> View:
    """For Twilio, which signs what it posts with the account's token."""

    @wraps(view)
    def known(request: HttpRequest, **rest: Any) -> HttpResponse:
        address = here(request.get_full_path())
        given = request.headers.get("X-Twilio-Signature", "")
        expected = signature(address, _pairs(request))
        if not settings.NGOMA_SMS_KEY or not compare_digest(given.encode(), expected.encode()):
            return HttpResponseForbidden("the signature is wrong\n", "text/plain")
        return view(request, **rest)

    return known


def form(request: HttpRequest) -> Mapping[str, str]:
    """What was posted, by name."""
    return {name: value.replace("\0", "") for name, value in _pairs(request)}


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """The form as posted, empty values too, for that is what is signed; nothing if it is absurd."""
    body = request.body.decode("utf-8", "replace")
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []
