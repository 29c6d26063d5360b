"""What is published of an event: its entry. What opens the commitments in it: disclosures.

A disclosure is that of SD-JWT (RFC 9901): base64url of the JSON array of salt, name and value. Its
hash stands in the entry; without the salt, which is random, the hash tells nothing of the value.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ngoma.base.canonical import canonical
from ngoma.base.clock import iso
from ngoma.records.models import Case, Department, Event, Photo, Place, Report, Service

BRINGING = ("opened", "joined")
"""Kinds of event that a report brought; the report's fields are in their entries."""
SALT = 32
ERASED = "erased"
"""Kind of the event that says which fields of which events were erased."""
INDEX = "index"
"""Kind of the entry that counts once a day."""


@dataclass
class Names:
    """Codes and references by number: an entry speaks of a city as its pack does."""

    _tables: dict[str, dict[int, str]] = field(default_factory=dict)

    def of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """An event's data with codes in place of numbers."""
        return {key: self._name(key, value) for key, value in data.items()}

    def code(self, kind: str, number: int | None) -> str | None:
        """The code of a service, place or department."""
        return None if number is None else self._table(kind)[number]

    def _name(self, key: str, value: Any) -> Any:
        if not isinstance(value, int) or key not in _NUMBERED:
            return value
        if key in _CASES:
            return Case.objects.values_list("reference", flat=True).get(pk=value)
        return self._table(key)[value]

    def _table(self, kind: str) -> dict[int, str]:
        if kind not in self._tables:
            rows = _CODED[kind].objects.values_list("pk", "code")
            self._tables[kind] = dict(rows)
        return self._tables[kind]


_CODED: dict[str, Any] = {"service": Service, "place": Place, "department": Department}
_CASES = frozenset({"into", "from"})
_NUMBERED = _CASES | _CODED.keys()


def fields(
    event: Event, report: Report | None, photos: Iterable[Photo], names: Names
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


def _of_report(report: Report, photos: Iterable[Photo], names: Names) -> dict[str, Any]:
    about = {
        "reference": report.reference,
        "channel": report.channel,
        "language": report.language,
        "received_at": iso(report.received_at),
        "service": names.code("service", report.service_id),
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
    """What opens a field."""
    return base64url(canonical([salt, name, value]))


def commitment(disclosed: str) -> str:
    """What an entry holds of a disclosure."""
    return base64url(sha256(disclosed.encode("ascii")).digest())


def commitments(found: Mapping[str, Any], salts: Mapping[str, str]) -> list[str]:
    """What an entry holds of its fields: sorted, so that their order tells nothing."""
    return sorted(commitment(disclosure(salts[name], name, value)) for name, value in found.items())


def content(
    event: Event, *, city: str, pseudonym: str, before: bytes, committed: list[str]
) -> bytes:
    """The entry of an event. `before` is the leaf of the case's last entry, empty for the first."""
    return canonical(
        {
            "_sd": committed,
            "case": pseudonym,
            "city": city,
            "kind": event.kind,
            "prev": base64url(before),
            "seq": event.seq,
            "time": moment(event.at),
        }
    )


def moment(at: datetime) -> str:
    """A time as entries have it, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def base64url(data: bytes) -> str:
    """RFC 4648 section 5, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
