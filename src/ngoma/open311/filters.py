"""The arguments of a list of requests, read liberally and refused all at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from ngoma.base import references
from ngoma.base.clock import now, parse
from ngoma.base.quad import Box, around
from ngoma.open311.asking import Asked, origin, shown
from ngoma.open311.refusing import Fault, refuse_all
from ngoma.open311.services import offered
from ngoma.people.publicity import TELLING
from ngoma.records.queries.requests import Circle, Key, Wanted

SPAN = timedelta(days=90)
MOST = 1000
DEEPEST = 100_000
"""How many requests a page number may skip; beyond, pages go by the cursor of `Link`."""
LARGEST_RADIUS = 100_000
STATUSES = {"open": True, "closed": False}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list. `number` is None where no page was named."""

    size: int = MOST
    number: int | None = None
    after: Key | None = None


@dataclass(slots=True)
class Reading:
    """Arguments as they are read, and what is wrong with them."""

    asked: Asked
    faults: list[Fault] = field(default_factory=list)

    def fault(self, status: int, code: str, **params: object) -> None:
        self.faults.append(Fault(status, code, params))

    def moment(self, name: str) -> datetime | None:
        """A date with time in any usual form; local time of the city where it names no zone."""
        text = self.asked.one(name)
        if not text:
            return None
        try:
            return parse(text, self.asked.book.zone)
        except ValueError:
            self.fault(400, "bad_date", name=name, value=shown(text))
            return None

    def number(self, name: str) -> float | None:
        """A finite number."""
        text = self.asked.one(name)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            self.fault(400, "bad_number", name=name, value=shown(text))
            return None
        return value

    def count(self, name: str, most: int) -> int | None:
        """A whole number from 1; more than `most` is `most`."""
        text = self.asked.one(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 1:
            self.fault(400, "bad_count", name=name, value=shown(text))
            return None
        return min(int(text), most)


def wanted(asked: Asked) -> Wanted:
    """Which requests a list shall hold. Raises `Refusal`."""
    reading = Reading(asked)
    received = _received(reading)
    changed = reading.moment("updated_after"), reading.moment("updated_before")
    if changed[0] and changed[1] and changed[0] > changed[1]:
        reading.fault(400, "dates_exchanged", first="updated_after", last="updated_before")
    box, circle = _where(reading)
    services, opened = _services(reading), _status(reading)
    refuse_all(reading.faults)
    by_change = changed != (None, None)
    return Wanted(
        **_who(asked),
        received=_window(received, bounded=not by_change),
        changed=changed,
        services=services,
        open=opened,
        box=box,
        circle=circle,
        by_change=by_change,
    )


def named(asked: Asked, ids: Sequence[str]) -> Wanted:
    """The requests of these ids, whatever else is asked; unknown ones match nothing."""
    known = []
    for each in ids[:MOST]:
        try:
            known.append(references.read(each))
        except references.BadReference:
            continue
    return Wanted(**_who(asked), references=tuple(known))


def page(asked: Asked) -> Page:
    """Which part of the list. Raises `Refusal`."""
    reading = Reading(asked)
    size = reading.count("page_size", MOST) or MOST
    number = reading.count("page", 10**9)
    after = None
    if cursor := asked.one("after"):
        match = _CURSOR.fullmatch(cursor)
        if match is None:
            reading.fault(400, "bad_cursor", value=shown(cursor))
        else:
            at = _EPOCH + timedelta(microseconds=int(match[1]))
            after = Key(at, int(match[2]))
    if number is not None and (number - 1) * size > DEEPEST:
        reading.fault(400, "too_deep", most=DEEPEST)
    refuse_all(reading.faults)
    return Page(size, number, after)


def cursor(key: Key) -> str:
    """A key as the argument `after`."""
    micros = (key.at - _EPOCH) // timedelta(microseconds=1)
    return f"{micros}-{key.report_id}"


def _who(asked: Asked) -> dict[str, Any]:
    book = asked.book
    return {
        "city_id": book.id,
        "hidden": book.private_services,
        "telling": TELLING,
        "origin": origin(asked.key()) if asked.one("api_key") else "",
    }


def _received(reading: Reading) -> tuple[datetime | None, datetime | None]:
    start, end = reading.moment("start_date"), reading.moment("end_date")
    if start and end:
        if start > end:
            reading.fault(400, "dates_exchanged", first="start_date", last="end_date")
        elif end - start > SPAN:
            reading.fault(400, "span", days=SPAN.days)
    return start, end


def _window(
    given: tuple[datetime | None, datetime | None], *, bounded: bool
) -> tuple[datetime | None, datetime | None]:
    """The 90 days that are meant: the last ones, or those from or until the date that is given."""
    start, end = given
    if not bounded and start is None and end is None:
        return None, None
    try:
        if end is None:
            return (_minute(now() - SPAN), None) if start is None else (start, start + SPAN)
        return start or end - SPAN, end
    except OverflowError:
        return start, end


def _minute(at: datetime) -> datetime:
    """The minute that a time lies in, so that pages asked for together count the same."""
    return at.replace(second=0, microsecond=0)


def _services(reading: Reading) -> tuple[int, ...] | None:
    codes = reading.asked.several("service_code")
    whole = reading.asked.one("service_code")
    if offered(reading.asked.book, whole):
        codes = [whole]  # a code that holds a comma
    if not codes:
        return None
    found = []
    for code in codes:
        service = reading.asked.book.service_by_code.get(code)
        if service is None:
            reading.fault(404, "service_unknown", service=shown(code))
        else:
            found.append(service.id)
    return tuple(found)


def _status(reading: Reading) -> bool | None:
    given = [each.lower() for each in reading.asked.several("status")]
    for each in given:
        if each not in STATUSES:
            reading.fault(400, "bad_status", value=shown(each))
    meant = {STATUSES[each] for each in given if each in STATUSES}
    return meant.pop() if len(meant) == 1 else None


def _where(reading: Reading) -> tuple[Box | None, Circle | None]:
    box = _box(reading)
    given = [name for name in ("lat", "long", "radius") if reading.asked.one(name)]
    if not given:
        return box, None
    lat, lon, radius = (reading.number(name) for name in ("lat", "long", "radius"))
    if len(given) < 3:
        reading.fault(400, "circle_parts")
    if lat is None or lon is None or radius is None:
        return box, None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 < radius <= LARGEST_RADIUS):
        reading.fault(400, "circle", most=LARGEST_RADIUS)
        return box, None
    return box or around(lat, lon, radius), Circle(lat, lon, radius)


def _box(reading: Reading) -> Box | None:
    text = reading.asked.one("bbox")
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        reading.fault(400, "bbox", value=shown(text))
        return None
    inside = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not inside:
        reading.fault(400, "bbox", value=shown(text))
        return None
    return south, west, north, east
