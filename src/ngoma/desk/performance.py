"""How the city keeps its promises: by month, service, place and department, with every figure as a
picture, a table and a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from ngoma.base import months
from ngoma.base.clock import now
from ngoma.base.days import written
from ngoma.base.months import month_of
from ngoma.casework.errors import NotAllowed
from ngoma.desk import charts, codes, viewing
from ngoma.desk.site import Desk, page, show
from ngoma.insight.performing import ANSWER, SOLUTION, middle
from ngoma.look import formats
from ngoma.look.tables import as_file
from ngoma.records.queries import performance
from ngoma.records.queries.performance import BY, Asked, Work

LEAST = 5
"""Cases below which no median is said: it would tell of single ones."""
_MONTHS = 12
_ROWS = 40
TITLES = {
    "month": gettext_lazy("By month of the report"),
    "service": gettext_lazy("By service"),
    "place": gettext_lazy("By place"),
    "department": gettext_lazy("By department"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """The figures under one key. Times are minutes of working time; None: too few cases."""

    key: int
    name: str
    work: Work
    answer: tuple[float | None, float | None]
    solution: tuple[float | None, float | None]

    @property
    def rated(self) -> int:
        """How many were rated."""
        return sum(self.work.stars)

    @property
    def stars(self) -> float | None:
        """The mean rating."""
        weighed = sum(number * count for number, count in enumerate(self.work.stars, 1))
        return weighed / self.rated if self.rated >= LEAST else None


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The figures for the filters of the address; with `csv` one table of them as a file."""
    asked, chosen = _asked(request, desk)
    if by := request.GET.get("csv", ""):
        if by not in BY:
            raise Http404(by)
        return _file(desk, by, rows(desk, asked, by))
    tables = {by: rows(desk, asked, by) for by in BY}
    months = tables["month"]
    context = {
        "whole": _whole(months, asked),
        "tables": {by: found[:_ROWS] for by, found in tables.items()},
        "titles": TITLES,
        "chosen": chosen,
        # Who chose no months keeps none, so that the view goes on with time.
        "kept": viewing.beside(
            desk, "performance", {each: chosen[each] for each in chosen if request.GET.get(each)}
        ),
        "choices": _choices(desk),
        "files": {by: desk.url("performance/", **chosen, csv=by) for by in BY},
        "opened": charts.columns(
            [(row.name, row.work.cases, row.work.solved) for row in months],
            (gettext("reported"), gettext("of these solved")),
        ),
        "taken": charts.ranges([(row.name, *row.solution) for row in months]),
        "span": span,
        "share": formats.share,
    }
    return show(request, desk, "performance", context)


def overseen(desk: Desk) -> tuple[int, ...] | None:
    """The departments whose work this person oversees; None: all. Raises `NotAllowed` for none."""
    if not desk.may_somewhere("oversee"):
        raise NotAllowed("oversee")
    return desk.departments_for("oversee")


def rows(desk: Desk, asked: Asked, by: str) -> list[Row]:
    """The figures by one kind of key: months in order, others by their number of cases."""
    spans = performance.spans(asked, by)
    found = [
        Row(
            key=each.key,
            name=_name(desk, by, each.key),
            work=each,
            answer=_times(spans.get((each.key, ANSWER), {})),
            solution=_times(spans.get((each.key, SOLUTION), {})),
        )
        for each in performance.work(asked, by)
    ]
    return found if by == "month" else sorted(found, key=lambda row: -row.work.cases)


def span(minutes: float | None) -> str:
    """A length of working time in words; a dash for none."""
    return "–" if minutes is None else formats.span(timedelta(minutes=minutes))


def _times(buckets: Mapping[int, int]) -> tuple[float | None, float | None]:
    """Median and 90th percentile of what fell into buckets."""
    total = sum(buckets.values())
    if total < LEAST:
        return None, None
    return _percentile(buckets, 0.5 * total), _percentile(buckets, 0.9 * total)


def _percentile(buckets: Mapping[int, int], rank: float) -> float:
    passed = 0
    for number in sorted(buckets):
        passed += buckets[number]
        if passed >= rank:
            return middle(number)
    raise ValueError("no bucket holds the rank")


def _whole(months: Iterable[Row], asked: Asked) -> dict[str, Any]:
    """The sums of all months."""
    found = list(months)
    names = [name for name in Work._fields if name not in ("key", "stars")]
    stars = [sum(row.work.stars[n] for row in found) for n in range(5)]
    rated = sum(stars)
    return {
        **{name: sum(getattr(row.work, name) for row in found) for name in names},
        "stars": stars,
        "rated": rated,
        "mean": sum(n * count for n, count in enumerate(stars, 1)) / rated if rated else None,
    }


def _asked(request: HttpRequest, desk: Desk) -> tuple[Asked, dict[str, str]]:
    """The question of an address, and its fields; what makes no sense is left out."""
    book, departments = desk.book, overseen(desk)
    last = _month(request.GET.get("to", "")) or month_of(now(), book.zone)
    first = _month(request.GET.get("from", "")) or last - _MONTHS + 1
    chosen = {"from": months.written(min(first, last)), "to": months.written(last)}
    department = codes.read(book, "department", request.GET.get("department", ""))
    if department and (departments is None or department in departments):
        departments = codes.within(departments, department)
        chosen["department"] = codes.written(book, "department", department)
    service = codes.read(book, "service", request.GET.get("service", "")) or 0
    place = codes.read(book, "place", request.GET.get("place", ""))
    places = book.below(place) if place else None
    chosen |= {"service": codes.written(book, "service", service)} if service else {}
    chosen |= {"place": codes.written(book, "place", place)} if place else {}
    asked = Asked(
        city_id=book.id,
        first=min(first, last),
        last=last,
        departments=departments,
        service=service,
        places=places,
    )
    return asked, chosen


def _month(text: str) -> int | None:
    try:
        return months.read(text)
    except ValueError:
        return None


def _name(desk: Desk, by: str, key: int) -> str:
    book = desk.book
    if by == "month":
        return written(months.first_day(key), "yMMM", desk.language)
    entries: Mapping[int, Any] = {
        "service": book.services, "place": book.places, "department": book.departments,
    }[by]  # fmt: skip
    return desk.text(entries[key].names) if key in entries else gettext("not known")


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    book, departments = desk.book, overseen(desk)
    seen = [d for d in book.departments.values() if departments is None or d.id in departments]
    tops = {each.id for each in book.places.values() if each.parent_id is None}
    parts = [each for each in book.places.values() if each.parent_id in tops] or [
        book.places[each] for each in tops
    ]
    return {
        "department": [(each.code, desk.text(each.names)) for each in seen],
        "service": [(each.code, desk.text(each.names)) for each in book.services.values()],
        "place": [(each.code, desk.text(each.names)) for each in parts],
    }


COLUMNS = (
    *("cases", "answered", "answered_late", "solved", "solved_late", "reopened", "transfers"),
    *("passed_on", "stars_1", "stars_2", "stars_3", "stars_4", "stars_5"),
    *("answer_median_minutes", "answer_p90_minutes"),
    *("solution_median_minutes", "solution_p90_minutes"),
)
"""Of a file, after the key and its name. Minutes are of working time, right to 4.5 %."""


def _file(desk: Desk, by: str, found: Iterable[Row]) -> HttpResponse:
    cells = (_cells(desk, row, by) for row in found)
    return as_file(f"{desk.book.slug}-{by}", (by, "name", *COLUMNS), cells)


def _cells(desk: Desk, row: Row, by: str) -> list[object]:
    key = months.written(row.key) if by == "month" else codes.written(desk.book, by, row.key)
    sums = [getattr(row.work, name) for name in Work._fields if name not in ("key", "stars")]
    times = [round(each) if each is not None else "" for each in (*row.answer, *row.solution)]
    return [key, row.name, *sums, *row.work.stars, *times]
