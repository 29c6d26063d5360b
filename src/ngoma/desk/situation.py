"""The situation board: what rises, what is dangerous, what is late and where, on a wall or a phone.

It stays open and renews itself; while no case of the city has changed within a minute, it is
answered with nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from markupsafe import Markup

from ngoma.base.clock import now
from ngoma.base.days import written
from ngoma.cities.overlays import overlays
from ngoma.desk import charts, codes, ground, naming, viewing
from ngoma.desk.performance import overseen
from ngoma.desk.rising import rising
from ngoma.desk.sheets import headline
from ngoma.desk.site import Desk, page, show
from ngoma.insight import overlaying
from ngoma.insight.forecast.kept import EPOCH
from ngoma.insight.situation import DAYS, SPANS, Issue, Situation, situation
from ngoma.look import formats
from ngoma.look.tables import as_file
from ngoma.records.models import State
from ngoma.records.queries import situation as queries

TITLES = {
    "now": gettext_lazy("Last 3 hours"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Last 7 days"),
}
_SHOWN = 5
"""Lines of each list that stand on a wall."""
_DANGERS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """An issue as the board shows it. `tone`: `drum` far above the expected, `sun` above it."""

    title: str
    place: str
    says: str
    tone: str
    days: list[int]
    picture: Markup
    issue: Issue


@dataclass(frozen=True, slots=True)
class Alarm:
    """An open danger in a line."""

    reference: str
    title: str
    place: str
    due: naming.Due | None
    on_site: bool


@dataclass(frozen=True, slots=True)
class Laid:
    """What is laid over the last days: its name, what it says of today, and all of it."""

    name: str
    today: str
    picture: Markup
    days: list[tuple[str, str]]


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The board for the span and the district of the address; with `csv` its numbers as a file."""
    departments = overseen(desk)
    span, place = _asked(request, desk)
    at = now()
    state = f"{queries.changed(desk.book.id)}-{at:%H%M}"
    if request.GET.get("shown") == state:
        return HttpResponse(status=204)
    found = situation(desk.book, at, span, place)
    if request.GET.get("csv"):
        return _file(desk, found)
    above = [_line(desk, span, found, each) for each in found.rising[:_SHOWN]]
    largest = [_line(desk, span, found, each) for each in found.largest[:_SHOWN]]
    districts = [_line(desk, span, found, each) for each in found.districts]
    context = {
        "at": at,
        "span": span,
        "place": codes.written(desk.book, "place", place or None),
        "titles": TITLES,
        "kept": viewing.beside(
            desk, "situation", {"span": span, "place": desk.code("place", place or None)}
        ),
        "state": state,
        "says": _headline(desk, span, found),
        "known": found.whole.band is not None,
        "rising": above,
        "more": max(0, len(found.rising) - _SHOWN),
        "largest": largest,
        "districts": districts,
        "lines": {
            (each.issue.service, each.issue.place): each for each in above + largest + districts
        }.values(),
        "places": [
            (desk.book.places[each].code, _where(desk, each)) for each in desk.book.districts
        ],
        "days": [written(day, "MMMd", desk.language) for day in _days(desk, at)],
        "loads": queries.loads(desk.book.id, at, departments),
        "laid": _laid(desk, at),
        **_alarms(desk, departments),
        **_ground(desk, departments, place, at),
    }
    part = "situation_now" if request.headers.get("HX-Request") else "situation"
    return show(request, desk, part, context)


def _asked(request: HttpRequest, desk: Desk) -> tuple[str, int]:
    span = request.GET.get("span", "")
    place = codes.read(desk.book, "place", request.GET.get("place", "")) or 0
    return (span if span in SPANS else "today", place if place in desk.book.districts else 0)


def _headline(desk: Desk, span: str, found: Situation) -> str:
    """The one sentence that says what matters most."""
    if found.rising:
        first = found.rising[0]
        return gettext("%(service)s, %(place)s: %(says)s") % {
            "service": desk.service(first.service),
            "place": _where(desk, first.place),
            "says": _says(span, first),
        }
    whole_city = _says(span, found.whole)
    if found.whole.band is None:
        return whole_city
    return gettext("Nothing out of the ordinary: %(says)s") % {"says": whole_city}


def _says(span: str, issue: Issue) -> str:
    """94 today, 22 expected"""
    count, shown = issue.reports, formats.number(issue.reports)
    said = {
        "now": ngettext("%(n)s report in 3 hours", "%(n)s reports in 3 hours", count),
        "today": ngettext("%(n)s report today", "%(n)s reports today", count),
        "week": ngettext("%(n)s report in 7 days", "%(n)s reports in 7 days", count),
    }[span] % {"n": shown}
    if issue.band is None:
        return said
    expected = formats.number(round(issue.band.mean, 1 if issue.band.mean < 10 else 0))
    return gettext("%(said)s, %(expected)s expected") % {"said": said, "expected": expected}


def _line(desk: Desk, span: str, found: Situation, issue: Issue) -> Line:
    tone = "drum" if issue.far else "sun" if issue.rises else ""
    days = found.days(issue)
    bands = [each.band and (each.band.low, each.band.high) for each in days]
    return Line(
        title=desk.service(issue.service) if issue.service else _where(desk, issue.place),
        place=_where(desk, issue.place) if issue.service and (issue.place or tone) else "",
        says=_says(span, issue),
        tone=tone,
        days=[each.reports for each in days],
        picture=charts.spark([each.reports for each in days], bands, tone),
        issue=issue,
    )


def _where(desk: Desk, place: int) -> str:
    return desk.text(desk.book.places[place].names) if place in desk.book.places else desk.name


def _laid(desk: Desk, at: datetime) -> list[Laid]:
    """The overlays of the city that have something to say of the last days."""
    days = _days(desk, at)
    found = []
    for overlay in overlays(desk.book.settings):
        known = overlaying.days(desk.book, overlay.code, days[0], days[-1])
        if known:
            rows = [known.get(day) for day in days]
            said = [_said(row, overlay.unit) for row in rows]
            found.append(
                Laid(
                    name=desk.text(overlay.name),
                    today=said[-1],
                    picture=charts.strip([row.value if row else None for row in rows]),
                    days=[
                        (written(day, "MMMEd", desk.language), words)
                        for day, words in zip(days, said, strict=True)
                        if words
                    ],
                )
            )
    return found


def _days(desk: Desk, at: datetime) -> list[date]:
    """The last days of the city with the present one."""
    today = at.astimezone(desk.book.zone).date()
    return [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


def _said(row: overlaying.Row | None, unit: str) -> str:
    """22 mm, heavy rain"""
    if row is None:
        return ""
    number = "" if row.value is None else f"{formats.number(row.value)} {unit}".strip()
    return ", ".join(part for part in (number, row.text) if part)


def _alarms(desk: Desk, departments: Sequence[int] | None) -> dict[str, Any]:
    found = queries.dangers(desk.book.id, departments, limit=_DANGERS)
    shown = [
        Alarm(
            reference=each.reference,
            title=headline(each.words) or desk.service(each.service_id),
            place=desk.place(each.place_id),
            due=naming.due(desk.book, each.due),
            on_site=each.state == State.IN_PROGRESS,
        )
        for each in found
    ]
    return {"alarms": shown, "dangers": queries.dangers_open(desk.book.id, departments)}


def _ground(
    desk: Desk, departments: Sequence[int] | None, place: int, at: datetime
) -> dict[str, Any]:
    """The map of the day, and its bursts as a list."""
    local = at.astimezone(desk.book.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    found = rising(desk)
    points = queries.points(desk.book.id, midnight, at, departments)
    return {"spots": found, "map": ground.draw(desk, points, found, place), "points": len(points)}


def _file(desk: Desk, found: Situation) -> HttpResponse:
    """What came, and what was expected, by service and by district, of each of the last days."""
    listed = [found.whole, *found.largest, *found.rising, *found.districts]
    issues = {(each.service, each.place): each for each in listed}.values()
    rows = [
        (
            (EPOCH + timedelta(days=lived.day)).isoformat(),
            codes.written(desk.book, "service", issue.service or None),
            codes.written(desk.book, "place", issue.place or None),
            lived.reports,
            *(("", "", "") if lived.band is None else (round(part, 2) for part in lived.band)),
        )
        for issue in issues
        for lived in found.days(issue)
    ]
    titles = ("day", "service", "district", "reports", "expected", "low", "high")
    return as_file(f"{desk.book.slug}-situation", titles, rows)
