"""Where this interface is, what it speaks, and whom to ask for a key."""

from django.conf import settings

from ngoma.cities.book import books, text
from ngoma.open311.answering import Answer
from ngoma.open311.asking import Asked
from ngoma.open311.refusing import say

CHANGESET = "2026-11-23T00:00:00Z"
"""When the shape of this interface last changed."""

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def discover(asked: Asked, /) -> Answer:
    """The discovery document. It needs no jurisdiction: all cities share the endpoint."""
    named = asked.one("jurisdiction_id")
    cities = [asked.book] if named else books()
    language = asked.error_language
    contacts = "; ".join(
        f"{text(each.names, language)} ({each.slug}): {_contact(each.settings)}" for each in cities
    )
    endpoint = {
        "specification": SPECIFICATION,
        "url": asked.address(),
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    data = {
        "changeset": CHANGESET,
        "contact": contacts or settings.NGOMA_MAIL_FROM,
        "key_service": say("key_service", language),
        "endpoints": [endpoint],
    }
    return Answer("discovery", data)


def _contact(pack: object) -> str:
    notices = pack.get("notices", {}) if isinstance(pack, dict) else {}
    return str(notices.get("from") or settings.NGOMA_MAIL_FROM)
