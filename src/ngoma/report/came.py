"""What came: day by day, by service, channel and language."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import ceil, floor, log10

from django.utils.translation import gettext as _

from ngoma.base.months import first_day
from ngoma.insight.monthly import Came, change
from ngoma.look import formats
from ngoma.people.publicity import shown
from ngoma.report.document import Bar, Cell, Chapter, Column, Days, Piece, Table, Text, Title, Words
from ngoma.report.telling import UNKNOWN, Telling, number, percent, public, signed, tellable

MOST = 20
"""Services in the table."""


def chapter(telling: Telling) -> Chapter:
    """The chapter."""
    return Chapter(_("What came"), [*_days(telling), *_services(telling), *_ways(telling)])


def changed(telling: Telling, count: int, before: int) -> tuple[float, float, float] | None:
    """How a count of this month differs from that of the month before, by the day."""
    then = telling.month.before
    return change(count, len(telling.month.came.days), before, len(then.days)) if then else None


def _days(telling: Telling) -> Iterator[Piece]:
    month = telling.month
    counts = month.came.days
    told = shown(counts)
    ranges = [each for week in month.weeks for each in week.days][: len(counts)]
    ranges = ranges if len(ranges) == len(counts) else []
    bars: list[float | None] = [
        count if ok else None for count, ok in zip(counts, told, strict=True)
    ]
    if not any(bars):
        yield Words(_("On no day did so many come that their number may be told."))
        return
    top = max([*(bar or 0 for bar in bars), *(each.high for each in ranges)])
    yield _busiest(telling, counts)
    yield Days(
        alt=_("A bar for each day of %(month)s, with the range of what was expected.")
        % {"month": telling.month_name()},
        bars=bars,
        low=[each.low for each in ranges] or [None] * len(counts),
        high=[each.high for each in ranges] or [None] * len(counts),
        labels=[formats.number(day + 1) for day in range(len(counts))],
        rest=[_rests(telling, day) for day in range(len(counts))],
        top=top,
        ticks=[(each, formats.number(each)) for each in _ticks(top)],
        legend=[_("Reports"), _("more than expected"), _("expected: nine of ten days")],
    )
    yield Words(_of_days(telling, bool(ranges), all(told)), "note")


def _busiest(telling: Telling, counts: Sequence[int]) -> Words:
    busiest = max(range(len(counts)), key=lambda day: counts[day])
    return Words(
        _("Most came on %(day)s: %(count)s reports; in the mean of all days it was %(mean)s.")
        % {
            "day": telling.day(first_day(telling.month.month) + timedelta(days=busiest)),
            "count": formats.number(counts[busiest]),
            "mean": formats.number(round(sum(counts) / len(counts), 1)),
        }
    )


def _rests(telling: Telling, day: int) -> bool:
    """Whether the city does not work on a day of the month."""
    at = first_day(telling.month.month) + timedelta(days=day)
    return not telling.book.calendar.works(at)


def _of_days(telling: Telling, expected: bool, every: bool) -> str:
    said = [_("Days in red figures are days on which the city does not work.")]
    if expected:
        said.append(
            _(
                "What was to be expected is foretold anew for each seven days from the days before "
                "them. A red bar lies above that range."
            )
        )
    else:
        said.append(_("Too little is known of the time before to say what was to be expected."))
    if not every:
        said.append(_("A grey stub stands for a day that is not told, because few reports came."))
    return " ".join(said)


def _ticks(top: float) -> list[float]:
    """Two to five round numbers up to the top."""
    size: float = 10 ** floor(log10(max(top, 1)))
    step = next(each for each in (size / 2, size, 2 * size) if top / each < 5.5)
    step = max(ceil(step), 1)
    return [float(n * step) for n in range(1, int(top / step) + 1)]


def _services(telling: Telling) -> Iterator[Piece]:
    month = telling.month
    found = public(month.came.services, MOST)
    largest = max(found.told.values(), default=1)
    before, year = _tellable(month.before), _tellable(month.year_before)
    columns = [
        Column(_("Service"), 5, right=False),
        Column("", 3, right=False),
        Column(_("Reports")),
    ]
    if month.before:
        columns += [
            Column(telling.month_name(1)),
            Column(_("change by the day")),
            Column(_("range of chance")),
        ]
    if month.year_before:
        columns.append(Column(telling.month_name(12)))
    rows: list[list[Cell]] = []
    for code, count in found.told.items():
        row: list[Cell] = [
            Text(telling.called("service", code)), Bar(count / largest), number(count),
        ]  # fmt: skip
        if month.before:
            row += [number(before.get(code)), *_change(telling, count, before.get(code))]
        rows.append(row + ([number(year.get(code))] if month.year_before else []))
    if found.kinds:
        rest: list[Cell] = [
            Text(_("%(n)s others") % {"n": formats.number(found.kinds)}),
            Text(""), number(found.rest),
        ]  # fmt: skip
        rows.append(rest + [Text("")] * (len(columns) - len(rest)))
    yield Title(_("By service"))
    yield Table(columns, rows)
    if month.before:
        yield Words(_("A change in red is a rise that chance alone does not explain."), "note")


def _tellable(came: Came | None) -> dict[str, int]:
    return tellable(came.services) if came else {}


def _change(telling: Telling, count: int, before: int | None) -> list[Cell]:
    """The change, and the range in which it lies; dark where chance alone does not explain it."""
    found = changed(telling, count, before) if before is not None else None
    if found is None:
        return [Text(UNKNOWN), Text("")]
    at, low, high = found
    span = _("%(low)s to %(high)s") % {"low": signed(low), "high": signed(high)}
    return [Text(signed(at), strong=low > 0), Text(span)]


def _ways(telling: Telling) -> Iterator[Piece]:
    """By channel and by language: a sentence where there is one alone."""
    alone = {
        "channel": _("All cases came by: %(only)s."),
        "language": _("The language of all cases: %(only)s."),
    }
    yield Title(_("By channel and language"))
    for by, name in (("channel", _("Channel")), ("language", _("Language"))):
        slices = telling.month.figures.by[by]
        if len(slices) == 1:
            yield Words(alone[by] % {"only": telling.called(by, slices[0].key)})
        elif slices:
            yield _table(telling, by, name)


def _table(telling: Telling, by: str, name: str) -> Table:
    slices, whole = telling.month.figures.by[by], telling.month.figures.whole.work.cases
    found = public({each.key: each.work.cases for each in slices}, MOST)
    rows: list[list[Cell]] = [
        [
            Text(telling.called(by, code)), Bar(count / whole),
            number(count), Text(percent(count / whole)),
        ]
        for code, count in found.told.items()
    ]  # fmt: skip
    columns = [Column(name, 3, right=False), Column("", 4, right=False)]
    return Table([*columns, Column(_("Cases")), Column(_("Share"))], rows)
