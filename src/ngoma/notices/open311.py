"""A case handed on to another body's Open311 server, as a service request of its own there."""

from typing import Any

from django.conf import settings

from ngoma.base.characters import clean
from ngoma.base.clock import now
from ngoma.cities.book import book_of
from ngoma.notices.gateway import Message, Permanent, Unsure
from ngoma.notices.http import post
from ngoma.records.models import Forwarded, Notice


def deliver(message: Message) -> str:
    """Post the request (GeoReport v2, `POST requests.json`); its id there, or the token for one.

    From then on it is asked what becomes of it (`open311.bodies`). Raises as every gateway does.
    """
    notice = Notice.objects.select_related("event__case").get(pk=message.notice)
    assert notice.event is not None
    case = notice.event.case
    there = (book_of(case.city_id).body(notice.body) or {}).get("open311") or {}
    if not there:
        raise Permanent("the pack names no Open311 server of this body any more")
    form = {
        "service_code": there["service_code"],
        "description": message.text,
        "jurisdiction_id": there.get("jurisdiction_id", ""),
        "api_key": _key(notice.body),
    }
    if case.lat is not None and case.lon is not None:
        form |= {"lat": f"{case.lat:.6f}", "long": f"{case.lon:.6f}"}
    response = post(
        f"{there['url']}/requests.json", {name: value for name, value in form.items() if value}
    )
    if response.status_code not in (200, 201):
        raise Permanent(f"HTTP {response.status_code}: {response.text[:120]}")
    try:
        number, token = _named(response.json())
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unsure("the answer makes no sense") from error
    at = now()
    kept = {"number": number, "token": token, "moved_at": at, "ask_at": at}
    of = {"city_id": case.city_id, "body": notice.body}
    Forwarded.objects.update_or_create(notice=notice, defaults=of | kept)
    return number or token


def _named(answer: Any) -> tuple[str, str]:
    """The id of the request there, or the token with which to ask for it."""
    first = answer[0] if isinstance(answer, list) else answer
    number = clean(str(first.get("service_request_id") or ""))[:200]
    return number, "" if number else clean(str(first["token"]))[:200]


def _key(body: str) -> str:
    """The API key for a body: `code=key` in NGOMA_OPEN311_KEYS."""
    keys: dict[str, str] = dict(
        each.split("=", 1) for each in settings.NGOMA_OPEN311_KEYS if "=" in each
    )
    return keys.get(body, "")
