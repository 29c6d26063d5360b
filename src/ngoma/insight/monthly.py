"""A month of a city in numbers, as its report tells them. For a process of its own, like all that
the engine of figures reckons."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import sqrt

import ibis
import msgspec
from ibis.expr.types import Table

from ngoma.base.clock import now
from ngoma.base.months import bounds, first_day
from ngoma.cities.book import Book
from ngoma.insight import arriving, expressions, partitions, reckoning
from ngoma.insight.facts import CASES, CELL_ZOOM
from ngoma.insight.figures import Figures, Rate, Share, Spot
from ngoma.insight.forecast import foretelling
from ngoma.insight.forecast.kept import EPOCH, Range
from ngoma.insight.sums import LARGE
from ngoma.people.publicity import LEAST
from ngoma.records.models import Burst, Channel
from ngoma.records.queries import arrivals, bursts
from ngoma.records.queries.events import behind

YEAR = 12
WEEK = 7
SPOTS = 100
"""Of these the worst are told that are worst enough."""

CELLS_ZOOM = 15
"""Zoom of the cells of the map of a city without boundaries: some 1.2 km wide at the equator."""

_PAST = 24
"""Months before the last repair that is told of, from which cases are looked through."""

_LATER = 4
"""Months after it in which the same could be reported again within 90 days."""


class Nothing(ValueError):
    """There is no such month to tell of; says why."""


class Came(msgspec.Struct):
    """The reports of a month: day by day, and by the codes of services and districts ("": not
    known, or of a kind whose place is private)."""

    days: list[int]
    services: dict[str, int]
    districts: dict[str, int]

    @property
    def reports(self) -> int:
        """All of them."""
        return sum(self.days)


class Week(msgspec.Struct):
    """Seven days as they would have been foretold when they began. `came` is what came in them,
    `before` what had come in the seven days before; None where the days are not over."""

    first: date
    days: list[Range]
    came: int | None
    before: int


class Month(msgspec.Struct):
    """A month of a city. Reports are counted up to the day `last`; what became of them is told as
    it stood at `at`."""

    month: int
    last: date
    whole: bool
    """Whether the month is over."""
    at: datetime
    recorded: bool
    """Whether all its cases were taken over from an older system, whose records end at `at`."""
    came: Came
    before: Came | None
    year_before: Came | None
    rates: dict[str, Rate]
    """Reports of the month per 1,000 people, by the code of the district, as far as people were
    counted; also where no report came."""
    figures: Figures
    kept: tuple[float, float, float] | None
    """How the share of dates that were kept differs from the month before, with its interval."""
    cells: dict[int, int]
    """Reports of public services by cell of the map."""
    again: Share
    """Of the repairs of twelve months: those after which the same was reported again."""
    again_by: dict[str, Share]
    spots: list[Spot]
    bursts: list[Burst]
    weeks: list[Week]


def month(book: Book, number: int) -> Month:
    """What there is to tell of a month (`base.months`). Brings figures up to date first.

    Raises Nothing where no report came in it, and OSError where files cannot be written.
    """
    begins, ends = bounds(number, book.zone)
    present = now()
    if begins > present:
        raise Nothing("the month has not begun")
    while behind(arriving.READER) and arriving.read_batch(LARGE):
        pass
    partitions.refresh(book, [CASES])
    known = partitions.months(book, CASES)
    if number not in known:
        raise Nothing("no case was opened in that month")
    recorded, at = _known_until(book, known, number, present)
    last = min(ends, present).astimezone(book.zone).date()
    last -= timedelta(days=1) if present >= ends else timedelta()
    again, again_by, spots = _repairs(book, known, number, at)
    came = _came(book, first_day(number), last)
    return Month(
        month=number,
        last=last,
        whole=present >= ends,
        at=at,
        recorded=recorded,
        came=came,
        before=_of(book, number - 1),
        year_before=_of(book, number - YEAR),
        rates=dict(_rates(book, came)),
        figures=reckoning.between(book, number, number, at)[reckoning.WHOLE],
        kept=_kept(book, [each for each in known if number - 1 <= each <= number], at),
        cells=_cells(book, number),
        again=again,
        again_by=again_by,
        spots=spots,
        bursts=bursts.found(book.id, begins, ends),
        weeks=list(_weeks(book, first_day(number), last)),
    )


def change(
    count: int, days: int, before: int, days_before: int
) -> tuple[float, float, float] | None:
    """By what share more (or less) came a day than before, with its 95 % interval; None where
    nothing came before.

    Of all reports of both times, the share that came in the later one has Wilson's interval; so
    the counts are taken to vary by chance alone (Przyborowski and Wilenski 1940).
    """
    n, z = count + before, expressions.Z
    if not before or not days:
        return None
    share = count / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n * n))
    more = days_before / days
    low, high = (each / (1 - each) * more - 1 for each in (middle - half, middle + half))
    return count / before * more - 1, low, high


def _known_until(
    book: Book, known: Sequence[int], number: int, present: datetime
) -> tuple[bool, datetime]:
    """Whether all of the month is history, and the moment that its open cases were watched until.

    Nobody wrote on in the records of an older system after they were taken over: what they say is
    told as it was when the last thing in them happened.
    """
    with reckoning.opened(book, [number]) as facts:
        if facts.filter(facts.channel != Channel.IMPORT).count().to_pyarrow().as_py():
            return False, present
    with reckoning.opened(book, known) as facts:
        last = [facts.opened_at.max(), facts.solved_at.max()]
        moments = [each.to_pyarrow().as_py() for each in last]
    found = max(each for each in moments if each is not None)
    return True, min(found.replace(tzinfo=present.tzinfo), present)


def _kept(book: Book, months: Sequence[int], at: datetime) -> tuple[float, float, float] | None:
    """How the last of two months differs in dates kept; None where either tells of few cases."""
    kept = {"kept": expressions.SHARES["kept"]}
    with reckoning.opened(book, months) as facts:
        measured = expressions.measures(facts, ("month",), at)
        rows = expressions.changes(measured, (), kept).order_by("month").to_pyarrow().to_pylist()
    if any(row["promised"] < LEAST for row in rows):
        return None
    return reckoning.share(rows[-1], "kept", "promised").change


def _of(book: Book, number: int) -> Came | None:
    """What came in a whole month; None where the city knew of no reports when it began."""
    first, after = first_day(number), first_day(number + 1)
    begun = arrivals.first_day(book.id)
    if begun is None or begun > (first - EPOCH).days + WEEK:
        return None
    return _came(book, first, after - timedelta(days=1))


def _came(book: Book, first: date, last: date) -> Came:
    begin, end = ((each - EPOCH).days for each in (first, last))
    days = [0] * (end - begin + 1)
    private = set(book.private_services)
    services: Counter[str] = Counter()
    districts: Counter[str] = Counter()
    for row in arrivals.by_day(book.id, begin, end):
        days[row.day - begin] += row.reports
        services[_code(book.services, row.service)] += row.reports
        place = 0 if row.service in private else row.place
        districts[_code(book.places, place)] += row.reports
    return Came(days, dict(services), dict(districts))


def _code(entries: Mapping[int, object], key: int) -> str:
    return str(getattr(entries.get(key), "code", ""))


def _rates(book: Book, came: Came) -> Iterator[tuple[str, Rate]]:
    for code in {book.places[each].code for each in book.districts} | set(came.districts):
        found = reckoning.rate(book, code, came.districts.get(code, 0))
        if found is not None:
            yield code, found


def _cells(book: Book, number: int) -> dict[int, int]:
    with reckoning.opened(book, [number]) as facts:
        placed = facts.filter(facts.public & facts.cell.notnull())
        size = 1 << 2 * (CELL_ZOOM - CELLS_ZOOM)
        counted = placed.group_by(where=placed.cell // size).agg(reports=placed.reports.sum())
        rows = counted.to_pyarrow().to_pylist()
    return {int(row["where"]): int(row["reports"]) for row in rows}


def _repairs(
    book: Book, known: Sequence[int], number: int, at: datetime
) -> tuple[Share, dict[str, Share], list[Spot]]:
    """How the repairs of twelve months up to this one held: all, by service, the worst spots."""
    begin, end = (
        bounds(each, book.zone)[0].replace(tzinfo=None) for each in (number - YEAR + 1, number + 1)
    )
    months = [each for each in known if number - _PAST <= each <= number + _LATER]
    with reckoning.opened(book, months) as facts:
        repairs = expressions.repairs(facts, at)
        made = ibis.literal(begin) <= repairs.solved_at, repairs.solved_at < ibis.literal(end)
        repairs = repairs.filter(made)
        whole = _shares(repairs, ())
        by = _shares(repairs, ("service",))
        public = repairs.filter(repairs.public).mutate(scope=ibis.literal(""))
        rows = expressions.worst(public, SPOTS).to_pyarrow().to_pylist()
        return whole[""], by, [reckoning.spot(book, row) for row in rows]


def _shares(repairs: Table, by: Sequence[str]) -> dict[str, Share]:
    rows = expressions.again(repairs, by).to_pyarrow().to_pylist()
    return {row.get("service", ""): reckoning.share(row, "again", "repaired") for row in rows}


def _weeks(book: Book, first: date, last: date) -> Iterator[Week]:
    for start in (first + timedelta(days=each) for each in range(0, (last - first).days + 1, WEEK)):
        days = foretelling.in_hindsight(book, start)[:WEEK]
        if days:
            before, after = start - timedelta(days=WEEK), start + timedelta(days=WEEK - 1)
            over = after <= last
            came = _came(book, start, after).reports if over else None
            earlier = _came(book, before, start - timedelta(days=1)).reports
            yield Week(start, days, came, earlier)
