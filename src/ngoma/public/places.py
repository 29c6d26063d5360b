"""Places of the city: what is open there, what was fixed, how long it takes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from statistics import median

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ngoma.base import clock
from ngoma.cities.book import PlaceEntry
from ngoma.look.formats import number
from ngoma.public import cards, drawing, filters, outlines, status
from ngoma.public.cards import Card, Shape
from ngoma.public.lines import line
from ngoma.public.remembered import remembered
from ngoma.public.sharing import FILE, answer, share
from ngoma.public.site import Site, page, show
from ngoma.records.queries import public_cases
from ngoma.records.queries.public_cases import Wanted

RECENT = 10
ENOUGH = 5
"""Repairs without which nothing is said about how long they take."""

AREA = (320, 240)


@require_safe
@page
def all_places(request: HttpRequest, site: Site) -> HttpResponse:
    """Every place at the top of the tree, with what is open in it."""
    tops = [entry for entry, _name, _parts in filters.places(site)]
    context = {
        "parts": _counted(site, [each.id for each in tops]),
        "area": drawing.inline(site, outlines.whole(site.book, *AREA)),
    }
    return show(request, site, "places", context, page="places")


@require_safe
@page
def place(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    """One place."""
    entry = _entry(site, code)
    ids = site.book.below(entry.id)
    rows, more = public_cases.page(
        Wanted(city_id=site.book.id, places=ids, at=clock.now()), limit=RECENT
    )
    fixed, usual = _usual(site.book.id, ids)
    chain = site.book.chain(entry.id)
    parts = [each.id for each in site.book.places.values() if each.parent_id == entry.id]
    context = {
        "entry": entry,
        "name": site.text(entry.names),
        "above": [site.book.places[each] for each in reversed(chain[1:])],
        "open": _open_in(site, ids),
        "fixed": fixed,
        "usual": status.took(usual) if usual else "",
        "lines": [line(site, row) for row in rows],
        "more": site.url("list", place=code) if more else "",
        "parts": _counted(site, parts),
        "area": drawing.inline(site, outlines.whole(site.book, *AREA), marked=chain[-1]),
    }
    context["share"] = share(
        request,
        site,
        _("Reports in %(place)s") % {"place": site.place(entry.id)},
        _figures(site, entry),
        page=f"places/{code}",
        card=f"places/{code}/{FILE}",
    )
    return show(request, site, "place", context, page=f"places/{code}")


@require_safe
@page
def card(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    """The card of a place: where in the city it lies, what is open and what was fixed."""
    entry = _entry(site, code)
    return answer(
        request,
        Card(
            city=site.name,
            title=site.place(entry.id),
            sentence=_figures(site, entry),
            shapes=tuple(_shapes(site, marked=site.book.chain(entry.id)[-1])),
        ),
    )


def _shapes(site: Site, *, marked: int) -> Iterator[Shape]:
    """The outlines of the city, as a card shows them: with some air around."""
    frame = outlines.whole(site.book, cards.PICTURE, cards.HEIGHT)
    frame = frame.around(frame.lat, frame.lon, 1.12)
    for each in outlines.outlines(site.book):
        for ring in each.rings:
            edge = tuple(frame.place(lat, lon) for lat, lon in ring)
            yield Shape(edge=edge, marked=each.place.id == marked)


def _figures(site: Site, entry: PlaceEntry) -> str:
    ids = site.book.below(entry.id)
    fixed, _length = _usual(site.book.id, ids)
    counts = {"open": number(_open_in(site, ids)), "fixed": number(fixed)}
    return _("Open now: %(open)s. Fixed in the last year: %(fixed)s.") % counts


def _entry(site: Site, code: str) -> PlaceEntry:
    entry = site.book.place_by_code.get(code)
    if entry is None:
        raise Http404(code)
    return entry


def _open_in(site: Site, place_ids: Iterable[int]) -> int:
    return sum(_open(site.book.id).get(each, 0) for each in place_ids)


def _counted(site: Site, place_ids: list[int]) -> list[tuple[str, str, int]]:
    """Name, address and open cases of these places, by name."""
    counted: Counter[int] = Counter()
    for place_id, count in _open(site.book.id).items():
        for each in site.book.chain(place_id):
            counted[each] += count
    entries = (site.book.places[each] for each in place_ids)
    return sorted(
        (site.text(each.names), site.url(f"places/{each.code}"), counted[each.id])
        for each in entries
        if not each.retired
    )


@remembered(10)
def _open(city_id: int) -> dict[int, int]:
    return public_cases.open_by_place(city_id)


@remembered(60)
def _usual(city_id: int, place_ids: tuple[int, ...]) -> tuple[int, timedelta | None]:
    """How many were fixed in the last year, and the time that half of them took at most."""
    now = clock.now()
    since = now - timedelta(days=365)
    wanted = Wanted(city_id=city_id, kind="fixed", places=place_ids, since=since, at=now)
    times = [each.total_seconds() for each in public_cases.times_to_fix(wanted)]
    return len(times), timedelta(seconds=median(times)) if len(times) >= ENOUGH else None
