"""Floods: far more forms than people send are slowed, without a picture puzzle and without a name.

Below a generous limit nothing happens. Above it a form has to show that its machine worked for it,
or to wait its turn, the longer the larger the flood (proofs.py); nobody is turned away. What speaks
of danger is taken at once, always.

Who sends is known by a passing name alone (base/senders.py), counted in this process and nowhere
else: no address is stored or logged.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ngoma.base import clock
from ngoma.base.floods import Flood
from ngoma.base.senders import Names, network
from ngoma.proposals.reading import dangerous
from ngoma.public import proofs
from ngoma.public.proofs import Challenge
from ngoma.public.site import Site, show
from ngoma.records.queries.reports import report_once

__all__ = ["Challenge", "count", "demand", "slowed", "trapped"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many forms of a kind are taken in ten minutes before more of them are slowed.

    `share` is that of one sender, as a part of NGOMA_FLOOD_LIMIT; a city may have CITY times as
    many. `once`: a proof is spent with the first form it lets through. Reports need no such thing:
    a draft becomes one report however often it is sent, and sending it again has to be free.
    """

    share: float
    once: bool = True


@dataclass(frozen=True, slots=True)
class _Full:
    """Somebody who has used up what is allowed: `pressure` says how many times."""

    flood: Flood
    who: Hashable
    pressure: float


LIMITS: Mapping[str, Limits] = {
    "report": Limits(1, once=False),
    "photo": Limits(5),
    "addition": Limits(1),
    "code": Limits(0.5),
    "follow": Limits(0.5),
}

CITY = 10
SENDER_GAP, CITY_GAP = 2.0, 0.1
"""Seconds between two forms that wait: of one sender, of the whole city."""

FEWEST_KEYS, MOST_KEYS = 200, 6400
"""Keys that a machine derives at the limit, and at most: from a tenth of a second for a desktop
computer, and one second for an old phone, to thirty times that."""

BAIT = "website"
"""A field of forms that no person sees, and that every machine that fills in forms knows."""

_senders = {kind: Flood(SENDER_GAP) for kind in LIMITS}
_cities = {kind: Flood(CITY_GAP) for kind in LIMITS}
_spent = Flood(0)
_names = Names()


def demand(
    request: HttpRequest,
    site: Site,
    *,
    key: str,
    words: str,
    service: str,
    proof: str,
    kind: str = "report",
) -> Challenge | None:
    """What a form has to show before it is taken; None where it may go on.

    `key` is the form's own: a proof is good for it alone. `words` and the code of a `service` say
    whether there is danger. `proof` is what the form shows, if anything.
    """
    at = clock.now()
    full = _full(request, site, kind, at)
    if not full or _dangerous(site, words, service) or _taken(site, kind, key):
        return None
    form = f"{kind} {site.book.id} {key}"
    if _shown(proof, form, at, once=LIMITS[kind].once):
        return None
    turn = proofs.turn_of(proof, form)
    if turn is None or turn < at:
        turn = max(each.flood.turn(each.who, at) for each in full)
    keys = FEWEST_KEYS * max(each.pressure for each in full) ** 2
    return proofs.ask(form, keys=min(round(keys), MOST_KEYS), turn=turn, at=at)


def count(request: HttpRequest, site: Site, kind: str = "report") -> None:
    """One more form was accepted from this sender, and in this city."""
    at = clock.now()
    _senders[kind].add(_sender(request, at), at)
    _cities[kind].add(site.book.id, at)


def refused(challenge: Challenge) -> HttpResponse:
    """The same for a script: 429 with what it is asked to show."""
    response = HttpResponse(challenge.json, content_type="application/json", status=429)
    response["Retry-After"] = str(challenge.wait_seconds)
    response["Cache-Control"] = "no-store"
    return response


def slowed(
    request: HttpRequest, site: Site, challenge: Challenge, address: str, fields: Mapping[str, str]
) -> HttpResponse:
    """The page of a form that has to wait: it keeps `fields`, and sends them to `address` again.

    A script does that by itself when the work is done; without one a person presses the button.
    """
    context = {"challenge": challenge, "address": address, "fields": fields}
    response = show(request, site, "slowed", context, status=429)
    response["Retry-After"] = str(challenge.wait_seconds)
    response["Cache-Control"] = "private, no-store"
    return response


def trapped(request: HttpRequest) -> bool:
    """Whether the field was filled in that no person sees."""
    return bool(request.POST.get(BAIT, "").strip())


def forget() -> None:
    """Count from nothing: the tests need it."""
    for flood in (*_senders.values(), *_cities.values(), _spent):
        flood.clear()


def _sender(request: HttpRequest, at: datetime) -> str:
    address = network(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        behind_proxy=settings.NGOMA_BEHIND_PROXY,
    )
    return _names.of(address, at)


def _full(request: HttpRequest, site: Site, kind: str, at: datetime) -> list[_Full]:
    """Who has handed in all that is allowed: the sender, the city, both or nobody."""
    allowed = LIMITS[kind].share * settings.NGOMA_FLOOD_LIMIT
    if not allowed:
        return []
    sender, city = _sender(request, at), site.book.id
    floods = _senders[kind], _cities[kind]
    found = (
        _Full(floods[0], sender, floods[0].count(sender, at) / allowed),
        _Full(floods[1], city, floods[1].count(city, at) / (allowed * CITY)),
    )
    return [each for each in found if each.pressure >= 1]


def _shown(proof: str, form: str, at: datetime, *, once: bool) -> bool:
    found = proofs.good(proof, form, at) if proof else ""
    if not found or not once:
        return bool(found)
    return _spent.add(found, at) == 1


def _dangerous(site: Site, words: str, service: str) -> bool:
    entry = site.book.service_by_code.get(service)
    service_id = entry.id if entry else None
    return bool(site.book.stopper(service_id, words)) or dangerous(site.book, words, service_id)


def _taken(site: Site, kind: str, key: str) -> bool:
    """Whether this very report was accepted before: asking again is free."""
    return kind == "report" and report_once(site.book.id, "web", key) is not None
