"""How well the city's work works, for everybody: as reckoned last night, without small numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ngoma.base.days import written
from ngoma.base.months import first_day
from ngoma.insight import figures
from ngoma.insight.figures import AREA, DAYS, Figures, Rate, Share, Slice
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

_NONE = -log(0.025)
"""How many there may be of what was counted as none: the exact limit of a Poisson count."""


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
    """The page; with `csv` one table of it as a file."""
    found = figures.newest(site.book.id)
    if found and AREA not in found.figures.by:  # of an older release: until the next night
        found = None
    if by := request.GET.get("csv", ""):
        if by not in BY or found is None:
            raise Http404(by)
        name = f"{site.book.slug}-{by}"
        return as_file(name, (by, "name", *COLUMNS), map(_cells, rows(site, found.figures, by)))
    context = {"found": found, "least": LEAST, **(_told(site, found.figures) if found else {})}
    return show(request, site, "figures", context, page="figures")


def rows(site: Site, found: Figures, by: str) -> list[Row]:
    """The rows of a table: all districts of the city, though nothing was reported in one."""
    known = list(found.by[AREA if by == "district" else by])
    if by == "district":
        silent = {site.book.places[each].code for each in site.book.districts}
        silent -= {each.key for each in known}
        known += [_silent(site, code) for code in sorted(silent)]
    return [_row(site, by, each) for each in told(known)]


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


def _silent(site: Site, code: str) -> Slice:
    people = site.book.population(site.book.place_by_code[code].id)
    rate = None if people is None else Rate(people, 0.0, 0.0, round(_NONE * 1000 / people, 3))
    return Slice.nothing(code, rate)


def _told(site: Site, found: Figures) -> dict[str, object]:
    """What the page says."""
    (whole,) = told([found.whole])
    solution = whole.solution
    curve = Curve(solution.done_by, solution.low, solution.high)
    return {
        "whole": _row(site, "", whole),
        "cases": found.whole.work.cases,
        "months": [_month(site, each) for each in (found.first, found.last)],
        "curve": curves.steps(DAYS, [curve], _("Share solved, by working days since the report"))
        if not whole.few
        else None,
        "shares": list(zip(DAYS, solution.done_by, solution.low, solution.high, strict=False)),
        "tables": {by: rows(site, found, by)[:_ROWS] for by in BY},
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
