"""How many planted bursts the scan finds in recorded reports, and how many false ones.

The reports are those of two cities as they publish them, read by the product's own mappings. They
are scanned as the product does: every ten minutes, the last day beside the eight weeks before it.
Nobody knows the true bursts of these cities, so every one that is found where nothing was planted
counts as a false alarm, the storms among them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from bench.curves import curve
from ngoma.base.quad import distance_m
from ngoma.intake.history import importing, mapping
from ngoma.intake.history.names import Names
from ngoma.intake.history.reading import Reader, Unusable
from ngoma.intake.history.sources import Source
from ngoma.triage import bursts as scan
from ngoma.triage.bursts import DAY_H, FALSE_A_DAY, LEAST, PAST_DAYS, Burst, Reports

FILES = {"boston": "boston_2011_requests.jsonl.gz", "zurich": "zurich_reports.csv"}
SETS = {
    "Boston": ("boston", True),
    "Boston, residents alone": ("boston", False),
    "Zürich": ("zurich", True),
}
"""What is measured: a mapping, and whether what the city's own employees entered is among it. They
enter rows of finds at a time, which look like bursts and are none."""
_EMPLOYEES = ("Employee Generated", "Maximo Integration")
MOST_WEEKS = 52
SIZES = (5, 8, 12, 20, 40)
RADII_M = (100.0, 300.0, 1000.0)
SPANS_H = (1.0, 3.0, 24.0)
EACH = 20
"""Bursts planted of each size, radius and span."""
LIMITS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""What `FALSE_A_DAY` is multiplied with for the curve of false alarms."""

BEAT_H = 1 / 6
WEEK_H = 7 * DAY_H
_KNOWN_H = (PAST_DAYS + 1) * DAY_H
_DEGREE_M = 111_195.0

Floats = npt.NDArray[np.float64]
Say = Callable[[str], object]


class Alarms(msgspec.Struct):
    """With which limit of false bursts a day how many were found in a week."""

    limit: float
    a_week: float


class Planted(msgspec.Struct):
    """Bursts of one size, radius and span: how many were planted and found within the hour."""

    size: int
    radius_m: float
    hours: float
    planted: int
    found: int


class Watched(msgspec.Struct):
    """A city: what was recorded, the alarms where nothing was planted, and what was planted."""

    city: str
    reports: int
    weeks: float
    alarms: list[Alarms]
    planted: list[Planted]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The reports of a city by service, and the hours of all; `hours` is when they came, the first
    at 0, and rises."""

    services: Mapping[int, Reports]
    hours: Floats

    @property
    def until(self) -> float:
        """When the last one came."""
        return float(self.hours[-1])

    def number(self, at: float) -> int:
        """How many came in the day before."""
        first, last = np.searchsorted(self.hours, (at - DAY_H, at))
        return int(last - first)


def measure(folder: Path, name: str, say: Say) -> Watched:
    """Scan all that is recorded of one of the sets, then plant bursts in it and look for them."""
    city, all_ = SETS[name]
    return watch(read(folder / FILES[city], city, employees=all_), name, say)


def watch(recorded: Recorded, city: str, say: Say) -> Watched:
    """Scan what was recorded, then plant bursts in it and look for them."""
    since = max(_KNOWN_H, recorded.until - MOST_WEEKS * WEEK_H)
    weeks = (recorded.until - since) / WEEK_H
    say(f"{city}: {weeks:.1f} weeks are scanned")
    found = list(_scanned(recorded, since))
    alarms = [
        Alarms(FALSE_A_DAY * factor, len(kept(found, FALSE_A_DAY * factor)) / weeks)
        for factor in LIMITS
    ]
    say(f"{city}: " + ", ".join(f"{each.a_week:.2f} a week at {each.limit:g}" for each in alarms))
    number = sum(len(each.hours) for each in recorded.services.values())
    watched = Watched(city, number, weeks, alarms, [])
    draw = np.random.default_rng(7)
    for size, radius, hours in product(SIZES, RADII_M, SPANS_H):
        seen = [plant(recorded, draw, since, size, radius, hours) for _ in range(EACH)]
        watched.planted.append(Planted(size, radius, hours, EACH, sum(seen)))
        say(f"{city}: {size} within {radius:g} m and {hours:g} h: {sum(seen)} of {EACH}")
    return watched


def read(path: Path, city: str, *, employees: bool = True) -> Recorded:
    """The reports that have a position and a service, as an import would take them, perhaps without
    those of the city's own employees.

    A file that knows days alone gets the hours at which other cities' reports come: see `_hour`.
    """
    known = mapping.find(city)
    book = importing.destination(known)
    reader = Reader(book, known, Names(book, known))
    draw = np.random.default_rng(3)
    rows: dict[int, list[tuple[float, float, float]]] = {}
    with Source(path, known) as source:
        for row in source.rows():
            if not employees and row.values["extended_attributes"]["source"] in _EMPLOYEES:
                continue
            try:
                told = reader.history(row.values, "")
            except Unusable:
                continue
            if told.lat is not None and told.lon is not None and told.service_id is not None:
                hours = told.opened_at.timestamp() / 3600
                hours += _hour(draw) if known.date_format == "%Y-%m-%d" else 0.0
                rows.setdefault(told.service_id, []).append((hours, told.lat, told.lon))
    first = min(each[0] for found in rows.values() for each in found)
    services = {service: _sorted(found, first) for service, found in rows.items()}
    return Recorded(services, np.sort(np.concatenate([e.hours for e in services.values()])))


def found_curve(found: Sequence[Watched]) -> str:
    """The share of planted bursts that were found, over their size, as SVG."""
    lines = {}
    for watched in found:
        points = []
        for size in SIZES:
            its = [each for each in watched.planted if each.size == size]
            share = sum(each.found for each in its) / sum(each.planted for each in its)
            points.append((float(size), 100 * share))
        lines[watched.city] = points
    return curve(lines, x="reports of a planted burst", y="found within the hour, %", most=100)


def false_curve(found: Sequence[Watched]) -> str:
    """How many bursts were found in a week where nothing was planted, over the limit, as SVG."""
    lines = {
        watched.city: [(each.limit, each.a_week) for each in watched.alarms] for watched in found
    }
    most = max(1.0, *(each.a_week for watched in found for each in watched.alarms))
    return curve(lines, x="false bursts allowed a day", y="found a week", most=most)


def window(reports: Reports, since: float, until: float) -> range:
    """The places of the reports that came in a time."""
    return range(*(int(each) for each in np.searchsorted(reports.hours, (since, until))))


def kept(found: Sequence[tuple[float, int, Burst, int]], limit: float) -> list[Burst]:
    """The bursts that the product would keep: one that touches a known one is the known one, until
    a day has passed without it."""
    known: dict[int, list[tuple[float, Burst]]] = {}
    new = []
    for at, service, burst, tests in found:
        if not burst.chance < limit / (scan.SCANS * tests):
            continue
        open_ = [each for each in known.get(service, ()) if each[0] > at - DAY_H]
        met = next((each for each in open_ if _meet(each[1], burst)), None)
        if met is None:
            new.append(burst)
        known[service] = [*(each for each in open_ if each is not met), (at, burst)]
    return new


def plant(
    recorded: Recorded,
    draw: np.random.Generator,
    since: float,
    size: int,
    radius: float,
    span: float,
) -> bool:
    """Put a burst where and when somebody reported, and look for it until an hour after its last
    report. It is found when a burst is seen that holds half of it."""
    service, reports = _weighed(recorded, draw, since)
    middle = draw.choice(window(reports, since, recorded.until - DAY_H - 2))
    other = _weighed(recorded, draw, since)[1]
    start = other.hours[draw.choice(window(other, since, recorded.until - DAY_H - 2))]
    hours = np.sort(start + draw.uniform(0, span, size))
    lat, lon = _around(draw, reports.lat[middle], reports.lon[middle], radius, size)
    more = Reports(lat, lon, hours, np.zeros(size, np.int64))
    return any(_holds(recorded, service, more, at) for at in _beats(hours))


def _holds(recorded: Recorded, service: int, more: Reports, at: float) -> bool:
    come = int(np.searchsorted(more.hours, at))
    reports = recorded.services[service]
    recent, past = _times(reports, at)
    added = more.take(np.arange(come))._replace(hours=at - more.hours[:come])
    both = Reports(*(np.concatenate(each) for each in zip(recent, added, strict=True)))
    both = both.take(np.flatnonzero(both.hours <= DAY_H))
    tests = scan.circles(recorded.number(at) + len(both.hours) - len(recent.hours))
    found = scan.find(both, past, tests=tests)
    own = len(recent.hours)
    return found is not None and 2 * sum(each >= own for each in found.members) >= len(more.hours)


def _beats(hours: Floats) -> Iterator[float]:
    """When it is looked at: in the hour after the last report, and once an hour before that."""
    yield from hours[-1] + BEAT_H * np.arange(1, 7)
    yield from np.arange(hours[-1], hours[0], -1.0)


def _scanned(recorded: Recorded, since: float) -> Iterator[tuple[float, int, Burst, int]]:
    """Whatever is found with the loosest limit: when, of which service, and of how many circles.

    A service of which nothing has come since the last look is left out: its counts only fall.
    """
    for at in np.arange(since, recorded.until, BEAT_H):
        tests = scan.circles(recorded.number(at))
        for service, reports in recorded.services.items():
            new = len(window(reports, at - BEAT_H, at))
            if new and len(window(reports, at - DAY_H, at)) >= LEAST:
                burst = scan.find(*_times(reports, at), tests=max(1, round(tests / max(LIMITS))))
                if burst is not None:
                    yield at, service, burst, tests


def _times(reports: Reports, at: float) -> tuple[Reports, Reports]:
    """The last day before a moment, and the weeks before that."""
    recent = window(reports, at - DAY_H, at)
    past = window(reports, at - _KNOWN_H, at - DAY_H)
    return _cut(reports, recent, at), _cut(reports, past, at)


def _cut(reports: Reports, places: range, at: float) -> Reports:
    part = reports.take(np.arange(places.start, places.stop))
    return part._replace(hours=at - part.hours)


def _weighed(recorded: Recorded, draw: np.random.Generator, since: float) -> tuple[int, Reports]:
    """The service of some report of the time."""
    until = recorded.until - DAY_H - 2
    counts = {n: len(window(each, since, until)) for n, each in recorded.services.items()}
    weights = np.array(list(counts.values()), np.float64)
    service = list(counts)[draw.choice(len(counts), p=weights / weights.sum())]
    return service, recorded.services[service]


def _around(
    draw: np.random.Generator, lat: float, lon: float, radius: float, size: int
) -> tuple[Floats, Floats]:
    """Points anywhere in a circle."""
    away, turn = radius * np.sqrt(draw.random(size)), draw.uniform(0, 2 * np.pi, size)
    lats = lat + away * np.sin(turn) / _DEGREE_M
    return lats, lon + away * np.cos(turn) / (_DEGREE_M * np.cos(np.radians(lat)))


def _sorted(rows: list[tuple[float, float, float]], first: float) -> Reports:
    hours, lat, lon = (np.array(each, np.float64) for each in zip(*sorted(rows), strict=True))
    return Reports(lat, lon, hours - first, np.zeros(len(hours), np.int64))


def _hour(draw: np.random.Generator) -> float:
    """A time of day at which people report: four of five between 8 and 17."""
    return float(draw.uniform(8, 17) if draw.random() < 0.8 else draw.uniform(0, DAY_H))


def _meet(known: Burst, found: Burst) -> bool:
    if not (np.isfinite(known.radius_m) and np.isfinite(found.radius_m)):
        return True
    apart = distance_m(known.lat, known.lon, found.lat, found.lon)
    return apart <= known.radius_m + found.radius_m
