"""A made-up city's years: reports skewed by place, season and hour, and the lives of their cases.

The words are those that the city's pack brings for its demonstration, so that they are in its
languages; everything else is drawn from a fixed seed. Rows are written in bulk, but every case is
the fold of its events, as `ngoma rebuild` will confirm.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, pi
from random import Random
from typing import Any

import msgspec
from django.db import connection, transaction

from bench.lives import Life, live
from ngoma.base import references
from ngoma.casework.deadlines import dues
from ngoma.casework.opening import service_urgency
from ngoma.cities import demo
from ngoma.cities.book import Book, ServiceEntry
from ngoma.people import vault
from ngoma.people.vault import Address
from ngoma.records.models import Case, Contact, Proposal
from ngoma.records.sql.loading import load
from ngoma.records.sql.numbers import next_case_ids, next_report_ids
from ngoma.settings.prepared import PACKS

YEARS = 3
BATCH = 2000
CONTACTS = 500
HOT_SPOTS = 200
ORIGIN = "bench"
CHANNELS = {"web": 55, "open311": 20, "call": 12, "sms": 10, "ussd": 3}


@dataclass(frozen=True, slots=True)
class Told:
    """What a reporter says: words, their language, and a landmark."""

    words: str
    language: str
    location: str


class City:
    """What is drawn from: where reports come from, about what, in which words."""

    def __init__(self, book: Book, seed: int = 1) -> None:
        self.book, self.draw = book, Random(seed)
        self.services = [each for each in book.services.values() if not each.retired]
        self._words: dict[str, list[Told]] = defaultdict(list)
        spots = []
        for each in demo.reports(PACKS / book.slug):
            if each.words:
                told = Told(each.words, each.language, each.location)
                self._words[each.service].append(told)
            if each.lat is not None and each.lon is not None:
                spots.append((each.lat, each.lon))
        often = Counter({code: len(known) for code, known in self._words.items()})
        self._weights = [(0.3 + often[each.code]) ** 1.2 for each in self.services]
        self._spots = [self.draw.choice(spots) for _ in range(HOT_SPOTS)]
        self._heat = [1 / (rank + 3) for rank in range(HOT_SPOTS)]
        self._villages = self._parts()

    def moments(self, count: int, until: datetime) -> list[datetime]:
        """`count` times before `until`, in order: more by day than by night, more every year."""
        found: list[datetime] = []
        while len(found) < count:
            age = YEARS * 365 * (1 - self.draw.random() ** 0.7)
            at = until - timedelta(days=age)
            local = at.astimezone(self.book.zone)
            busy = 1.0 if 7 <= local.hour < 20 else 0.15
            busy *= 0.55 if local.weekday() >= 5 else 1.0
            if self.draw.random() < busy * (0.6 + 0.4 * _wet(at)):
                found.append(at.replace(microsecond=self.draw.randrange(1_000_000)))
        return sorted(found)

    def service(self, at: datetime) -> ServiceEntry:
        """About what: some services in the wet months, others in the dry."""
        while True:
            (number,) = self.draw.choices(range(len(self.services)), self._weights)
            wet = _wet(at) if number % 2 else 1 - _wet(at)
            if self.draw.random() < 0.3 + 0.7 * wet:
                return self.services[number]

    def position(self) -> tuple[float, float, int | None]:
        """Where: mostly around few places, inside the city; with the place that is named."""
        while True:
            ((lat, lon),) = self.draw.choices(self._spots, self._heat)
            reach = 0.02 if self.draw.random() < 0.3 else 0.003
            lat, lon = lat + self.draw.gauss(0, reach), lon + self.draw.gauss(0, reach)
            located = self.book.locate(lat, lon)
            if located.outside_m == 0:
                return round(lat, 6), round(lon, 6), self._named(located.place_id)

    def told(self, service: ServiceEntry) -> Told:
        """What is said about such a problem."""
        known = self._words.get(service.code)
        if known:
            return self.draw.choice(known)
        language = self.draw.choice(self.book.languages)
        words = service.hints.get(language) or service.names.get(language, "")
        return Told(words, language, "")

    def _named(self, place_id: int | None) -> int | None:
        """The place itself, or a smaller one in it that the reporter has picked."""
        smaller = self._villages.get(place_id or 0)
        if not smaller or self.draw.random() < 0.4:
            return place_id
        return smaller[int(len(smaller) * self.draw.random() ** 3)]

    def _parts(self) -> dict[int, list[int]]:
        parts: dict[int, list[int]] = defaultdict(list)
        for each in self.book.places.values():
            chain = self.book.chain(each.id)
            if len(chain) > 1:
                parts[chain[-1]].append(each.id)
        return parts


def _wet(at: datetime) -> float:
    """0 to 1: how far the year is into one of its two rainy seasons (April and October)."""
    return 0.5 + 0.5 * cos(4 * pi * (at.timetuple().tm_yday - 105) / 365)


def fill(
    book: Book, count: int, *, until: datetime, staff: int, advance: Callable[[int], object]
) -> int:
    """Write `count` cases with their events, reports, proposals and photos; returns the rows."""
    city = City(book)
    contacts = _contacts(book, until)
    moments, rows = city.moments(count, until), 0
    for start in range(0, count, BATCH):
        some = moments[start : start + BATCH]
        with transaction.atomic():
            rows += _write(city, some, contacts, until, staff)
        advance(len(some))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return rows


@transaction.atomic
def _contacts(book: Book, until: datetime) -> list[int]:
    for number in range(CONTACTS):
        address = Address(Contact.Kind.EMAIL, f"resident{number}@resident.example")
        vault.keep(book.id, address, language=book.languages[0], at=until)
    return list(Contact.objects.filter(city=book.id).values_list("pk", flat=True))


def _write(
    city: City, moments: Sequence[datetime], contacts: Sequence[int], until: datetime, staff: int
) -> int:
    """One batch: live the lives, then number the reports, then write all tables."""
    last = Proposal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    ids = next_case_ids(len(moments))
    lives = [
        _lived(city, case_id, at, last + number, until, staff)
        for number, (case_id, at) in enumerate(zip(ids, moments, strict=True), 1)
    ]
    numbers = iter(next_report_ids(sum(1 + len(life.joined) for life in lives)))
    tables: dict[str, list[Sequence[Any]]] = {name: [] for name in _COLUMNS}
    for life in lives:
        _tell(city, life, numbers, contacts, tables)
    for name, columns in _COLUMNS.items():
        load(name, columns, tables[name])
    return sum(map(len, tables.values()))


def _lived(
    city: City, case_id: int, at: datetime, proposal: int, until: datetime, staff: int
) -> Life:
    book, service = city.book, city.service(at)
    lat, lon, place_id = city.position()
    urgency = service_urgency(service.danger)
    case = Case(pk=case_id, city_id=book.id, version=0, opened_at=at)
    life = Life(book, case, city.draw, until, staff)
    opened = {
        "reference": "",
        "channel": city.draw.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        "service": service.id,
        "place": place_id,
        "department": book.owner(service.id, place_id),
        "urgency": int(urgency),
        "public": service.public,
        "lat": lat,
        "lon": lon,
        **dues(book, service.id, urgency, at).data(),
    }
    proposed = {"proposal": proposal, "service": service.id, "confidence": 0.9, "urgency": 0}
    live(life, opened, proposed)
    return life


def _tell(
    city: City,
    life: Life,
    numbers: Iterator[int],
    contacts: Sequence[int],
    tables: dict[str, list[Sequence[Any]]],
) -> None:
    """The rows of one case."""
    case, draw, first = life.case, city.draw, 0
    joins = iter(event for event in life.events if event.kind == "joined")
    for at in (case.opened_at, *life.joined):
        number = next(numbers)
        first = first or number
        reference = references.make(city.book.prefix, number - 1)
        event = next(joins) if case.reference else life.events[0]
        event.data["reference"] = reference
        case.reference = case.reference or reference
        contact = draw.choice(contacts) if draw.random() < 0.6 else None
        tables["records_report"].append(_report(city, life, number, reference, at, contact))
        if draw.random() < 0.3:
            name = f"bench{number:020d}"
            tables["records_photo"].append(_photo(name, number, None, "report", at))
    if case.resolved_at and draw.random() < 0.3:
        name = f"bench{case.pk:020d}after"
        tables["records_photo"].append(_photo(name, None, case.pk, "after", case.resolved_at))
    tables["records_case"].append([getattr(case, name) for name in _CASE])
    tables["records_proposal"].append(_proposal(case, first, city.book.languages[0], draw))
    tables["records_event"] += [
        (case.pk, each.seq, each.kind, each.at, each.actor, each.user_id, _json(each.data))
        for each in life.events
    ]


def _report(
    city: City, life: Life, number: int, reference: str, at: datetime, contact: int | None
) -> Sequence[Any]:
    case = life.case
    service = city.book.services[case.service_id or 0]
    told = city.told(service)
    channel = life.events[0].data["channel"]
    lat, lon = (case.lat or 0) + city.draw.gauss(0, 1e-4), (case.lon or 0)
    words, landmark = (told.words, told.location) if service.public else ("", "")
    return (
        *(number, case.pk, city.book.id, reference, at, channel, told.language, told.words),
        *(words, lat, lon, 20, told.location, landmark, case.place_id, case.service_id),
        *("{}", contact, f"{city.draw.getrandbits(128):032x}", ORIGIN, f"{number}", True),
    )


def _photo(
    name: str, report: int | None, case: int | None, kind: str, at: datetime
) -> Sequence[Any]:
    return report, case, kind, name, name, 1600, 1200, f"private/{name}", at, True


def _proposal(case: Case, report: int, language: str, draw: Random) -> Sequence[Any]:
    confidence = round(0.5 + draw.random() / 2, 3)
    reasons = [{"kind": "keyword", "weight": 1.0, "text": "…", "start": 0, "end": 4}]
    services = [{"service": case.service_id, "probability": confidence, "reasons": reasons}]
    return (
        *(case.opened_at, "bench", language, case.service_id, confidence, confidence > 0.7, 0),
        *(_json(services), "[]", "[]", "[]", "[]", report),
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_CASE = [column.attname for column in Case._meta.concrete_fields]
_COLUMNS: dict[str, Sequence[str]] = {
    "records_case": _CASE,
    "records_event": ("case_id", "seq", "kind", "at", "actor", "user_id", "data"),
    "records_report": (
        *("id", "case_id", "city_id", "reference", "received_at", "channel", "language", "words"),
        *("public_words", "lat", "lon", "accuracy", "location", "public_location", "place_id"),
        *("service_id", "answers", "contact_id", "secret", "origin", "key", "demo"),
    ),
    "records_photo": (
        *("report_id", "case_id", "kind", "name", "digest", "width", "height", "original"),
        *("added_at", "public"),
    ),
    "records_proposal": (
        *("created_at", "model", "language", "service_id", "confidence", "confident", "urgency"),
        *("services", "reasons", "flags", "duplicates", "answers", "report_id"),
    ),
}
