"""Reckoning the figures of a city's work from its facts. For a process of its own: its engine is
large, and at work for as long as it takes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import msgspec
from django.conf import settings
from ibis.expr.types import Table
from scipy.special import gammaincinv

from ngoma.base import quad
from ngoma.base.clock import now
from ngoma.base.months import month_of, written
from ngoma.cities.book import Book
from ngoma.insight import expressions, partitions
from ngoma.insight.facts import CASES, CELL_ZOOM, clock
from ngoma.insight.figures import (
    AREA,
    BY,
    DAYS,
    MONTHS,
    SPANS,
    Figures,
    Rate,
    Share,
    Slice,
    Spot,
    Times,
    Work,
)
from ngoma.records.queries import outcomes

MEMORY = "1GB"
"""Beyond it the engine uses the disk."""

SPOTS = 20
ALL = ""
KINDS = (ALL, *BY, AREA)
WHOLE = ""
"""The scope of the whole city; others have the code of a department."""

Row = Mapping[str, Any]
Key = tuple[str, str, str]
"""A scope, a kind of key (one of `KINDS`), and a key."""
KEYS = ("scope", "kind", "key")


def reckon(book: Book) -> None:
    """Reckon the figures of the city and of its departments, and keep them instead of the last."""
    at = now()
    ids = {code: each.id for code, each in book.department_by_code.items()} | {WHOLE: 0}
    whole = {ids[scope]: msgspec.to_builtins(each) for scope, each in figures(book, at).items()}
    spans = {
        (ids[scope], months): msgspec.to_builtins(each)
        for months in SPANS
        for scope, each in figures(book, at, months).items()
    }
    outcomes.replace(book.id, at, whole, spans)


def figures(book: Book, at: datetime, months: int = MONTHS) -> dict[str, Figures]:
    """The figures of each scope that has cases, of some months until a moment; those of the whole
    city always."""
    last = month_of(at, book.zone)
    return between(book, last - months + 1, last, at)


def between(book: Book, first: int, last: int, at: datetime) -> dict[str, Figures]:
    """The same for the cases that were opened from one month to another."""
    months = [each for each in partitions.months(book, CASES) if first <= each <= last]
    day = round(book.calendar.day_length().total_seconds() / 60)
    if not months:
        return {
            WHOLE: Figures(
                first, last, day, Slice.nothing(ALL), {key: [] for key in (*BY, AREA)}, []
            )
        }
    with opened(book, months) as facts:
        repairs = expressions.repairs(facts, at).join(_pairs(book), "department")
        facts = facts.join(_pairs(book), "department")
        slices = _slices(book, _keyed(facts), _keyed(repairs), at, day)
        spots = _spots(book, repairs)
    return {
        scope: Figures(first, last, day, by.pop(ALL)[0], by, spots[scope])
        for scope, by in _by_scope(book, slices).items()
    }


@contextmanager
def opened(book: Book, months: Sequence[int]) -> Iterator[Table]:
    """The facts of some months that have any, as a table of the engine."""
    spill = Path(settings.NGOMA_DATA) / "insight" / ".spill"
    engine = ibis.duckdb.connect(memory_limit=MEMORY, temp_directory=str(spill))
    try:
        yield engine.read_parquet([partitions.file(book, CASES, month) for month in months])
    finally:
        engine.disconnect()


def _by_scope(book: Book, slices: Mapping[Key, Slice]) -> dict[str, dict[str, list[Slice]]]:
    """The slices of each scope by kind: the largest first, months in their order."""
    found: dict[str, dict[str, list[Slice]]] = {}
    for (scope, kind, _), each in slices.items():
        if kind in ("district", AREA):
            each.rate = rate(book, each.key, each.work.reports)
        found.setdefault(scope, {key: [] for key in KINDS})[kind].append(each)
    for by in found.values():
        for kind, several in by.items():
            several.sort(key=lambda each: each.key)
            if kind != "month":
                several.sort(key=lambda each: -each.work.cases)
    return found


def _pairs(book: Book) -> Table:
    """Each department with the scopes of its cases: itself, those above it, and the whole."""
    pairs = [(WHOLE, WHOLE), *((code, WHOLE) for code in book.department_by_code)]
    for each in book.departments.values():
        above: int | None = each.id
        while above is not None:
            pairs.append((each.code, book.departments[above].code))
            above = book.departments[above].parent_id
    return ibis.memtable(pairs, columns=["department", "scope"])


def _keyed(facts: Table) -> Table:
    """Each fact once for every kind of key, and once for all of its scope."""
    facts = facts.mutate(area=facts.public.ifelse(facts.district, ""))
    rows = facts.cross_join(ibis.memtable({"kind": KINDS}))
    keys = ((rows.kind == each, rows[each].cast("string")) for each in KINDS if each != ALL)
    return rows.mutate(key=ibis.cases(*keys, else_=""))


def _slices(book: Book, facts: Table, repairs: Table, at: datetime, day: int) -> dict[Key, Slice]:
    showing, marks = clock(book, at), [round(days * day) for days in DAYS]
    measured = expressions.measures(facts, KEYS, at)
    months = measured.filter(measured.kind == "month").mutate(month=measured.key.cast("int32"))
    changed = expressions.changes(months, ("scope",), expressions.SHARES)
    measures = _by_key(measured) | _by_key(changed)
    answer = _taken(expressions.answering(facts, showing), marks)
    solution = _taken(expressions.solving(facts, showing), marks)
    again = _by_key(expressions.again(repairs, KEYS))
    return {
        key: Slice(
            key=written(int(key[2])) if key[1] == "month" else key[2],
            work=_work(row),
            answer=answer.get(key, Times()),
            solution=solution.get(key, Times()),
            again=share(again[key], "again", "repaired") if key in again else Share(0, 0),
        )
        for key, row in measures.items()
    }


def _by_key(table: Table) -> dict[Key, Row]:
    return {_key(row): row for row in table.to_pyarrow().to_pylist()}


def _key(row: Row) -> Key:
    return row["scope"], row["kind"], row["key"]


_COUNTS = ("cases", "reports", "solved", "transfers", "rated", "stars")


def _work(row: Row) -> Work:
    shares = {part: share(row, part, whole) for part, whole in expressions.SHARES.items()}
    return msgspec.convert({name: row[name] for name in _COUNTS} | shares, Work)


def share(row: Row, part: str, whole: str) -> Share:
    """A part of a whole in a row of `expressions`."""
    change = [_round(row.get(f"{part}_change{limit}")) for limit in ("", "_low", "_high")]
    return msgspec.convert(
        {
            "part": row[part],
            "whole": row[whole],
            "low": _round(row[f"{part}_low"]),
            "high": _round(row[f"{part}_high"]),
            "change": None if None in change else change,
        },
        Share,
    )


def _taken(timed: Table, marks: Sequence[int]) -> dict[Key, Times]:
    steps = expressions.curve(timed, KEYS)
    found = {
        key: msgspec.convert({name: row[name] for name in _PLAIN}, Times)
        for key, row in _by_key(expressions.times(steps, KEYS)).items()
    }
    shares = expressions.done_by(steps, KEYS, marks).order_by("mark").to_pyarrow().to_pylist()
    for row in shares:
        times = found[_key(row)]
        times.done_by.append(_round(row["done"]))
        times.low.append(_round(row["low"]))
        times.high.append(_round(row["high"]))
    return found


_PLAIN = ("watched", "done", *expressions.QUARTILES)


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def rate(book: Book, district: str, count: int) -> Rate | None:
    """Reports by head in a district (its code), with the exact limits of a Poisson count (Garwood
    1936); None where nobody knows how many people live there."""
    place = book.place_by_code.get(district)
    people = book.population(place.id) if place else None
    if people is None:
        return None
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    high = float(gammaincinv(count + 1, 0.975))
    scaled = (round(number * 1000 / people, 3) for number in (count, low, high))
    return Rate(people, *scaled)


def _spots(book: Book, repairs: Table) -> defaultdict[str, list[Spot]]:
    """The spots of each scope where most repairs did not hold, the worst first."""
    found: defaultdict[str, list[Spot]] = defaultdict(list)
    for row in expressions.worst(repairs, SPOTS).to_pyarrow().to_pylist():
        found[row["scope"]].append(spot(book, row))
    return found


def spot(book: Book, row: Row) -> Spot:
    """Where a row of `expressions.worst` lies."""
    where, place = row["spot"], ""
    lat = lon = None
    if where.startswith(expressions.IN):
        place = where.removeprefix(expressions.IN)
    else:
        lat, lon = quad.middle(int(where), CELL_ZOOM)
        located = book.locate(lat, lon).place_id
        place = book.places[located].code if located else ""
    return Spot(row["service"], lat, lon, place, row["again"], row["repaired"])
