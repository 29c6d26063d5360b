"""What there is to expect: reports of the next 14 days by service and district, with their ranges
and how good the forecast was, as a picture, a table and a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from ngoma.base.days import written
from ngoma.desk import charts, codes, viewing
from ngoma.desk.performance import overseen
from ngoma.desk.site import Desk, page, show
from ngoma.insight.forecast import kept
from ngoma.insight.forecast.kept import Line, Made, Range, Score
from ngoma.look import formats
from ngoma.look.tables import as_file

COLUMNS = (
    *("service", "service_name", "place", "place_name", "day"),
    *("expected", "low", "high"),
)
"""Of a file. A service or place is empty where the row is of all; `-` is one not known."""
TITLES = {"service": gettext_lazy("By service"), "place": gettext_lazy("By district")}
_ROWS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """What a service or district has to expect: where its own page is, its two weeks, its score."""

    name: str
    url: str
    weeks: tuple[Range, Range]
    score: Score | None


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is expected of the service and district of the address; with `csv` as a file: `days` has
    what is shown, `all` everything."""
    overseen(desk)
    made = kept.newest(desk.book.id)
    given = {name: codes.read(desk.book, name, request.GET.get(name, "")) for name in TITLES}
    chosen = {name: number for name, number in given.items() if number is not None}
    line = made.line(chosen.get("service"), chosen.get("place")) if made else None
    if file := request.GET.get("csv", ""):
        return _file(desk, file, made, line)
    context = {
        "made": made,
        "chosen": _written(desk, chosen),
        "line": line,
        "kept": viewing.beside(desk, "forecast", _written(desk, chosen)),
        **(_shown(desk, made, chosen) if made else {}),
        **(_drawn(desk, made, line) if made and line else {}),
        "titles": TITLES,
        "files": {
            each: desk.url("forecast/", **_written(desk, chosen), csv=each)
            for each in ("days", "all")
        },
        "expected": expected,
        "range": between,
    }
    return show(request, desk, "forecast", context)


def _written(desk: Desk, chosen: dict[str, int]) -> dict[str, str]:
    """What is chosen as an address holds it."""
    return {name: codes.written(desk.book, name, number) for name, number in chosen.items()}


def expected(each: Range) -> str:
    """How many are expected, to a tenth where they are few."""
    return formats.number(round(each.mean, 1) if each.mean < 20 else round(each.mean))


def between(each: Range) -> str:
    """From where to where nine of ten counts will lie."""
    if each.low == each.high:
        return formats.number(each.low)
    low, high = formats.number(each.low), formats.number(each.high)
    return gettext("%(low)s to %(high)s") % {"low": low, "high": high}


def _shown(desk: Desk, made: Made, chosen: dict[str, int]) -> dict[str, Any]:
    """What can be chosen, and what all that was not is made of."""
    keys = made.keys()
    choices = {
        "service": [service for service, _place in keys],
        "place": [place for _service, place in keys],
    }
    parts = {
        "service": partial(made.by_service, chosen.get("place")),
        "place": partial(made.by_place, chosen.get("service")),
    }
    return {
        "choices": {
            by: [
                (codes.written(desk.book, by, number), _name(desk, by, number))
                for number in found
                if number is not None
            ]
            for by, found in choices.items()
        },
        "parts": {
            by: _rows(desk, by, read(), chosen) for by, read in parts.items() if by not in chosen
        },
    }


def _rows(desk: Desk, by: str, lines: Iterable[Line], chosen: dict[str, int]) -> list[Row]:
    """The largest first."""
    largest = sorted(lines, key=lambda each: -each.weeks[0].mean)[:_ROWS]
    return [
        Row(
            name=_name(desk, by, getattr(each, by)),
            url=desk.url("forecast/", **_written(desk, {**chosen, by: getattr(each, by)})),
            weeks=(each.weeks[0], each.weeks[1]),
            score=each.score,
        )
        for each in largest
    ]


def _drawn(desk: Desk, made: Made, line: Line) -> dict[str, Any]:
    """The days of a line with their names, and its picture."""
    days = [made.day + timedelta(days=number) for number in range(len(line.days))]
    short = [written(day, "MMMEd", desk.language) for day in days]
    points = [
        (name, each.mean, each.low, each.high) for name, each in zip(short, line.days, strict=True)
    ]
    return {
        "days": [
            (written(day, "MMMMEEEEd", desk.language), each)
            for day, each in zip(days, line.days, strict=True)
        ],
        "picture": charts.band(points, gettext("Expected reports by day, with their range")),
    }


def _name(desk: Desk, by: str, number: int | None) -> str:
    """The name of a service or district; empty for all."""
    if number is None:
        return ""
    if by == "service":
        return desk.service(number) or gettext("not known")
    entry = desk.book.places.get(number)
    return desk.text(entry.names) if entry else gettext("not known")


def _file(desk: Desk, which: str, made: Made | None, line: Line | None) -> HttpResponse:
    if made is None or which not in ("days", "all") or (which == "days" and line is None):
        raise Http404(which)
    lines = made.every_line() if which == "all" else [line] if line else []
    rows = (row for each in lines for row in _cells(desk, made, each))
    return as_file(f"{desk.book.slug}-forecast-{made.day.isoformat()}", COLUMNS, rows)


def _cells(desk: Desk, made: Made, line: Line) -> Iterator[list[object]]:
    service, place = _name(desk, "service", line.service), _name(desk, "place", line.place)
    service_code = codes.written(desk.book, "service", line.service)
    place_code = codes.written(desk.book, "place", line.place)
    names = (service_code, service, place_code, place)
    for number, each in enumerate(line.days):
        day = made.day + timedelta(days=number)
        yield [*names, day.isoformat(), each.mean, each.low, each.high]
