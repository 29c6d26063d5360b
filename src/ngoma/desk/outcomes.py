"""Did it work? How long answers and solutions took, what held and what did not, with the range that
chance alone leaves, by every key; of the city, or of a department with all below it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from ngoma.base.days import written
from ngoma.base.months import first_day, read
from ngoma.desk import codes, viewing
from ngoma.desk.performance import overseen
from ngoma.desk.site import Desk, page, show
from ngoma.insight import figures
from ngoma.insight.figures import BY, DAYS, MONTHS, SPANS, Figures, Share, Slice, Spot, Times
from ngoma.insight.silence import with_silent
from ngoma.look import curves, formats, slices
from ngoma.look.curves import Curve
from ngoma.look.tables import as_file

TITLES = {
    "month": gettext_lazy("By month of the report"),
    "service": gettext_lazy("By service"),
    "district": gettext_lazy("By district"),
    "department": gettext_lazy("By department"),
    "channel": gettext_lazy("By channel"),
    "language": gettext_lazy("By language"),
}
_ROWS = 40


NARROW = ("service", "district", "channel", "language", "month")
"""One of these at a time leaves the cases with one key: figures are kept by single keys."""
FILES = (*BY, "days", "spots")


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The figures of the last night for the department and months of the address, of all cases or
    of those with one key; with `csv` one table of them as a file."""
    department, choices = _chosen(request, desk)
    months = _months(request)
    found = figures.newest(desk.book.id, department, months)
    by, key = _narrowed(request, found.figures) if found else ("", "")
    of = {"department": desk.code("department", department or None), "months": months}
    if file := request.GET.get("csv", ""):
        if file not in FILES or found is None:
            raise Http404(file)
        return _file(desk, file, found.figures, of, by, key)
    one = {by: key} if by else {}
    given = of if request.GET.get("department") else {"months": months}
    context = {
        "found": found,
        "chosen": of["department"],
        "choices": choices,
        "titles": TITLES,
        "spans": (MONTHS, *SPANS),
        "span": months or MONTHS,
        "one": one,
        "all": desk.url("outcomes/", **of),
        "only": slices.called(desk, by, key) if by else "",
        "files": {each: desk.url("outcomes/", **of, **one, csv=each) for each in FILES},
        "kept": viewing.beside(desk, "outcomes", {**given, **one}),
        **(_shown(desk, found.figures, of, by, key) if found else {}),
    }
    return show(request, desk, "outcomes", context)


def _narrowed(request: HttpRequest, found: Figures) -> tuple[str, str]:
    """By what and to which key the address narrows the figures; empty: to none."""
    for by in NARROW:
        key = request.GET.get(by, "")
        if key and any(each.key == key for each in found.by[by]):
            return by, key
    return "", ""


def _slice(found: Figures, by: str, key: str) -> Slice:
    """The figures of the cases with a key; of all where none is meant."""
    return (
        next((each for each in found.by[by] if each.key == key), found.whole) if by else found.whole
    )


def _months(request: HttpRequest) -> int | None:
    """How many months are meant; None: all that are reckoned."""
    given = request.GET.get("months", "")
    return next((each for each in SPANS if str(each) == given), None)


def _chosen(request: HttpRequest, desk: Desk) -> tuple[int, list[tuple[str, str]]]:
    """The department that is meant (0: the whole city), and those that may be, by their codes."""
    departments = overseen(desk)
    known = desk.book.departments.values()
    seen = [each.id for each in known if departments is None or each.id in departments]
    choices = [(desk.book.departments[each].code, desk.department(each)) for each in seen]
    if departments is None:
        choices.insert(0, ("", gettext("The whole city")))
    wanted = codes.read(desk.book, "department", request.GET.get("department", "")) or 0
    allowed = seen if departments is not None else [0, *seen]
    tops = [each for each in seen if desk.book.departments[each].parent_id not in seen]
    first = 0 if departments is None else next(iter(tops), -1)
    return (wanted if wanted in allowed else first), choices


def _shown(desk: Desk, found: Figures, of: dict[str, Any], by: str, key: str) -> dict[str, Any]:
    def named(each_by: str) -> list[tuple[str, str, Slice]]:
        """Name, address and figures of each key."""
        return [
            (
                slices.called(desk, each_by, each.key),
                desk.url("outcomes/", **of, **{each_by: each.key})
                if each.key and each_by in NARROW
                else "",
                each,
            )
            for each in _every(desk, found, each_by, of)[:_ROWS]
        ]

    whole = _slice(found, by, key)
    months = (read(key),) * 2 if by == "month" else (found.first, found.last)
    return {
        "whole": whole,
        "months": [written(first_day(each), "yMMMM", desk.language) for each in months],
        "tables": {} if by else {each: named(each) for each in TITLES},
        "spots": [_spot(desk, each) for each in _spots(found, by, key)],
        "curve": curves.steps(
            DAYS, [_curve(whole.solution), _curve(whole.answer)],
            gettext("Share done, by working days since the report"),
        ),
        "shares": list(zip(DAYS, *_columns(whole.answer), *_columns(whole.solution), strict=False)),
        "people": desk.book.settings.get("population"),
        "worked": lambda minutes: "–" if minutes is None else formats.worked(minutes, found.day),
        "part": _part,
        "range": _range,
        "points": _points,
        "percent": lambda share: "–" if share is None else formats.percent(share),
    }  # fmt: skip


def _every(desk: Desk, found: Figures, by: str, of: dict[str, Any]) -> list[Slice]:
    """The slices of a kind; of the whole city all districts, though nothing was reported in one."""
    whole_city = by == "district" and not of["department"]
    return with_silent(desk.book, found.by[by]) if whole_city else found.by[by]


def _spots(found: Figures, by: str, key: str) -> list[Spot]:
    """The spots of all services, or of the one that is meant; of other keys nobody knows them."""
    return [each for each in found.spots if not by or (by == "service" and each.service == key)]


def _curve(times: Times) -> Curve:
    return Curve(times.done_by, times.low, times.high)


def _columns(times: Times) -> tuple[Sequence[float | None], ...]:
    none: list[float | None] = [None] * len(DAYS)
    return times.done_by or none, times.low or none, times.high or none


def _part(share: Share) -> str:
    return formats.share(share.part, share.whole)


def _range(low: float | None, high: float | None) -> str:
    """An interval in words; empty for none."""
    if low is None or high is None:
        return ""
    limits = {"low": formats.percent(low), "high": formats.percent(high)}
    return gettext("%(low)s to %(high)s") % limits


def _points(change: float) -> str:
    """A difference in points of percent."""
    return f"{round(change * 100):+d}"


def _spot(desk: Desk, spot: Spot) -> dict[str, Any]:
    """A spot with its names, and the address of the list of its cases and those around."""
    service = desk.book.service_by_code.get(spot.service)
    place = desk.book.place_by_code.get(spot.place)
    return {
        "service": slices.called(desk, "service", spot.service),
        "place": desk.place(place.id) if place else gettext("not known"),
        "where": "" if spot.lat is None else f"{spot.lat:.4f}, {spot.lon:.4f}",
        "again": spot.again,
        "repaired": spot.repaired,
        "url": desk.url(
            "work/", service=service.code if service else "", place=place.code if place else ""
        ),
    }


_SHARES = ("answer_kept", "kept", "reopened", "passed_on")
_TIMES = ("watched", "done", "quarter", "half", "most")
COLUMNS = (
    *("cases", "reports", "solved", "transfers", "rated", "stars"),
    *(f"{name}{end}" for name in _SHARES for end in ("", "_of", "_low", "_high")),
    *(f"{name}{end}" for name in _SHARES for end in ("_change", "_change_low", "_change_high")),
    *("again", "again_of", "again_low", "again_high"),
    *(f"{what}_{name}" for what in ("answer", "solution") for name in _TIMES),
    *(f"{what}_by_{days:g}_days" for what in ("answered", "solved") for days in DAYS),
    *("people", "reports_per_1000", "reports_per_1000_low", "reports_per_1000_high"),
)
"""Of a file, after the key and its name. Times are minutes of working time."""


CURVE = (
    "working_days",
    *(f"{what}{end}" for what in ("answered", "solved") for end in ("", "_low", "_high")),
)
SPOTS = ("service", "place", "lat", "lon", "again", "repaired")


def _file(
    desk: Desk, file: str, found: Figures, of: dict[str, Any], by: str, key: str
) -> HttpResponse:
    """A table by one kind of key; or of what is narrowed to, the curve or the spots."""
    name = f"{desk.book.slug}-outcomes-{file}"
    if file == "days":
        return as_file(name, CURVE, _days(_slice(found, by, key)))
    if file == "spots":
        spots = (
            [
                each.service,
                each.place,
                *map(_plain, (each.lat, each.lon)),
                each.again,
                each.repaired,
            ]
            for each in _spots(found, by, key)
        )
        return as_file(name, SPOTS, spots)
    return as_file(name, (file, "name", *COLUMNS), _rows(desk, file, _every(desk, found, file, of)))


def _days(of: Slice) -> Iterator[list[object]]:
    """The share that was done by so many working days."""
    for days, *shares in zip(DAYS, *_columns(of.answer), *_columns(of.solution), strict=False):
        yield [f"{days:g}", *map(_plain, shares)]


def _rows(desk: Desk, by: str, found: Sequence[Slice]) -> Iterator[list[object]]:
    return (
        [each.key, slices.called(desk, by, each.key), *map(_plain, _cells(each))] for each in found
    )


def _cells(each: Slice) -> Iterator[object]:
    work = each.work
    yield from (work.cases, work.reports, work.solved, work.transfers, work.rated, work.stars)
    shares = [getattr(work, name) for name in _SHARES]
    for share in shares:
        yield from (share.part, share.whole, share.low, share.high)
    for share in shares:
        yield from share.change or (None, None, None)
    yield from (each.again.part, each.again.whole, each.again.low, each.again.high)
    for times in (each.answer, each.solution):
        yield from (getattr(times, name) for name in _TIMES)
    for times in (each.answer, each.solution):
        yield from _columns(times)[0]
    rate = each.rate
    yield from (rate.people, rate.reports, rate.low, rate.high) if rate else [None] * 4


def _plain(cell: object) -> object:
    return "" if cell is None else cell
