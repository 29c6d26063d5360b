"""Floods of one sender: above a limit nothing more is taken for the moment, but for a danger."""

from collections.abc import Mapping

from django.conf import settings

from ngoma.base.clock import now
from ngoma.base.floods import Flood
from ngoma.base.senders import Names, network
from ngoma.cities.book import Book
from ngoma.proposals.reading import dangerous

MOST = 30
"""Messages or calls of one sender in ten minutes."""

SHARES: Mapping[str, float] = {"": 10, "report": 1, "status": 0.25}
"""What a network may do on pages in ten minutes, as parts of NGOMA_FLOOD_LIMIT: answer a question,
hand in a report, ask how one goes. The last is little, for it may be a PIN that is tried."""

CITY = 10
"""Times as much may be done in a whole city."""

_senders = Flood(0)
_networks = {what: Flood(0) for what in SHARES}
_cities = {what: Flood(0) for what in SHARES}
_names = Names()


def too_many(book: Book, sender: str, words: str) -> bool:
    """Count one more; whether it is to wait. `sender` is the keyed hash of an address."""
    if _senders.add((book.id, sender), now()) <= MOST:
        return False
    return not _danger(book, words, None)


def crowded(book: Book, address: str, forwarded: str, what: str, words: str, service: str) -> bool:
    """Whether what somebody does on a page is to wait; counted if not. `address` is the other end
    of the connection, and `forwarded` what a proxy says of it; neither is kept."""
    at = now()
    found = network(address, forwarded, behind_proxy=settings.NGOMA_BEHIND_PROXY)
    counted = (
        (_networks[what], (book.id, _names.of(found, at)), 1),
        (_cities[what], book.id, CITY),
    )
    allowed = SHARES[what] * settings.NGOMA_FLOOD_LIMIT
    full = any(flood.count(who, at) >= allowed * times for flood, who, times in counted)
    if allowed and full and not _danger(book, words, service):
        return True
    for flood, who, _times in counted:
        flood.add(who, at)
    return False


def forget() -> None:
    """Count from nothing: the tests need it."""
    for flood in (_senders, *_networks.values(), *_cities.values()):
        flood.clear()


def _danger(book: Book, words: str, service: str | None) -> bool:
    entry = book.service_by_code.get(service or "")
    service_id = entry.id if entry else None
    return bool(book.stopper(service_id, words)) or dangerous(book, words, service_id)
