"""How well reports are read and answered, side by side by language, channel, place and service.

Measured once a day over four weeks, beside the four weeks before, from the decisions of people.
What falls behind is marked, by a test whose false alarms are bounded: with nothing wrong at most
one day in a hundred has any.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import structlog

from ngoma.base.clock import now
from ngoma.cities.book import Book, book_of, books
from ngoma.proposals import in_use
from ngoma.records.models import Quality
from ngoma.records.queries import quality
from ngoma.records.queries.quality import Answered, Decided, Group
from ngoma.triage.comparing import lower
from ngoma.triage.reading import MODEL
from ngoma.work.queue import put

PERIOD = timedelta(days=28)
BY = ("language", "channel", "place", "service", "proposal")
ENOUGH = 50
"""Decisions, or cases, of a slice below which nothing is said to have fallen."""

FROM_HOUR = 1
"""Hour of the city from which on a day is measured."""

log = structlog.get_logger(__name__)


class Sums(msgspec.Struct):
    """Counts of four weeks; their fields are those of `Decided` and `Answered`."""

    decided: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0
    promised: float = 0.0
    dangers: int = 0
    dangers_seen: int = 0
    due: int = 0
    in_time: int = 0

    def add(self, counts: Decided | Answered) -> None:
        """Count what one group has."""
        for name, count in counts._asdict().items():
            setattr(self, name, getattr(self, name) + count)


class Slice(msgspec.Struct):
    """The reports with one key: a language, a channel, the id of a place, of the service that was
    decided on, or of the one that was proposed.

    `fell`: fewer are read rightly than in the weeks before. `late`: fewer have their first answer
    in time than all other reports of the city.
    """

    key: str
    now: Sums
    before: Sums
    fell: bool = False
    late: bool = False


class Figures(msgspec.Struct):
    """What is known of a day. `by` has the kinds of slices, the largest slice of each first."""

    model: str
    whole: Slice
    by: dict[str, list[Slice]]

    @property
    def alarms(self) -> list[tuple[str, Slice]]:
        """What fell or is late, with its kind."""
        return [
            (kind, each) for kind, found in self.by.items() for each in found
            if each.fell or each.late
        ]  # fmt: skip


class Measured(NamedTuple):
    """Figures, and when they were measured."""

    at: datetime
    figures: Figures


def newest(city_id: int) -> Measured | None:
    """What was measured last; None where nothing was yet."""
    row = quality.newest(city_id)
    if row is None:
        return None
    return Measured(row.measured_at, msgspec.convert(row.figures, Figures))


def measure_daily() -> None:
    """Put a job for each city whose day has begun and was not measured. Called by the clock."""
    for book in books():
        local = now().astimezone(book.zone)
        known = Quality.objects.filter(city=book.id, day=local.date())
        if local.hour >= FROM_HOUR and not known.exists():
            put("proposals.measure", {"city": book.id}, key=f"measure {book.id}")


def measure(city: int) -> None:
    """Measure the last four weeks of a city, once for each of its days. Job `proposals.measure`."""
    at = now()
    book = book_of(city)
    figures = _figures(book, at)
    Quality.objects.update_or_create(
        city_id=city,
        day=at.astimezone(book.zone).date(),
        defaults={"measured_at": at, "figures": msgspec.to_builtins(figures)},
    )
    for kind, each in figures.alarms:
        log.warning(
            "falls behind", city=book.slug, kind=kind, key=each.key, read=each.fell, late=each.late
        )


def _figures(book: Book, at: datetime) -> Figures:
    slices: dict[str, dict[str, Slice]] = {kind: {} for kind in BY}
    whole = Slice("", Sums(), Sums())
    for period, group, counts in _counted(book, at):
        period(whole).add(counts)
        for kind, key in _keys(book, group).items():
            known = slices[kind].setdefault(key, Slice(key, Sums(), Sums()))
            period(known).add(counts)
    found = {kind: sorted(each.values(), key=_size) for kind, each in slices.items()}
    mark([each for several in found.values() for each in several], whole)
    number = in_use.number_in_use(book.id)
    return Figures(f"learned-{number}" if number else MODEL, whole, found)


Period = Callable[[Slice], Sums]


def _counted(book: Book, at: datetime) -> Iterator[tuple[Period, Group, Decided | Answered]]:
    """The counts of all groups: of these four weeks, and of those before."""
    for until, period in ((at, _these), (at - PERIOD, _those)):
        for group, decided in quality.decided(book.id, until - PERIOD, until):
            yield period, group, decided
        for group, answered in quality.answered(book.id, until - PERIOD, until, at):
            yield period, group, answered


def _these(each: Slice) -> Sums:
    return each.now


def _those(each: Slice) -> Sums:
    return each.before


def _keys(book: Book, group: Group) -> Mapping[str, str]:
    """What a group counts under; a place under the whole it lies in."""
    chain = book.chain(group.place_id)
    proposed = {} if group.proposed_id is None else {"proposal": str(group.proposed_id)}
    return proposed | {
        "language": group.language or "und",
        "channel": group.channel,
        "place": str(chain[-1]) if chain else "",
        "service": str(group.service_id or ""),
    }


def _size(each: Slice) -> tuple[int, int, str]:
    return -each.now.decided, -each.now.due, each.key


def mark(slices: Iterable[Slice], whole: Slice) -> None:
    """Mark what fell and what is late: each slice that is large enough is tested once for each."""
    tests: dict[tuple[str, int], tuple[int, int, int, int]] = {}
    kept = list(slices)
    for place, each in enumerate(kept):
        new, old, others = each.now, each.before, whole.now
        if min(new.decided, old.decided) >= ENOUGH:
            tests["fell", place] = (new.right, new.decided, old.right, old.decided)
        rest = others.due - new.due
        if min(new.due, rest) >= ENOUGH:
            tests["late", place] = (new.in_time, new.due, others.in_time - new.in_time, rest)
    for (name, place), counts in tests.items():
        setattr(kept[place], name, lower(*counts, tests=len(tests)))
