"""What rises in a city: words and phrases, and the bursts of two weeks, with the cases behind."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from markupsafe import Markup

from ngoma.base.clock import now
from ngoma.base.days import written
from ngoma.desk import charts, codes, rising, viewing
from ngoma.desk.performance import overseen
from ngoma.desk.rising import Among, Rising, Word
from ngoma.desk.site import Desk, page, say, show
from ngoma.look import formats, outlines
from ngoma.look.tables import as_file
from ngoma.records.queries import bursts
from ngoma.records.queries.topics import UNKNOWN

SHOWN = timedelta(days=14)
_CASES = 5
_WIDTH, _HEIGHT = charts.WIDTH, 400

WORDS = ("language", "words", "reports", "usual", "z", "cases")
BURSTS = (
    *("service", "place", "found_at", "last_at", "ended_at", "reports", "usual", "hours"),
    *("radius_m", "chance", "cases"),
)
"""Columns of the files."""


@page
@require_safe
def view(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Rising words and bursts of the service, district and language of the address; with `csv` one
    table of them as a file."""
    overseen(desk)
    chosen, among = _asked(request, desk)
    words = [
        each
        for each in rising.words(desk, among)
        if chosen.get("language", each.row.language) == each.row.language
    ]
    found = rising.shown(desk, bursts.since(desk.book.id, now() - SHOWN), among)
    if kind := request.GET.get("csv", ""):
        return _file(desk, kind, words, found)
    context = {
        "chosen": chosen,
        "kept": viewing.beside(desk, "topics", chosen),
        "choices": _choices(desk),
        "words": _by_language(words),
        "looked_at": words[0].row.at if words else None,
        "since": words[0].row.since if words else None,
        "bursts": found,
        "timeline": _timeline(desk, found),
        "map": _map(desk, found),
        "most": _CASES,
        "files": {kind: desk.url("topics/", **chosen, csv=kind) for kind in ("words", "bursts")},
    }
    return show(request, desk, "topics", context)


@page
@require_POST
def mail(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose whether the morning's digest comes by mail."""
    overseen(desk)
    desk.user.digest = request.POST.get("digest") == "yes"
    desk.user.save(update_fields=["digest"])
    say(request, gettext("Noted."))
    return HttpResponseRedirect(desk.url("topics/"))


def _asked(request: HttpRequest, desk: Desk) -> tuple[dict[str, str], Among]:
    """The filters of an address that make sense, and the cases they leave."""
    service = codes.read(desk.book, "service", request.GET.get("service", "")) or None
    place = codes.read(desk.book, "place", request.GET.get("place", "")) or None
    language = request.GET.get("language", "")
    chosen = {
        "service": desk.code("service", service),
        "place": desk.code("place", place),
        "language": language if language in (*desk.book.languages, UNKNOWN) else "",
    }
    among = Among(service=service, places=desk.book.below(place) if place else None)
    return {name: value for name, value in chosen.items() if value}, among


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: value and name."""
    book = desk.book
    districts = (book.places[each] for each in book.districts)
    return {
        "service": [(each.code, desk.text(each.names)) for each in book.services.values()],
        "place": [(each.code, desk.text(each.names)) for each in districts],
        "language": [(tag, _language(tag)) for tag in (*book.languages, UNKNOWN)],
    }


def _by_language(words: Sequence[Word]) -> list[tuple[str, list[Word]]]:
    languages = dict.fromkeys(each.row.language for each in words)
    return [
        (_language(tag), [each for each in words if each.row.language == tag]) for tag in languages
    ]


def _language(tag: str) -> str:
    return gettext("not known") if tag == UNKNOWN else formats.autonym(tag)


def _timeline(desk: Desk, found: Sequence[Rising]) -> Markup:
    """The bursts as lines over two weeks, numbered as in the list."""
    until = now()
    rows = []
    for number, each in enumerate(found, 1):
        begin = each.row.found_at - timedelta(hours=each.row.hours)
        end = each.row.ended_at or each.row.last_at
        name = f"{formats.number(number)} {each.service}, {each.place}"
        rows.append((name, _share(begin, until), _share(end, until)))
    days = [
        (written(day, "MMMd", desk.language), _share(datetime.combine(day, time(), zone), until))
        for day, zone in (
            (each, desk.book.zone) for each in _days(until.astimezone(desk.book.zone))
        )
    ]
    return charts.spans(rows, days, gettext("Bursts of the last 14 days"))


def _share(at: datetime, until: datetime) -> float:
    return min(max(1 - (until - at) / SHOWN, 0.0), 1.0)


def _days(until: datetime) -> Iterator[date]:
    """Every third day of the time."""
    for back in range(SHOWN.days - 1, 0, -3):
        yield until.date() - timedelta(days=back)


def _map(desk: Desk, found: Sequence[Rising]) -> Markup | None:
    """Where they are; of those all over the city nothing is drawn."""
    drawn = outlines.outlines(desk.book)
    if not drawn:
        return None
    frame = outlines.whole(desk.book, _WIDTH, _HEIGHT)
    marks = [
        (number, each.row.lat, each.row.lon, each.row.radius_m)
        for number, each in enumerate(found, 1)
        if each.row.radius_m is not None
    ]
    return charts.circles(frame, drawn, marks, gettext("Where they were"))


def _file(desk: Desk, kind: str, words: Sequence[Word], found: Sequence[Rising]) -> HttpResponse:
    if kind == "words":
        rows = [
            (
                *(each.row.language, each.row.words, each.row.reports, each.row.usual),
                *(each.row.z, " ".join(each.cases)),
            )
            for each in words
        ]
        return as_file(f"{desk.book.slug}-words", WORDS, rows)
    if kind == "bursts":
        return as_file(f"{desk.book.slug}-bursts", BURSTS, [_cells(each) for each in found])
    raise Http404(kind)


def _cells(each: Rising) -> tuple[object, ...]:
    row = each.row
    moments = [at.isoformat() if at else "" for at in (row.found_at, row.last_at, row.ended_at)]
    return (
        *(each.service, each.place, *moments, row.reports, row.usual, row.hours),
        *("" if row.radius_m is None else row.radius_m, row.chance, " ".join(each.cases)),
    )
