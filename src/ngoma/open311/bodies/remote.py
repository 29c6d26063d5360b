"""What another body's server says of a request of ours (GeoReport v2), as far as it makes sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpcore

from ngoma.base.characters import clean
from ngoma.base.fetching import fetch
from ngoma.base.outside import Unfetchable
from ngoma.base.parsing import Unparsable, parsed

MOST_BYTES = 200_000
SECONDS = 10.0
LONGEST_NUMBER, LONGEST_NOTES = 200, 1500


class Unreachable(Exception):
    """The server does not answer, to whatever question."""


class Senseless(Exception):
    """The server answered, but nothing that says how this request goes."""


@dataclass(frozen=True, slots=True)
class Told:
    """`status` is `open` or `closed`; empty for anything else. `notes` is what they say of it."""

    status: str
    notes: str


def number(there: Mapping[str, str], token: str) -> str:
    """The id of the request that was answered with a token; empty while there is none.

    Raises Unreachable and Senseless.
    """
    for each in _asked(there, "tokens", token):
        if each.get("token", token) == token:
            return _text(each.get("service_request_id"))[:LONGEST_NUMBER]
    raise Senseless("they know no such token")


def look(there: Mapping[str, str], number: str) -> Told:
    """How a request goes. What is told of another one is not listened to.

    Raises Unreachable and Senseless.
    """
    for each in _asked(there, "requests", number):
        if _text(each.get("service_request_id")) == number:
            status = _text(each.get("status")).lower()
            notes = _text(each.get("status_notes"))[:LONGEST_NOTES].strip()
            return Told(status if status in ("open", "closed") else "", notes)
    raise Senseless("they know no such request")


def _asked(there: Mapping[str, str], what: str, name: str) -> list[dict[str, Any]]:
    """The objects of the answer. The address is the pack's own, and no other one is gone on to."""
    jurisdiction = there.get("jurisdiction_id", "")
    query = f"?{urlencode({'jurisdiction_id': jurisdiction})}" if jurisdiction else ""
    url = f"{there['url']}/{what}/{quote(name, safe='')}.json{query}"
    try:
        found = fetch(
            url,
            most=MOST_BYTES,
            seconds=SECONDS,
            accept="application/json",
            allowed=lambda _: True,
            redirections=0,
        )
        return parsed(found, list[dict[str, Any]])
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    except (Unfetchable, Unparsable) as error:
        raise Senseless(str(error)) from error


def _text(value: Any) -> str:
    """A string or a whole number as text; empty for anything else."""
    plain = isinstance(value, str | int) and not isinstance(value, bool)
    return clean(str(value)).strip() if plain else ""
