"""What a city is, in memory: built from its tables, built anew when the city's version changes."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError

from ngoma.base.polygons import Boundaries
from ngoma.cities import handling, ladders, terms
from ngoma.cities.calendar import Calendar, parse_span
from ngoma.cities.hours import calendar_of
from ngoma.cities.owners import Owners
from ngoma.records.models import City, Department, Owner, Place, Service, Wording
from ngoma.records.sql import replica
from ngoma.triage.matcher import Entry, Matcher
from ngoma.triage.words import tokens

FRESH = 2.0  # seconds a book is used before its version is looked at again


class UnknownCity(LookupError):
    """No city has this slug or id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEntry:
    id: int
    code: str
    parent_id: int | None
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    lat: float | None
    lon: float | None
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    id: int
    code: str
    group: str
    names: Mapping[str, str]
    hints: Mapping[str, str]
    keywords: Mapping[str, Sequence[str]]
    kind: str
    first_answer: str
    resolution: str
    danger: str
    public: bool
    questions: Sequence[Mapping[str, Any]]
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentEntry:
    id: int
    code: str
    parent_id: int | None
    names: Mapping[str, str]
    retired: bool


@dataclass(frozen=True, slots=True)
class Located:
    """The deepest place around a point, and how far outside all boundaries it lies, in metres."""

    place_id: int | None
    outside_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A city with everything its pack says. Nobody changes what it holds."""

    id: int
    slug: str
    names: Mapping[str, str]
    languages: tuple[str, ...]
    zone: ZoneInfo
    country: str
    hosts: tuple[str, ...]
    prefix: str
    version: int
    settings: Mapping[str, Any]
    packed: Mapping[str, Any]
    """The articles and templates of the pack, whatever was edited since."""
    calendar: Calendar
    places: Mapping[int, PlaceEntry]
    services: Mapping[int, ServiceEntry]
    departments: Mapping[int, DepartmentEntry]
    place_by_code: Mapping[str, PlaceEntry]
    service_by_code: Mapping[str, ServiceEntry]
    department_by_code: Mapping[str, DepartmentEntry]
    groups: Mapping[str, Mapping[str, str]]
    _owners: Owners[int] = field(repr=False)
    _boundaries: Boundaries[int] = field(repr=False)
    _chains: Mapping[int, tuple[int, ...]] = field(repr=False)
    _districts: Mapping[int, int] = field(repr=False)
    _warning_words: Matcher = field(repr=False)
    _special_words: Matcher = field(repr=False)

    def language(self, wanted: str | None) -> str:
        """The city's language nearest to the tag `wanted` (`en-GB` is `en`), else its own."""
        tag = (wanted or "").replace("_", "-").lower()
        for language in self.languages:
            if tag == language.lower():
                return language
        primary = tag.partition("-")[0]
        return next((each for each in self.languages if each == primary), self.languages[0])

    def owner(self, service_id: int | None, place_id: int | None) -> int:
        """The department that owns the service in the place; the desk when nobody does."""
        service = self.services.get(service_id) if service_id is not None else None
        if service is not None:
            owner = self._owners.find(service.id, service.group, self.chain(place_id))
            if owner is not None:
                return owner
        return self.department_by_code[self.settings["desk"]].id

    def locate(self, lat: float, lon: float) -> Located:
        """The deepest place whose boundary holds the point; `outside_m` is 0 inside the city.

        Outside, but no further than `[map] outside` allows, it is the nearest place. A city
        without boundaries has no place for a point, and no outside.
        """
        around = self._boundaries.find(lat, lon)
        if around:
            return Located(max(around, key=lambda place_id: len(self._chains[place_id])), 0.0)
        nearest = self._boundaries.nearest(lat, lon)
        if nearest is None:
            return Located(None, 0.0)
        place_id, metres = nearest
        return Located(place_id if metres <= self.settings["map"]["outside"] else None, metres)

    def by_clock(self, deadline: str) -> timedelta:
        """How long a deadline of the city is that counts day and night: danger, waiting, close."""
        return parse_span(self.settings["deadlines"][deadline]).by_clock()

    @property
    def private_services(self) -> tuple[int, ...]:
        """The services whose words and exact places are not published."""
        return tuple(each.id for each in self.services.values() if not each.public)

    def chain(self, place_id: int | None) -> tuple[int, ...]:
        """The place and its ancestors, small to whole; empty for no place."""
        return self._chains.get(place_id, ()) if place_id is not None else ()

    def district(self, place_id: int | None) -> int | None:
        """The district around a place, by which the city as a whole is looked at: a place at the
        top of the tree or, where one place alone is the top, one below it. None outside of all."""
        return self._districts.get(place_id) if place_id is not None else None

    @property
    def districts(self) -> tuple[int, ...]:
        """All districts that are not retired, in the order of the pack."""
        return tuple(
            each
            for each, district in self._districts.items()
            if each == district and not self.places[each].retired
        )

    def population(self, place_id: int) -> int | None:
        """How many people live in a place; None where the pack does not say."""
        people: Mapping[str, int] = self.settings.get("population", {}).get("of", {})
        return people.get(self.places[place_id].code)

    def below(self, place_id: int) -> tuple[int, ...]:
        """The place and every place in it."""
        return tuple(each for each, chain in self._chains.items() if place_id in chain)

    def stopper(self, service_id: int | None, words: str) -> Mapping[str, Any] | None:
        """The warning shown before such a report is sent: by its service, or by its words."""
        service = self.services.get(service_id) if service_id is not None else None
        said = {hit.entry.payload for hit in self._warning_words.find(tokens(words))}
        stoppers: Sequence[Mapping[str, Any]] = self.settings["stoppers"]
        for number, stopper in enumerate(stoppers):
            chosen = service is not None and service.code in stopper.get("services", ())
            if chosen or number in said:
                return stopper
        return None

    def ladder(self, department_id: int | None) -> tuple[ladders.Rung, ...]:
        """Who is reminded, and when: by the department's ladder, else by that of one above it."""
        known: Mapping[str, Any] = self.settings.get("ladders", {})
        department = self.departments.get(department_id) if department_id is not None else None
        while department is not None:
            if department.code in known:
                return ladders.read(known[department.code])
            above = department.parent_id
            department = self.departments.get(above) if above is not None else None
        return ladders.USUAL

    @property
    def dialogue(self) -> Sequence[Mapping[str, Any]]:
        """The steps of the conversation with phones that know no pages; there may be none."""
        steps: Sequence[Mapping[str, Any]] = self.settings["dialogue"]
        return steps

    @property
    def open_data(self) -> terms.Terms | None:
        """On what terms the city's data is published; None where it is not."""
        return terms.terms(self.settings)

    @property
    def handling(self) -> Mapping[str, Any]:
        """The rules of special handling."""
        rules: Mapping[str, Any] = self.settings["handling"]
        return rules

    def special_words(self, words: str) -> dict[str, list[str]]:
        """Pieces of the words by the rule they fall under: `insult`, or the code of a watch."""
        codes = _special_codes(self.settings)
        found: dict[str, list[str]] = {}
        for hit in self._special_words.find(tokens(words)):
            found.setdefault(codes[hit.entry.payload], []).append(words[hit.start : hit.end])
        return found

    def templates_for(self, kind: str, service_id: int | None) -> list[Mapping[str, Any]]:
        """Reply templates of one kind, those written for the service first."""
        service = self.services.get(service_id) if service_id is not None else None
        code = service.code if service else None
        fitting = [
            each
            for each in self.settings["templates"]
            if each["for"] == kind and (not each.get("services") or code in each["services"])
        ]
        return sorted(fitting, key=lambda each: not each.get("services"))

    def articles(self, day: str) -> list[Mapping[str, Any]]:
        """The articles of the knowledge base that hold on a day of the city, as `2026-06-03`."""
        every: Sequence[Mapping[str, Any]] = self.settings["articles"]
        return [each for each in every if not each["until"] or day <= each["until"]]

    def reason(self, code: str) -> Mapping[str, Any] | None:
        """A reason to reject, refer or extend."""
        return next((each for each in self.settings["reasons"] if each["code"] == code), None)

    def body(self, code: str) -> Mapping[str, Any] | None:
        """A body a case can be referred to."""
        return next((each for each in self.settings["bodies"] if each["code"] == code), None)


class Edition:
    """A book as the key of what is made from it: equal to another of the same city and version."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._identity = (book.id, book.slug, book.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Edition) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


def text(names: Mapping[str, str], language: str) -> str:
    """The text in the language, else in the first one given (the city's own)."""
    return names.get(language) or next(iter(names.values()), "")


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All books at one moment; replaced whole, so that readers need no lock."""

    by_id: Mapping[int, Book]
    by_slug: Mapping[str, Book]
    by_host: Mapping[str, Book]
    checked: float


_lock = threading.Lock()
_current: _Shelf | None = None


def book(slug: str) -> Book:
    """The city at this address. Raises UnknownCity."""
    try:
        return _shelf().by_slug[slug]
    except KeyError:
        raise UnknownCity(slug) from None


def book_of(city_id: int) -> Book:
    """The city with this id. Raises UnknownCity."""
    try:
        return _shelf().by_id[city_id]
    except KeyError:
        raise UnknownCity(city_id) from None


def books() -> list[Book]:
    """Every city, in the order in which they were added."""
    return list(_shelf().by_id.values())


def by_host(host: str) -> Book | None:
    """The city that answers alone at this host name (a port is overlooked)."""
    return _shelf().by_host.get(host.partition(":")[0].lower())


def languages_known(slug: str, host: str) -> tuple[str, ...]:
    """The languages of the city at this address or host name, as this process knows it already:
    nothing is asked. Empty for none."""
    if _current is None:
        return ()
    found = _current.by_slug.get(slug) or _current.by_host.get(host.partition(":")[0].lower())
    return found.languages if found else ()


def forget() -> None:
    """Read everything anew at the next question: a city has changed in this process."""
    global _current
    with _lock:
        _current = None


def _shelf() -> _Shelf:
    """The present books. Whoever finds them old looks for changes; others go on with the old."""
    global _current
    shelf = _current
    if shelf is not None and time.monotonic() - shelf.checked < FRESH:
        return shelf
    if not _lock.acquire(blocking=shelf is None):
        assert shelf is not None
        return shelf
    try:
        if _current is None or time.monotonic() - _current.checked >= FRESH:
            # All requests share it, so it must not go back to what a replica still has.
            with replica.primary():
                _current = _as_fresh_as_may_be(_current)
        return _current
    finally:
        _lock.release()


def _as_fresh_as_may_be(old: _Shelf | None) -> _Shelf:
    """The books renewed; as they were while the database is away."""
    try:
        return _renewed(old)
    except (OperationalError, InterfaceError):
        if old is None:
            raise
        return replace(old, checked=time.monotonic())


def _renewed(old: _Shelf | None) -> _Shelf:
    checked = time.monotonic()
    known = old.by_id if old else {}
    by_id: dict[int, Book] = {}
    for city_id, version in City.objects.order_by("id").values_list("id", "version"):
        kept = known.get(city_id)
        if kept is None or kept.version != version:
            kept = _build(City.objects.get(id=city_id))
        by_id[city_id] = kept
    return _Shelf(
        by_id=by_id,
        by_slug={each.slug: each for each in by_id.values()},
        by_host={host.lower(): each for each in by_id.values() for host in each.hosts},
        checked=checked,
    )


def _build(city: City) -> Book:
    languages = tuple(city.languages)
    zone = ZoneInfo(city.time_zone)
    packed = {
        "handling": handling.NONE,
        "articles": [],
        "dialogue": [],
        "prompts": {},
        **_in_order(city.settings, languages),
    }
    settings = packed | _edited(city, packed)
    places = {
        row["id"]: PlaceEntry(**row | {"aliases": tuple(row["aliases"])})
        for row in _rows(Place, PlaceEntry, city, "id")
    }
    services = {
        row["id"]: ServiceEntry(**row) for row in _rows(Service, ServiceEntry, city, "order")
    }
    departments = {
        row["id"]: DepartmentEntry(**row) for row in _rows(Department, DepartmentEntry, city, "id")
    }
    owners = Owner.objects.filter(city=city)
    chains = {place_id: tuple(_ancestry(place_id, places)) for place_id in places}
    return Book(
        id=city.pk,
        slug=city.slug,
        names=_in_order(city.names, languages),
        languages=languages,
        zone=zone,
        country=city.country,
        hosts=tuple(city.hosts),
        prefix=city.prefix,
        version=city.version,
        settings=settings,
        packed=packed,
        calendar=calendar_of(settings["calendar"], zone, city.country),
        places=places,
        services=services,
        departments=departments,
        place_by_code={each.code: each for each in places.values()},
        service_by_code={each.code: each for each in services.values()},
        department_by_code={each.code: each for each in departments.values()},
        groups={each["code"]: each["name"] for each in settings["groups"]},
        _owners=Owners(owners.values_list("service_id", "group", "place_id", "department_id")),
        _boundaries=_boundaries(city),
        _chains=chains,
        _districts=_districts(chains, places),
        _warning_words=Matcher(
            Entry(number, language, phrase)
            for number, stopper in enumerate(settings["stoppers"])
            for language, phrases in stopper.get("words", {}).items()
            for phrase in phrases
        ),
        _special_words=Matcher(
            Entry(number, language, phrase)
            for number, words in enumerate(_special_lists(settings))
            for language, phrases in words.items()
            for phrase in phrases
        ),
    )


def _special_codes(settings: Mapping[str, Any]) -> list[str]:
    return ["insult", *(watch["code"] for watch in settings["handling"]["watches"])]


def _special_lists(settings: Mapping[str, Any]) -> list[Mapping[str, list[str]]]:
    """The words of every special rule, in the order of its codes."""
    rules = settings["handling"]
    return [rules["insults"], *(watch["words"] for watch in rules["watches"])]


def _edited(city: City, packed: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The articles and templates with what was edited at the desk laid over them."""
    found: dict[str, list[Any]] = {}
    for kind in Wording.Kind:
        entries = {each["code"]: each for each in packed[f"{kind}s"]}
        for row in Wording.objects.filter(city=city, kind=kind, retired=False).order_by("pk"):
            entries[row.code] = _in_order(row.data, tuple(city.languages))
        found[f"{kind}s"] = list(entries.values())
    return found


def _boundaries(city: City) -> Boundaries[int]:
    bounded = Place.objects.filter(city=city, retired=False, boundary__isnull=False)
    rows = bounded.order_by("id").values_list("id", "boundary")
    return Boundaries((place_id, boundary) for place_id, boundary in rows if boundary)


def _rows(model: Any, entry: Any, city: City, order: str) -> Iterator[dict[str, Any]]:
    """The columns of `model` that `entry` holds, texts in the order of the city's languages."""
    names = [each.name for each in fields(entry)]
    for row in model.objects.filter(city=city).order_by(order, "id").values(*names):
        yield {name: _in_order(value, tuple(city.languages)) for name, value in row.items()}


def _in_order(value: Any, languages: tuple[str, ...]) -> Any:
    """The value with its texts in the order of the languages: a database may not keep theirs."""
    if isinstance(value, list):
        return [_in_order(each, languages) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() <= set(languages):
        return {each: value[each] for each in languages if each in value}
    return {key: _in_order(each, languages) for key, each in value.items()}


def _districts(
    chains: Mapping[int, tuple[int, ...]], places: Mapping[int, PlaceEntry]
) -> dict[int, int]:
    """The district of each place. A top that was retired does not count: it lies in no city."""
    tops = {chain[-1] for chain in chains.values() if not places[chain[-1]].retired}
    return {
        each: chain[-2] if tops == {chain[-1]} and len(chain) > 1 else chain[-1]
        for each, chain in chains.items()
    }


def _ancestry(place_id: int, places: Mapping[int, PlaceEntry]) -> Iterator[int]:
    step: int | None = place_id
    while step is not None:
        yield step
        step = places[step].parent_id
