"""What is published of an event: its entry. What opens the commitments in it: disclosures.

A disclosure is that of SD-JWT (RFC 9901): base64url of the JSON array of salt, name and value. Its
hash stands in the entry; without the salt, which is random, the hash tells nothing of the value.
"""

import json
import secrets
from binascii import b2a_base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from ngoma.base.canonical import canonical, plain
from ngoma.base.clock import iso
from ngoma.ledger.naming import Names
from ngoma.records.queries.ledger import Shown, Told

BRINGING = ("opened", "joined")
"""Kinds of event that a report brought; the report's fields are in their entries."""
SALT = 32
ERASED = "erased"
"""Kind of the event that says which fields of which events were erased."""
INDEX = "index"
"""Kind of the entry that counts once a day."""


class Happening(Protocol):
    """An event, as far as its entry needs it."""

    @property
    def case_id(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def data(self) -> dict[str, Any]: ...


def fields(
    event: Happening, report: Told | None, photos: Iterable[Shown], names: Names
) -> dict[str, Any]:
    """The fields of an event, by name, as docs/ledger.md lists them; an empty one is left out.

    `report` is the one that the event brought, with its photos.
    """
    data = names.of(event.data)
    lat, lon = data.pop("lat", None), data.pop("lon", None)
    text, texts = data.pop("text", ""), data.pop("texts", {})
    found: dict[str, Any] = {"by": [event.actor, event.user_id], "data": data}
    if text or texts:
        found["text"] = {"": text, **texts}
    if lat is not None:
        found["position"] = [lat, lon]
    if report is not None:
        found |= _of_report(report, photos, names)
    return found


RAW = "raw"


def as_it_stands(event: Happening) -> dict[str, Any]:
    """The fields of an event that says nothing that could be read: all of it, in one field."""
    return {"by": [event.actor, event.user_id], RAW: event.data}


def reference(event: Happening) -> str | None:
    """The reference of the report that an event brought; None for an event that brought none.

    Raises LookupError where it should name one.
    """
    if event.kind not in BRINGING:
        return None
    named = event.data.get("reference") if isinstance(event.data, dict) else None
    if not isinstance(named, str):
        raise LookupError("the report that came with it is not named")
    return named


def _of_report(report: Told, photos: Iterable[Shown], names: Names) -> dict[str, Any]:
    about = {
        "reference": report.reference,
        "channel": report.channel,
        "language": report.language,
        "received_at": iso(report.received_at),
        "service": names.code("service", report.service_id) if report.service_id else None,
        "accuracy": report.accuracy,
    }
    # A photo that was fetched or sent later came with no event of its own.
    with_it = sorted(each.digest for each in photos if each.added_at <= report.received_at)
    said = {
        "words": report.words,
        "location": report.location,
        "answers": report.answers,
        "photos": with_it,
    }
    return {"report": about} | {name: value for name, value in said.items() if value}


def new_salts(found: Mapping[str, Any]) -> dict[str, str]:
    """A salt for each field."""
    data = secrets.token_bytes(SALT * len(found))
    return {name: base64url(data[i * SALT : (i + 1) * SALT]) for i, name in enumerate(found)}


def disclosure(salt: str, name: str, value: Any) -> str:
    """What opens a field. A value with numbers that others could not read is given as its text."""
    try:
        return base64url(canonical([salt, name, value]))
    except (ValueError, OverflowError):
        return base64url(canonical([salt, name, json.dumps(value, sort_keys=True)]))


def commitment(disclosed: str) -> str:
    """What an entry holds of a disclosure."""
    return base64url(sha256(disclosed.encode("ascii")).digest())


def commitments(found: Mapping[str, Any], salts: Mapping[str, str]) -> list[str]:
    """What an entry holds of its fields: sorted, so that their order tells nothing."""
    return sorted(commitment(disclosure(salts[name], name, value)) for name, value in found.items())


def content(
    event: Happening, *, city: str, pseudonym: str, before: str, committed: list[str]
) -> bytes:
    """The entry of an event. `before`: leaf of the case's last entry, base64url; empty: none."""
    return plain(
        {
            "_sd": committed,
            "case": pseudonym,
            "city": city,
            "kind": event.kind,
            "prev": before,
            "seq": event.seq,
            "time": moment(event.at),
        }
    )


def moment(at: datetime) -> str:
    """A time as entries have it, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def base64url(data: bytes) -> str:
    """RFC 4648 section 5, without padding."""
    return b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")
