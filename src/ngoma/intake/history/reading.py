"""One row of a file as the history of a request."""

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Table
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from math import isfinite
from typing import Any

import msgspec

from ngoma.base.characters import clean
from ngoma.base.clock import parse
from ngoma.casework.recording import History
from ngoma.casework.workflow import ENDED, OPEN
from ngoma.cities.book import Book
from ngoma.intake.history.mapping import CONTACT, PRIVATE, STATUS, Mapping
from ngoma.intake.history.names import Names
from ngoma.people import vault
from ngoma.people.vault import BadAddress
from ngoma.records.models import State
from ngoma.triage.language import identify
from ngoma.triage.privacy import find_private, redact

LONGEST_KEY = 128
LONGEST_LOCATION = 300


class Unusable(ValueError):
    """A row that is no request; the text says why."""


class Reader:
    """Reads rows by a mapping into the history of a city."""

    def __init__(self, book: Book, mapping: Mapping, names: Names) -> None:
        self.book = book
        self.mapping = mapping
        self.names = names
        self.contacts_left = 0
        self._columns = {
            name: [(column, column.split(".")) for column in mapping.column(name)]
            for name in ("service_request_id", "requested_datetime", *_READ)
        }
        self._zone = mapping.zone or book.zone
        self._private = {
            *PRIVATE,
            *mapping.private,
            *(column for name in CONTACT for column in mapping.column(name)),
        }

    def key(self, values: Table[str, Any]) -> str:
        """The id of the request at its origin, or "" where the file gives none."""
        key = self._text(values, "service_request_id")
        if len(key) > LONGEST_KEY:
            raise Unusable(f"the id is longer than {LONGEST_KEY} characters")
        return key

    def opened_at(self, values: Table[str, Any]) -> datetime:
        """When the request was made. Raises Unusable where the row does not say."""
        at = self._time(self._text(values, "requested_datetime"), "requested_datetime")
        if at is None:
            raise Unusable("no requested_datetime")
        return at

    def history(self, values: Table[str, Any], key: str) -> History:
        """The request as a history. Raises Unusable where it has no date or an unknown status."""
        book, said = self.book, {name: self._text(values, name) for name in _READ}
        closed_at = self._time(said["closed_date"], "closed_date")
        updated_at = self._time(said["updated_datetime"], "updated_datetime")
        state = self._state(said["status"], closed_at)
        # Where a file has no column for it, what has ended was last updated then (Open311).
        has_end = any(column in values for column, _ in self._columns["closed_date"])
        ended_at = closed_at if has_end else closed_at or updated_at
        service_id = self.names.service(said["service_code"], said["service_name"])
        lat, lon = _position(said["lat"], said["long"])
        location = said["address"][:LONGEST_LOCATION]
        publishes = self._publishes(service_id)
        return History(
            key=key,
            opened_at=self.opened_at(values),
            changed_at=closed_at or updated_at,
            state=state,
            ended=state in ENDED and ended_at is not None,
            due=self._time(said["expected_datetime"], "expected_datetime"),
            text=_redacted(said["status_notes"], book.country),
            words=said["description"],
            public_words=_redacted(said["description"], book.country) if publishes else "",
            language=self._language(said),
            lat=lat,
            lon=lon,
            location=location,
            public_location=_redacted(location, book.country) if publishes else "",
            place_id=self.names.place(said["place"]) or _located(book, lat, lon),
            service_id=service_id,
            department_id=self.names.department(said["agency_responsible"]),
            contact_id=self._contact(said, open_=state in OPEN),
            source=self._source(values, said["description"]),
        )

    def _text(self, values: Table[str, Any], name: str) -> str:
        """What the row says of a field, as text; the mapping's constant where it says nothing."""
        for column, path in self._columns[name]:
            value = values.get(column) if column in values else _below(values, path)
            if isinstance(value, str | int | float) and (text := clean(str(value))):
                return text
        return self.mapping.constants.get(name, "")

    def _time(self, text: str, name: str) -> datetime | None:
        if not text:
            return None
        try:
            if not self.mapping.date_format:
                return parse(text, self._zone)
            at = datetime.strptime(text, self.mapping.date_format)  # noqa: DTZ007
            at = at if at.tzinfo else at.replace(tzinfo=self._zone)
            return parse(at.isoformat())
        except ValueError as error:
            raise Unusable(f"{name}: {error}") from None

    def _state(self, said: str, closed_at: datetime | None) -> str:
        if not said:
            return State.CLOSED if closed_at else State.ACCEPTED
        word = said.casefold()
        state = self.mapping.status.get(word) or STATUS.get(word)
        if state is None:
            raise Unusable(f"unknown status {said[:40]!r}: say in [status] of a mapping what it is")
        return state

    def _publishes(self, service_id: int | None) -> bool:
        service = self.book.services.get(service_id) if service_id else None
        return service is None or service.public

    def _language(self, said: Table[str, str]) -> str:
        languages = self.book.languages
        if said["language"] or len(languages) == 1 or not said["description"]:
            return self.book.language(said["language"]) if said["description"] else ""
        return identify(said["description"], None, languages).code

    def _contact(self, said: Table[str, str], *, open_: bool) -> int | None:
        """How to reach the reporter, in the vault; of what has ended nobody has to be told."""
        email, phone = said["email"], said["phone"]
        if not (email or phone):
            return None
        try:
            address = vault.normalise(email=email, phone=phone, country=self.book.country)
        except BadAddress:
            address = None
        if address is None or not open_:
            self.contacts_left += 1
            return None
        language = self.book.language(said["language"])
        name = " ".join(filter(None, (said["first_name"], said["last_name"])))
        named = vault.Address(address.kind, address.address, name[:120])
        return vault.keep(self.book.id, named, language=language).pk

    def _source(self, values: Table[str, Any], words: str) -> dict[str, Any]:
        """Every field that says something, as it was; only what the report's words say is there."""
        source = _without(values, self._private)
        for column in self.mapping.column("description"):
            if source.get(column) == words:
                del source[column]
        return _storable(source)


_READ = (
    *("updated_datetime", "closed_date", "expected_datetime"),
    *("status", "status_notes", "service_code", "service_name", "description"),
    *("agency_responsible", "address", "place", "lat", "long", "language", *CONTACT),
)


def _below(value: Any, path: Sequence[str]) -> Any:
    """What lies at a path in nested objects, None where it does not exist."""
    for part in path if len(path) > 1 else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value if len(path) > 1 else None


def fingerprint(values: Table[str, Any]) -> str:
    """The same for rows that say the same, whatever the order of their columns. Raises Unusable."""
    return blake2b(_encoded(values), digest_size=16).hexdigest()


def _without(values: Table[str, Any], private: Collection[str]) -> dict[str, Any]:
    """The fields that say something, without those about a person (paths with dots)."""
    kept = {key: value for key, value in values.items() if key not in private}
    for key, value in kept.items():
        if isinstance(value, dict):
            below = [path.removeprefix(f"{key}.") for path in private if path.startswith(f"{key}.")]
            kept[key] = _without(value, below)
    return {key: value for key, value in kept.items() if value not in (None, "", [], {})}


def _storable(source: dict[str, Any]) -> dict[str, Any]:
    """The same, without the character NUL, which no database stores in JSON."""
    encoded = _encoded(source)
    if rb"\u0000" not in encoded:
        return source
    plain: dict[str, Any] = msgspec.json.decode(encoded.replace(rb"\u0000", rb"\ufffd"))
    return plain


def _encoded(values: Table[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(values, order="deterministic")
    except (UnicodeError, OverflowError, RecursionError):
        raise Unusable("text or numbers that cannot be stored: is it another encoding?") from None


def _position(lat: str, lon: str) -> tuple[float | None, float | None]:
    """The position, or none where it is none: not numbers, off the globe, or 0, 0."""
    try:
        here = float(lat.replace(",", ".")), float(lon.replace(",", "."))
    except ValueError:
        return None, None
    if not (isfinite(here[0]) and isfinite(here[1])) or here == (0, 0):
        return None, None
    return here if abs(here[0]) <= 90 and abs(here[1]) <= 180 else (None, None)


def _located(book: Book, lat: float | None, lon: float | None) -> int | None:
    return None if lat is None or lon is None else book.locate(lat, lon).place_id


@lru_cache(maxsize=4096)
def _redacted(text: str, country: str) -> str:
    return redact(text, find_private(text, country)) if text else ""
