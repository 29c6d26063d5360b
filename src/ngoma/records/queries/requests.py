"""Reports as Open311 service requests: pages of them, and what may be added to each.

Hot reads, so the SQL builds the answer. A report is told with the state of the case it is part of
now, and nothing of it leaves here where its case is not public, except to whoever sent it: then
without words, address, answers and photo.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import cos, radians
from typing import Any, NamedTuple

from ngoma.base.quad import EARTH_M, Box, box_ranges
from ngoma.records.models import OPEN
from ngoma.records.queries.photos import PUBLISHED, SHOWN
from ngoma.records.queries.visible import ANSWER, Answer, answer, visible
from ngoma.records.sql.moments import known_moment, moment, parameter
from ngoma.records.sql.ranges import table_of
from ngoma.records.sql.statements import decoded, fetch, literals, marks

SMALL = 0.03
"""Degrees of latitude up to which a box is small: some 3 km."""


class Circle(NamedTuple):
    """A point and a distance around it, in degrees and metres."""

    lat: float
    lon: float
    radius: float


class Key(NamedTuple):
    """The place of a request in a list: what it is ordered by, and its report's id."""

    at: datetime
    report_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which requests: all that are not None have to hold. Times are from … to, both included.

    `hidden` are the services whose requests are not public; `origin` is who asks, as a report's
    origin, and sees its own requests all the same. `telling` are the kinds of event whose text is
    the city's answer. With `by_change` the list goes from the oldest change to the newest, so that
    what changes meanwhile is met later; otherwise from the newest request to the oldest.
    """

    city_id: int
    hidden: tuple[int, ...]
    telling: tuple[str, ...]
    origin: str = ""
    references: tuple[str, ...] | None = None
    received: tuple[datetime | None, datetime | None] = (None, None)
    changed: tuple[datetime | None, datetime | None] = (None, None)
    services: tuple[int, ...] | None = None
    open: bool | None = None
    box: Box | None = None
    circle: Circle | None = None
    by_change: bool = False


class Row(NamedTuple):
    """A service request. `told` is the kind and data of the last event that answers, or None."""

    report_id: int
    reference: str
    received_at: datetime
    channel: str
    public: bool
    words: str
    location: str
    lat: float | None
    lon: float | None
    case_id: int
    case_reference: str
    state: str
    service_id: int | None
    place_id: int | None
    department_id: int | None
    due: datetime | None
    updated_at: datetime
    changed_at: datetime
    reports: int
    photo: str | None
    told: Answer | None


# A request that is done was last updated when it was solved or ended, whatever came after.
_UPDATED = "COALESCE(c.resolved_at, c.closed_at, c.updated_at)"
# The city may have put the case's position right; who reported the same problem said their own.
_LAT = "CASE WHEN r.reference = c.reference THEN c.lat ELSE r.lat END"
_LON = "CASE WHEN r.reference = c.reference THEN c.lon ELSE r.lon END"
_PAGE = """
SELECT r.id, r.reference, r.received_at, r.channel, {visible},
       CASE WHEN {visible} THEN r.public_words ELSE '' END,
       CASE WHEN {visible} THEN r.public_location ELSE '' END, {lat}, {lon},
       c.id, c.reference, c.state, c.service_id, c.place_id, c.department_id, c.due, {updated},
       c.updated_at, c.reports_count,
       CASE WHEN {visible} THEN (SELECT {shown} FROM records_photo p
           WHERE p.report_id = r.id AND {published} ORDER BY p.id LIMIT 1) END,
       CASE WHEN {visible} THEN {answer} END
FROM records_report r JOIN records_case c ON c.id = r.case_id
WHERE {conditions} ORDER BY {order} LIMIT %s OFFSET %s
"""


_COUNT = """
SELECT COUNT(*) FROM records_report r JOIN records_case c ON c.id = r.case_id WHERE {conditions}
"""
_IN_BOX = """
c.id IN (SELECT n.id FROM {ranges} AS box CROSS JOIN records_case n
         WHERE n.quad BETWEEN box.column1 AND box.column2)
"""
_ANSWERS = "SELECT id, answers FROM records_report WHERE id IN ({ids})"
_PHOTOS = """
SELECT p.report_id, p.case_id, {shown} FROM records_photo p
WHERE {published} AND (p.report_id IN ({reports}) OR p.case_id IN ({cases})) ORDER BY p.id
"""
_EVENTS = """
SELECT case_id, seq, kind, at, data FROM records_event
WHERE case_id IN ({cases}) AND NOT undone ORDER BY case_id, seq
"""


def page(
    wanted: Wanted, *, after: Key | None = None, offset: int = 0, limit: int = 1000
) -> tuple[list[Row], Key | None]:
    """Requests in order, those after a key or beyond an offset; and the key of the next page."""
    public, hidden = visible(wanted.hidden)
    conditions, parameters = _conditions(wanted)
    ordered = ("c.updated_at", ">", "") if wanted.by_change else ("r.received_at", "<", " DESC")
    if after is not None:
        column, sign, _ = ordered
        # The plain bound lets the index of the column be used; the pair decides among equals.
        conditions += [f"{column} {sign}= %s", f"({column}, r.id) {sign} (%s, %s)"]
        parameters += [parameter(after.at), parameter(after.at), after.report_id]
    sql = _PAGE.format(
        lat=_LAT,
        lon=_LON,
        updated=_UPDATED,
        shown=SHOWN,
        published=PUBLISHED,
        visible=public,
        answer=ANSWER.format(telling=marks(wanted.telling)),
        conditions=" AND ".join(conditions),
        order=f"{ordered[0]}{ordered[2]}, r.id{ordered[2]}",
    )
    shown = [*hidden * 5, *wanted.telling]
    rows = [_row(row) for row in fetch(sql, [*shown, *parameters, limit + 1, offset])]
    more = rows[limit - 1] if len(rows) > limit else None
    if more is None:
        return rows, None
    at = more.changed_at if wanted.by_change else more.received_at
    return rows[:limit], Key(at, more.report_id)


def count(wanted: Wanted) -> int:
    """How many requests there are on all pages. Counted anew when anything has happened since."""
    return _count(wanted, fetch("SELECT MAX(id) FROM records_event")[0][0])


@lru_cache(maxsize=64)
def _count(wanted: Wanted, newest_event: int | None) -> int:
    conditions, parameters = _conditions(wanted)
    return int(fetch(_COUNT.format(conditions=" AND ".join(conditions)), parameters)[0][0])


def answers(report_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By report what was answered to the questions of its service. Private until chosen from."""
    if not report_ids:
        return {}
    sql = _ANSWERS.format(ids=marks(report_ids))
    return {report: decoded(data) for report, data in fetch(sql, report_ids)}


def photos(rows: Sequence[Row]) -> dict[int, list[str]]:
    """By report the names of its public photos and of those of the work, oldest first."""
    found: dict[int, list[str]] = {row.report_id: [] for row in rows}
    if not rows:
        return found
    cases = _by_case(rows)
    sql = _PHOTOS.format(shown=SHOWN, published=PUBLISHED, reports=marks(found), cases=marks(cases))
    for report_id, case_id, name in fetch(sql, [*found, *cases]):
        # A photo that a reporter added later belongs to the case alone, as those of the work do.
        owners = [report_id] if report_id else [row.report_id for row in cases[case_id]]
        for owner in owners:
            found.setdefault(owner, []).append(name)
    return found


class Happened(NamedTuple):
    """An event of a case. Its data is private until the gate has been asked."""

    case_id: int
    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]


def events(rows: Sequence[Row]) -> dict[int, list[Happened]]:
    """By case everything that happened to the cases of these requests, in order."""
    found: dict[int, list[Happened]] = {row.case_id: [] for row in rows}
    if not found:
        return {}
    sql = _EVENTS.format(cases=marks(found))
    for case_id, seq, kind, at, data in fetch(sql, found):
        found[case_id].append(Happened(case_id, seq, kind, known_moment(at), decoded(data)))
    return found


def by_token(city_id: int, token: str) -> tuple[str, int | None] | None:
    """The reference and service of the report that was answered with this token."""
    sql = "SELECT reference, service_id FROM records_report WHERE token = %s AND city_id = %s"
    found = fetch(sql, [token, city_id])
    return (found[0][0], found[0][1]) if found else None


def _by_case(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    public, hidden = visible(wanted.hidden)
    conditions = ["r.city_id = %s", "c.city_id = %s"]
    parameters: list[Any] = [wanted.city_id, wanted.city_id]
    if wanted.origin:
        conditions.append(f"({public} OR r.origin = %s)")
        parameters += [*hidden, wanted.origin]
    else:
        conditions.append(public)
        parameters += hidden
    for column, values in (("r.reference", wanted.references), ("c.service_id", wanted.services)):
        if values is not None:
            conditions.append(f"{column} IN ({marks(values)})")
            parameters += values
    if wanted.open is not None:
        conditions.append(f"c.state {'' if wanted.open else 'NOT '}IN ({literals(OPEN)})")
    # The row's own column bounds what an index has to look at, and is never before the other.
    columns = (("r.received_at", *wanted.received), (_UPDATED, *wanted.changed))
    for column, since, until in (("c.updated_at", wanted.changed[0], None), *columns):
        for sign, at in ((">=", since), ("<=", until)):
            if at is not None:
                conditions.append(f"{column} {sign} %s")
                parameters.append(parameter(at))
    for condition, bounds in _where(wanted):
        conditions.append(condition)
        parameters += bounds
    return conditions, parameters


def _where(wanted: Wanted) -> Iterable[tuple[str, list[Any]]]:
    """In the box, and within the circle.

    What lies in a small box is found by the map's index; in a large one it is met soon enough by
    going through the list.
    """
    if wanted.box is not None:
        south, west, north, east = wanted.box
        if north - south < SMALL:
            ranges, keys = table_of(box_ranges(south, west, north, east, most=6))
            yield _IN_BOX.format(ranges=ranges), keys
        either = "AND" if west <= east else "OR"
        edges = f"{_LAT} BETWEEN %s AND %s AND ({_LON} >= %s {either} {_LON} <= %s)"
        yield edges, [south, north, west, east]
    if wanted.circle is not None:
        lat, lon, radius = wanted.circle
        # Flat within the few kilometres that can be asked for.
        north = radians(1) * EARTH_M
        east = north * cos(radians(lat))
        up, right = f"(({_LAT} - %s) * %s)", f"(({_LON} - %s) * %s)"
        sides = [lat, north, lat, north, lon, east, lon, east]
        yield f"{up} * {up} + {right} * {right} <= %s", [*sides, radius * radius]


def _row(row: Sequence[Any]) -> Row:
    values = list(row)
    for place in (2, 15, 16, 17):
        values[place] = moment(values[place])
    values[4] = bool(values[4])
    values[20] = answer(values[20])
    return Row(*values)
