"""Brings the tables to what a pack says: in place by code; what is gone is retired, not deleted."""

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from django.db import transaction

from ngoma.base.polygons import centre
from ngoma.cities import book, prompts
from ngoma.cities.check import problems_of
from ngoma.cities.pack import Pack, digest, read
from ngoma.cities.problems import PackError, Problem
from ngoma.records.models import City, Department, Owner, Place, Service

__all__ = ["PackError", "load"]

Row = dict[str, Any]


def load(path: Path) -> City:
    """The city of a pack, as the pack now says. A pack that has not changed writes nothing.

    What vanished from the pack is retired. All in one transaction.
    Raises PackError with every mistake of the pack (warnings do not hinder).
    """
    path = Path(path)
    found = digest(path)
    known = City.objects.filter(pack_digest=found).first()
    if known is not None:
        return known
    pack = read(path)
    problems = problems_of(pack)
    if any(not problem.warning for problem in problems):
        raise PackError(problems)
    prompts.keep(path, pack.prompts)
    with transaction.atomic():
        _free(pack)
        city = _city(pack, found)
        places = _places(city, pack)
        departments = _departments(city, pack)
        services = _services(city, pack)
        _owners(city, pack, places, departments, services)
    book.forget()
    return city


def _free(pack: Pack) -> None:
    """Raise PackError if another city has this prefix or host name."""
    taken = []
    for other in City.objects.exclude(slug=pack.city.slug):
        if other.prefix == pack.city.prefix:
            node = pack.city.node.at("reference").at("prefix")
            taken.append(
                Problem(
                    "city.toml",
                    node.line,
                    f"{other.slug!r} has the prefix {other.prefix!r} already",
                )
            )
        for host in set(other.hosts) & set(pack.city.hosts):
            line = pack.city.node.at("hosts").line
            taken.append(Problem("city.toml", line, f"{other.slug!r} answers at {host!r} already"))
    if taken:
        raise PackError(sorted(taken))


def _city(pack: Pack, found: str) -> City:
    """The row of the city; its version grows."""
    row = pack.city
    city = City.objects.select_for_update().filter(slug=row.slug).first()
    city = city or City(slug=row.slug, version=0)
    city.names = row.names
    city.languages = row.languages
    city.time_zone = row.time_zone
    city.country = row.country
    city.hosts = row.hosts
    city.prefix = row.prefix
    city.settings = pack.settings()
    city.pack_digest = found
    city.version += 1
    city.save()
    return city


class _Table:
    """The rows of one table of a city, brought up to date by code."""

    def __init__(self, model: type[Place | Department | Service], city: City) -> None:
        self.model: Any = model
        self.city = city
        self.known: dict[str, Any] = {row.code: row for row in self.model.objects.filter(city=city)}
        self.ids: dict[str, int] = {code: row.pk for code, row in self.known.items()}

    def write(self, rows: Mapping[str, Row]) -> None:
        """Create what is new, update what differs."""
        new, changed, columns = [], [], set()
        for code, values in rows.items():
            row = self.known.get(code)
            values["retired"] = False
            if row is None:
                new.append(self.model(city=self.city, code=code, **values))
                continue
            different = {name for name, value in values.items() if getattr(row, name) != value}
            if different:
                for name in different:
                    setattr(row, name, values[name])
                changed.append(row)
                columns |= {name.removesuffix("_id") for name in different}
        for row in self.model.objects.bulk_create(new, batch_size=500):
            self.ids[row.code] = row.pk
        if changed:
            self.model.objects.bulk_update(changed, sorted(columns), batch_size=100)

    def retire(self, kept: Set[str]) -> None:
        """What the pack no longer has is used for nothing new, and stays for what is old."""
        gone = [row.pk for code, row in self.known.items() if code not in kept and not row.retired]
        self.model.objects.filter(pk__in=gone).update(retired=True)


def _places(city: City, pack: Pack) -> dict[str, int]:
    """Brings the places up to date; ids by code."""
    boundaries = {row.code: row.geometry for row in pack.boundaries}
    places = {row.code: row for row in pack.places}
    table = _Table(Place, city)
    for codes in _layers({row.code: row.parent for row in pack.places}):
        rows: dict[str, Row] = {}
        for code in codes:
            place, boundary = places[code], boundaries.get(code)
            lat, lon = place.lat, place.lon
            if lat is None and boundary is not None:
                lat, lon = centre(boundary)
            rows[code] = {
                "parent_id": table.ids.get(place.parent),
                "level": place.level,
                "names": place.names,
                "aliases": place.aliases,
                "lat": lat,
                "lon": lon,
                "boundary": boundary,
            }
        table.write(rows)
    table.retire(places.keys())
    return table.ids


def _departments(city: City, pack: Pack) -> dict[str, int]:
    """Brings the departments up to date; ids by code."""
    departments = {row.code: row for row in pack.departments}
    table = _Table(Department, city)
    for codes in _layers({row.code: row.parent for row in pack.departments}):
        table.write(
            {
                code: {
                    "parent_id": table.ids.get(departments[code].parent),
                    "names": departments[code].names,
                    "email": departments[code].email,
                }
                for code in codes
            }
        )
    table.retire(departments.keys())
    return table.ids


def _services(city: City, pack: Pack) -> dict[str, int]:
    """Brings the services up to date; ids by code."""
    deadlines = pack.city.deadlines
    table = _Table(Service, city)
    rows: dict[str, Row] = {
        row.code: {
            "group": row.group,
            "names": row.names,
            "hints": row.hints,
            "keywords": row.keywords,
            "kind": row.kind,
            "first_answer": row.first_answer or deadlines["first_answer"],
            "resolution": row.resolution or deadlines["resolution"],
            "danger": row.danger,
            "public": row.public,
            "questions": row.questions,
            "order": number,
        }
        for number, row in enumerate(pack.services)
    }
    table.write(rows)
    table.retire(rows.keys())
    return table.ids


def _owners(
    city: City,
    pack: Pack,
    places: Mapping[str, int],
    departments: Mapping[str, int],
    services: Mapping[str, int],
) -> None:
    """Replaces the owners that differ."""
    wanted = {
        (services.get(row.service), row.group, places.get(row.place), departments[row.department])
        for row in pack.owners
    }
    present: dict[Any, int] = {
        tuple(values): pk
        for pk, *values in Owner.objects.filter(city=city).values_list(
            "pk", "service_id", "group", "place_id", "department_id"
        )
    }
    gone = [pk for values, pk in present.items() if values not in wanted]
    Owner.objects.filter(pk__in=gone).delete()
    new = [row for row in wanted if row not in present]
    names = ("service_id", "group", "place_id", "department_id")
    Owner.objects.bulk_create(
        Owner(city=city, **dict(zip(names, row, strict=True)))
        for row in sorted(new, key=lambda row: tuple(map(str, row)))
    )


def _layers(parents: Mapping[str, str]) -> Iterator[list[str]]:
    """Codes in layers, each after the layer with its parents."""
    done = {""}
    waiting = dict(parents)
    while layer := [code for code, parent in waiting.items() if parent in done]:
        yield layer
        done.update(layer)
        for code in layer:
            del waiting[code]
