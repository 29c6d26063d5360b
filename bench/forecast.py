"""How well the coming week is foretold on what two cities recorded, each Monday from what came
before it, beside the number of the week before."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from ngoma.base.polygons import Boundaries
from ngoma.cities.calendar import public_holidays
from ngoma.insight.forecast import hours
from ngoma.insight.forecast.history import AHEAD, LEAST, Counts, History, summed
from ngoma.insight.forecast.levels import expect
from ngoma.insight.forecast.ranges import Level, Outlook, foresee, groups, weekly
from ngoma.settings.table import ROOT

WEEK = 7
ENOUGH = 8
"""Reports in the eight weeks before from which on a sum is judged."""
LONGEST = 3 * 365 + 1
"""Days that are learned from at most, as in a city."""
MOST_MISSED = 0.9
"""Of what the week before misses."""
COVERED = (0.87, 0.93)
_EPOCH = date(1970, 1, 1)

Report = tuple[datetime, str, str]
"""When it came (of the city's clock), the service, the district."""


class Part(NamedTuple):
    """Mondays of a city that are judged together: from a day on and before another."""

    name: str
    first: date
    end: date


class City(NamedTuple):
    """What a city recorded. The first part is that on which the model was chosen. Of Mondays one in
    `every` is judged."""

    name: str
    read: Callable[[Path], Iterator[Report]]
    country: str
    region: str
    by_hour: bool
    every: int
    parts: Sequence[Part]


class Row(msgspec.Struct):
    """One level in one part: how far sums of a week were missed in the mean by the forecast, the
    week before and a mean week of the eight before; the share in their range."""

    city: str
    part: str
    level: str
    sums: int
    ours: float
    naive: float
    mean: float
    weeks: float
    days: float


class Found(msgspec.Struct):
    """All rows; by city the share of days that were in their range by each hour, and of hours."""

    rows: list[Row]
    hours: dict[str, tuple[float, float]]


def boston(folder: Path) -> Iterator[Report]:
    """The requests of the second half of 2011, with their neighbourhoods."""
    zone = ZoneInfo("America/New_York")
    with gzip.open(folder / "boston_2011_requests.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            at = datetime.fromisoformat(row["requested_datetime"]).astimezone(zone)
            yield at, row["service_code"], row["extended_attributes"].get("neighborhood") or ""


def zurich(folder: Path) -> Iterator[Report]:
    """Ten years of reports by day, with the quarter their position lies in."""
    file = ROOT / "src/ngoma/mappings/zurich/boundaries.geojson"
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    quarters = Boundaries((each["properties"]["code"], each["geometry"]) for each in features)
    with (folder / "zurich_reports.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            around = quarters.find(float(row["lat"]), float(row["long"]))
            day = datetime.fromisoformat(row["requested_date"])
            yield day, row["service_name"], around[0] if around else ""


CITIES = (
    City(
        "Boston", boston, "US", "MA", True, 1,
        (
            Part("chosen on: Sep-Oct 2011", date(2011, 8, 26), date(2011, 10, 28)),
            Part("set aside: Nov-Dec 2011", date(2011, 10, 28), date(2012, 1, 1)),
        ),
    ),
    City(
        "Zürich", zurich, "CH", "ZH", False, 4,
        (
            Part("chosen on: 2019-2020", date(2019, 1, 5), date(2020, 12, 31)),
            Part("set aside: 2021-2025", date(2020, 12, 31), date(2026, 1, 1)),
        ),
    ),
)  # fmt: skip


def measure(folder: Path, say: Callable[[str], object]) -> Found:
    """Foretell every Monday of every part."""
    found = Found([], {})
    for city in CITIES:
        history, clock = _history(city, list(city.read(folder)))
        for part in city.parts:
            say(f"{city.name}, {part.name}")
            found.rows += _judged(city, part, history)
        if city.by_hour:
            say(f"{city.name}, by the hour")
            found.hours[city.name] = _by_the_hour(history, clock)
    return found


def _history(city: City, reports: Sequence[Report]) -> tuple[History, Counts]:
    """All that came, and how much in each hour."""
    days = [(at.date() - _EPOCH).days for at, _service, _place in reports]
    first, length = min(days), max(days) - min(days) + 1
    pairs = sorted({report[1:] for report in reports})
    number = {pair: n for n, pair in enumerate(pairs)}
    counts, clock = np.zeros((len(pairs), length)), np.zeros((length, hours.HOURS))
    for day, (at, *pair) in zip(days, reports, strict=True):
        counts[number[tuple(pair)], day - first] += 1
        clock[day - first, at.hour] += 1
    closed = public_holidays(city.country, city.region)
    coming = range(first, first + length + AHEAD)
    _names, services = np.unique([service for service, _place in pairs], return_inverse=True)
    _names, places = np.unique([place for _service, place in pairs], return_inverse=True)
    free = frozenset(day for day in coming if date.fromordinal(_EPOCH.toordinal() + day) in closed)
    return History(counts, services, places, first, free), clock


def _judged(city: City, part: Part, history: History) -> Iterator[Row]:
    met: dict[Level, list[tuple[Counts, ...]]] = {level: [] for level in Level}
    for day in _mondays(part, history)[:: city.every]:
        for level, outlook in foresee(_before(history, day)).items():
            met[level].append(_met(history, day, level, outlook))
    for level, weeks in met.items():
        ours, naive, mean, in_week, in_day = (
            np.concatenate(each) for each in zip(*weeks, strict=True)
        )
        yield Row(
            city.name, part.name, level, len(ours),
            *(float(each.mean()) for each in (ours, naive, mean, in_week, in_day)),
        )  # fmt: skip


def _mondays(part: Part, history: History) -> list[int]:
    """The days of the history that begin a week of the part."""
    first = _EPOCH.toordinal() + history.first
    days = ((day, date.fromordinal(first + day)) for day in range(history.days - WEEK + 1))
    return [day for day, at in days if at.weekday() == 0 and part.first <= at < part.end]


def _before(history: History, day: int) -> History:
    """What a city would have known on a morning."""
    start = max(0, day - LONGEST)
    known = history.until(day)
    return History(
        known.counts[:, start:], known.services, known.places, known.first + start, known.holidays
    )


def _met(history: History, day: int, level: Level, outlook: Outlook) -> tuple[Counts, ...]:
    """How far each sum of the week that has enough reports was missed: by the forecast, the week
    before, the mean of eight; whether it was in its range; the share of its days in theirs."""
    came = summed(history.counts[:, day - LEAST : day + WEEK], groups(level, history))
    kept = came[:, :LEAST].sum(axis=1) >= ENOUGH
    came = came[kept]
    days = came[:, LEAST:]
    week = days.sum(axis=1)
    sums, single = outlook.weeks, outlook.days
    in_week = (sums.low[kept, 0] <= week) & (week <= sums.high[kept, 0])
    in_days = (single.low[kept, :WEEK] <= days) & (days <= single.high[kept, :WEEK])
    before = weekly(came[:, :LEAST])
    return (
        np.abs(sums.mean[kept, 0] - week),
        np.abs(before[:, -1] - week),
        np.abs(before.mean(axis=1) - week),
        in_week.astype(float),
        in_days.mean(axis=1),
    )


def _by_the_hour(history: History, clock: Counts) -> tuple[float, float]:
    """The share of hours at whose end what had come of the day was in its range, and of hours that
    were; each day from what came before it."""
    whole = np.zeros(1, int)
    alone = History(history.counts.sum(axis=0)[None], whole, whole, history.first, history.holidays)
    start = LEAST // 2
    means = np.array([expect(alone.until(day))[0, 0] for day in range(start, alone.days)])
    kinds = alone.kinds
    inside = []
    for day in range(LEAST + WEEK, alone.days):
        known = slice(start, day)
        learned = hours.learn(clock[known], kinds[known], means[: day - start])
        bands = learned.day(int(kinds[day]), float(means[day - start]))
        for band, came in zip(bands, (clock[day].cumsum(), clock[day]), strict=True):
            inside.append(((band.low <= came) & (came <= band.high)).mean())
    return float(np.mean(inside[::2])), float(np.mean(inside[1::2]))
