"""How fast: dates kept, first answers and solutions, by service, department and district."""

from collections.abc import Iterator, Sequence
from math import sqrt

from django.utils.translation import gettext as _

from ngoma.insight.figures import AREA, DAYS, Slice, Times
from ngoma.insight.telling import Told, told
from ngoma.look import formats
from ngoma.people.publicity import LEAST
from ngoma.report.document import (
    Cell,
    Chapter,
    Column,
    Curve,
    Line,
    Multiples,
    Panel,
    Piece,
    Point,
    Table,
    Text,
    Title,
    Words,
)
from ngoma.report.telling import Telling, between, number, percent, ranged

MOST = 14
"""Rows of a table, and districts side by side."""
PANELS = 20
TICKS = (1, 3, 7, 14, 30, 60, 90)
SOON = 30
"""Working days by which it is told how much was solved."""


def chapter(telling: Telling) -> Chapter:
    """The chapter."""
    blocks = [*_whole(telling), *_tables(telling), *_districts(telling)]
    return Chapter(_("How fast"), blocks)


def _whole(telling: Telling) -> Iterator[Piece]:
    whole = telling.month.figures.whole
    if whole.work.cases < LEAST:
        yield Words(_("Too few cases were opened to tell how fast they went."))
        return
    yield Words(" ".join(_sentences(telling, whole)))
    curves = [(whole.solution, _("solved")), (whole.answer, _("first answer given"))]
    drawn = [(each, name) for each, name in curves if each.done]
    yield Curve(
        alt=_("Curves: the share of cases that was solved, and answered first, by working days."),
        lines=[Line(_points(each), _band(each)) for each, _name in drawn],
        levels=[(each, formats.percent(each)) for each in (0.0, 0.25, 0.5, 0.75, 1.0)],
        ticks=[(_across(each), formats.number(each)) for each in TICKS],
        legend=[name for _each, name in drawn],
    )
    yield Words(
        _(
            "Working days since the report. A case that is still open counts as not done for as "
            "long as it was watched, so that what is slow is not left out. Pale: the range of "
            "chance."
        ),
        "note",
    )


def _sentences(telling: Telling, whole: Slice) -> Iterator[str]:
    kept, change = whole.work.kept, telling.month.kept
    if kept.whole >= LEAST and kept.low is not None and kept.high is not None:
        yield _("%(share)s of the dates that were promised were kept (%(range)s).") % {
            "share": percent(kept.share),
            "range": between(kept.low, kept.high),
        }
    if change is not None:
        at, low, high = (f"{100 * each:+.1f}".replace("-", "−") for each in change)
        yield _("Against the month before that is %(at)s points (%(low)s to %(high)s).") % {
            "at": at, "low": low, "high": high,
        }  # fmt: skip
    for minutes, said in (
        (whole.solution.half, _("Half were solved within %(span)s.")),
        (whole.solution.most, _("Three quarters were solved within %(span)s.")),
        (whole.answer.half, _("Half had a first answer within %(span)s.")),
    ):
        if minutes is not None:
            yield said % {"span": telling.worked(minutes)}
    if whole.solution.half is None:
        yield _("Less than half is solved so far.")


def _across(days: float) -> float:
    """The square root, so that the first days are seen."""
    return sqrt(days / DAYS[-1])


def _points(times: Times) -> list[Point]:
    done = zip(DAYS, times.done_by, strict=False)
    return [(_across(day), share) for day, share in done if share is not None]


def _band(times: Times) -> list[tuple[float, float, float]]:
    return [
        (_across(day), low, high)
        for day, low, high in zip(DAYS, times.low, times.high, strict=False)
        if low is not None and high is not None
    ]


def _tables(telling: Telling) -> Iterator[Piece]:
    titles = {"service": _("By service"), "department": _("By department")}
    names = {"service": _("Service"), "department": _("Department")}
    for by, title in titles.items():
        slices = _tellable(telling.month.figures.by[by], MOST)
        if slices:
            yield Title(title)
            yield Table(_columns(names[by]), [_row(telling, by, each) for each in slices])


def _tellable(slices: Sequence[Slice], most: int) -> list[Told]:
    """The largest that may be told; slices stand in that order."""
    return [each for each in told(slices) if not each.few and each.slice.work.cases][:most]


def _columns(name: str) -> list[Column]:
    return [
        Column(name, 5, right=False),
        Column(_("Cases")),
        Column(_("dates kept"), 3, right=False),
        Column(""),
        Column(_("half answered, in working time"), 2),
        Column(_("half solved, in working time"), 2),
        Column(_("solved in %(n)s working days") % {"n": formats.number(SOON)}, 2),
    ]


def _row(telling: Telling, by: str, each: Told) -> list[Cell]:
    kept = each.kept
    return [
        Text(telling.called(by, each.slice.key)),
        number(each.slice.work.cases),
        ranged(kept.part, kept.whole, kept.low, kept.high),
        Text(percent(kept.share) if kept.whole else ""),
        Text(telling.brief(each.answer.half)),
        Text(telling.brief(each.solution.half)),
        Text(percent(each.solution.by(SOON))),
    ]


def _districts(telling: Telling) -> Iterator[Piece]:
    found = _tellable(telling.month.figures.by[AREA], PANELS)
    found = [each for each in found if each.slice.key and each.solution.done]
    if len(found) < 2:
        return
    panels = [
        Panel(
            telling.called("district", each.slice.key),
            _points(each.solution),
            _("half in %(span)s") % {"span": telling.worked(each.solution.half)},
        )
        for each in found
    ]
    yield Title(_("District by district"))
    yield Multiples(
        alt=_("For each district the share of its cases that was solved, by working days."),
        panels=panels,
        all=_points(telling.month.figures.whole.solution),
        legend=[_("solved, over 90 working days"), _("the whole city")],
    )
