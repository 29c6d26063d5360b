"""How well the city's work works, for everybody: as reckoned last night, without small numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ngoma.base.days import written
from ngoma.base.months import first_day, read
from ngoma.insight import figures
from ngoma.insight.figures import AREA, DAYS, Figures, Rate, Share, Times
from ngoma.insight.silence import with_silent
from ngoma.insight.telling import Told, told
from ngoma.look import curves, formats, slices
from ngoma.look.curves import Curve
from ngoma.look.tables import as_file
from ngoma.people.publicity import LEAST
from ngoma.public.site import Site, from_replica, page, show

BY = ("district", "service", "month")
_ROWS = 40
_SOON = 30
"""Working days after which a table says how much was solved."""


@dataclass(frozen=True, slots=True)
class Row:
    """What may be told of the cases with one key; `reports` is None where they are too few, `kept`
    and times are empty where those of which they tell are."""

    key: str
    name: str
    reports: int | None
    rate: Rate | None
    kept: Share
    half: int | None
    soon: float | None


@require_safe
@cache_control(public=True, max_age=600)
@page
@from_replica
def view(request: HttpRequest, site: Site) -> HttpResponse:
    """The page, of all cases or of those with the key of the address; with `csv` one table of it as
    a file."""
    found = figures.newest(site.book.id)
    if found and AREA not in found.figures.by:  # of an older release: until the next night
        found = None
    by, of = _narrowed(request, site, found.figures) if found else ("", None)
    if file := request.GET.get("csv", ""):
        if found is None or of is None or file not in (*BY, "days"):
            raise Http404(file)
        return _file(site, found.figures, of, file)
    one = {by: of.slice.key} if of and by else {}
    context = {
        "found": found,
        "least": LEAST,
        "one": one,
        "only": slices.called(site, by, one[by]) if one else "",
        **(_told(site, found.figures, of, by) if found and of else {}),
    }
    return show(request, site, "figures", context, page="figures", asked=one)


def _narrowed(request: HttpRequest, site: Site, found: Figures) -> tuple[str, Told]:
    """By what the address narrows the figures, and what may be told of its key; empty, and of all
    cases, where it does not."""
    for by in BY:
        if key := request.GET.get(by, ""):
            for each in _every(site, found, by):
                if each.slice.key == key:
                    return by, each
    (whole,) = told([found.whole])
    return "", whole


def rows(site: Site, found: Figures, by: str) -> list[Row]:
    """The rows of a table."""
    return [_row(site, by, each) for each in _every(site, found, by)]


def _every(site: Site, found: Figures, by: str) -> Iterator[Told]:
    """What may be told of each key: of all districts of the city, though nothing was reported in
    one."""
    return told(with_silent(site.book, found.by[AREA]) if by == "district" else found.by[by])


def _row(site: Site, by: str, each: Told) -> Row:
    return Row(
        key=each.slice.key,
        name=slices.called(site, by, each.slice.key),
        reports=None if each.few else each.slice.work.reports,
        rate=None if each.few else each.slice.rate,
        kept=each.kept,
        half=each.solution.half,
        soon=each.solution.by(_SOON),
    )


def _told(site: Site, found: Figures, of: Told, by: str) -> dict[str, object]:
    """What the page says."""
    months = (read(of.slice.key),) * 2 if by == "month" else (found.first, found.last)
    solution = of.solution
    curve = Curve(solution.done_by, solution.low, solution.high)
    return {
        "whole": _row(site, by, of),
        "cases": of.slice.work.cases,
        "months": [_month(site, each) for each in months],
        "curve": curves.steps(DAYS, [curve], _("Share solved, by working days since the report"))
        if not of.few and solution.done_by
        else None,
        "shares": list(zip(DAYS, solution.done_by, solution.low, solution.high, strict=False)),
        "tables": {} if by else {each: rows(site, found, each)[:_ROWS] for each in BY},
        "private": bool(site.book.private_services),
        "people": site.book.settings.get("population"),
        "worked": lambda minutes: formats.worked(minutes, found.day),
        "percent": formats.percent,
    }


def _month(site: Site, month: int) -> str:
    return written(first_day(month), "yMMMM", site.language)


COLUMNS = (
    *("reports", "people", "reports_per_1000", "reports_per_1000_low", "reports_per_1000_high"),
    *("solved_in_time", "dated", "share_in_time_low", "share_in_time_high"),
    *("change", "change_low", "change_high"),
    *("half_solved_working_minutes", "share_solved_in_30_working_days"),
)
"""Of a file, after the key and its name. Empty is what is not known, or would tell of few cases."""


CURVE = ("working_days", "solved", "solved_low", "solved_high")


def _file(site: Site, found: Figures, of: Told, file: str) -> HttpResponse:
    """A table by one kind of key, or the curve of what is told."""
    if file in BY:
        cells = map(_cells, rows(site, found, file))
        return as_file(f"{site.book.slug}-{file}", (file, "name", *COLUMNS), cells)
    solution = Times() if of.few else of.solution
    steps = zip(DAYS, solution.done_by, solution.low, solution.high, strict=False)
    days = ([f"{day:g}", *map(_plain, shares)] for day, *shares in steps)
    return as_file(f"{site.book.slug}-solved", CURVE, days)


def _cells(row: Row) -> Sequence[object]:
    return [_plain(cell) for cell in (row.key, row.name, *_numbers(row))]


def _numbers(row: Row) -> Iterator[object]:
    yield row.reports
    rate = row.rate
    yield from (rate.people, rate.reports, rate.low, rate.high) if rate else [None] * 4
    kept = row.kept
    yield from (kept.part, kept.whole) if kept.whole else (None, None)
    yield from (kept.low, kept.high, *(kept.change or [None] * 3))
    yield from (row.half, row.soon)


def _plain(cell: object) -> object:
    return "" if cell is None else cell
