"""Places of the city: what is open there, what was fixed, how long it takes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ngoma.base import clock
from ngoma.base.remembered import remembered
from ngoma.cities.book import PlaceEntry
from ngoma.look import outlines
from ngoma.look.formats import month as named
from ngoma.look.formats import number
from ngoma.look.tables import as_file
from ngoma.notices import push
from ngoma.public import cards, drawing, filters, status
from ngoma.public.cards import Card, Shape
from ngoma.public.lines import line
from ngoma.public.sharing import FILE, answer, share
from ngoma.public.site import Site, from_replica, page, show
from ngoma.records.queries import public_cases, public_counts
from ngoma.records.queries.public_cases import Wanted

RECENT = 10
ENOUGH = 5
"""Repairs without which nothing is said about how long they take; reports of a month without which
it is not said how many they were."""

AREA = (320, 240)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Group:
    """How the problems of one kind stand in a place; `code` is empty for those of no kind."""

    code: str
    name: str
    open: int
    fixed: int
    usual: str


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in a month; None where it was so little that it could point at somebody."""

    key: str
    name: str
    opened: int | None
    fixed: int | None


@require_safe
@page
@from_replica
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
@from_replica
def place(request: HttpRequest, site: Site, code: str) -> HttpResponse:
    """One place; with `csv` its months as a file."""
    entry = _entry(site, code)
    ids = site.book.below(entry.id)
    if request.GET.get("csv"):
        return _file(site, entry, _months(site, ids))
    rows, more = public_cases.page(
        Wanted(city_id=site.book.id, places=ids, at=clock.now()), limit=RECENT
    )
    chain = site.book.chain(entry.id)
    parts = [each.id for each in site.book.places.values() if each.parent_id == entry.id]
    times = _times(site.book.id, ids)
    groups = _groups(site, ids, times)
    months = _months(site, ids)
    context = {
        "entry": entry,
        "follow": push.public_key(),
        "name": site.text(entry.names),
        "above": [site.book.places[each] for each in reversed(chain[1:])],
        "open": sum(each.open for each in groups),
        "fixed": sum(each.fixed for each in groups),
        "usual": _usual(taken for some in times.values() for taken in some),
        "groups": groups,
        "most": max((each.open for each in groups), default=0),
        "bar": drawing.bar,
        "months": months,
        "file": site.url(f"places/{code}", csv="months"),
        "least": ENOUGH,
        "bars": drawing.bars([(each.opened or 0, each.fixed or 0) for each in months]),
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
@from_replica
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
    standing = public_counts.standing(site.book.id, site.book.below(entry.id))
    counts = {
        "open": number(sum(each.open for each in standing)),
        "fixed": number(sum(each.fixed for each in standing)),
    }
    return _("Open now: %(open)s. Fixed in the last year: %(fixed)s.") % counts


def _entry(site: Site, code: str) -> PlaceEntry:
    entry = site.book.place_by_code.get(code)
    if entry is None:
        raise Http404(code)
    return entry


def _groups(
    site: Site, place_ids: tuple[int, ...], times: dict[int | None, list[timedelta]]
) -> list[Group]:
    """The kinds of problems that are open there or were fixed, those with most open ones first."""
    standing: Counter[tuple[str, bool]] = Counter()
    for each in public_counts.standing(site.book.id, place_ids):
        code = _group_of(site, each.service_id)
        standing[code, True] += each.open
        standing[code, False] += each.fixed
    taken: dict[str, list[timedelta]] = defaultdict(list)
    for service_id, some in times.items():
        taken[_group_of(site, service_id)] += some
    names = {code: site.text(names) for code, names in site.book.groups.items()}
    groups = [
        Group(code, name, standing[code, True], standing[code, False], _usual(taken[code]))
        for code, name in (names | {"": _("Something else")}).items()
    ]
    groups.sort(key=lambda each: (-each.open, -each.fixed))
    return [each for each in groups if each.open or each.fixed]


def _group_of(site: Site, service_id: int | None) -> str:
    service = site.book.services.get(service_id or 0)
    return service.group if service and service.group in site.book.groups else ""


def _months(site: Site, place_ids: tuple[int, ...]) -> list[Month]:
    """The last twelve months with this one, the oldest first; none where hardly anything was."""
    local = clock.now().astimezone(site.book.zone)
    last = local.year * 12 + local.month - 1
    first = last - MONTHS + 1
    known = {
        each.month: each for each in public_counts.months(site.book.id, place_ids, since=first)
    }
    if sum(each.opened for each in known.values()) < MONTHS * ENOUGH:
        return []
    months = []
    for count in range(first, last + 1):
        start = datetime(count // 12, count % 12 + 1, 1, tzinfo=site.book.zone)
        found = known.get(count)
        opened, fixed = (found.opened, found.fixed) if found else (0, 0)
        months.append(Month(f"{start:%Y-%m}", named(start), _many(opened), _many(fixed)))
    return months


def _file(site: Site, entry: PlaceEntry, months: list[Month]) -> HttpResponse:
    if not months:
        raise Http404(entry.code)
    rows = [
        (each.key, *("" if count is None else count for count in (each.opened, each.fixed)))
        for each in months
    ]
    return as_file(f"{site.book.slug}-{entry.code}", ("month", "reported", "fixed"), rows)


def _many(count: int) -> int | None:
    return None if 0 < count < ENOUGH else count


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


@remembered(2)
def _open(city_id: int) -> dict[int, int]:
    return public_counts.open_by_place(city_id)


@remembered(60)
def _times(city_id: int, place_ids: tuple[int, ...]) -> dict[int | None, list[timedelta]]:
    """How long the last repairs of the last year took, by service."""
    wanted = Wanted(city_id=city_id, kind="fixed", places=place_ids, days=365, at=clock.now())
    times: dict[int | None, list[timedelta]] = defaultdict(list)
    for service_id, taken in public_cases.times_to_fix(wanted):
        times[service_id].append(taken)
    return times


def _usual(times: Iterable[timedelta]) -> str:
    """The time that half of them took at most; empty where they are too few."""
    known = [each.total_seconds() for each in times]
    return status.took(timedelta(seconds=median(known))) if len(known) >= ENOUGH else ""
