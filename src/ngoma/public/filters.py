"""What a reader wants to see, as the address of map and list says it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ngoma.base import clock
from ngoma.base.characters import whole
from ngoma.base.quad import Box
from ngoma.cities.book import PlaceEntry
from ngoma.public.site import Site
from ngoma.records.queries.public_cases import KINDS, Wanted
from ngoma.records.sql.counts import PERIODS

GROUP = "group:"


@dataclass(frozen=True, slots=True)
class Filters:
    """The reader's choice; empty means all. `what` is a service's code or `group:` and a group.

    `box` is the part of the map that is looked at.
    """

    what: str = ""
    state: str = ""
    place: str = ""
    days: int = 0
    box: Box | None = None

    @property
    def everywhere(self) -> dict[str, Any]:
        """As the parts of an address, wherever on the map."""
        return {
            "what": self.what,
            "state": self.state,
            "place": self.place,
            "days": self.days or "",
        }

    @property
    def query(self) -> dict[str, Any]:
        """As the parts of an address."""
        return self.everywhere | {"box": box_text(self.box)}

    @property
    def any(self) -> bool:
        """Whether anything is left out, but for what is beyond the map's edge."""
        return any(self.everywhere.values())


def read(site: Site, asked: QueryDict) -> Filters:
    """The choice in an address; what the city does not know counts as not chosen."""
    what, place, state = asked.get("what", ""), asked.get("place", ""), asked.get("state", "")
    days = asked.get("days", "")
    book = site.book
    known = what in book.service_by_code or what.removeprefix(GROUP) in book.groups
    return Filters(
        what=what if known else "",
        state=state if state in KINDS else "",
        place=place if place in book.place_by_code else "",
        days=int(days) if days in {str(each) for each in PERIODS} else 0,
        box=box(asked.get("box", "")),
    )


def wanted(site: Site, filters: Filters) -> Wanted:
    """The choice as the queries take it."""
    # To the minute, so that everybody who asks the same within it shares one answer.
    now = clock.now().replace(second=0, microsecond=0)
    place = site.book.place_by_code.get(filters.place)
    return Wanted(
        city_id=site.book.id,
        kind=filters.state or None,
        services=_services(site, filters.what) if filters.what else None,
        places=site.book.below(place.id) if place else None,
        area=place.id if place and place.parent_id is None else None,
        days=filters.days,
        at=now,
    )


def box(text: str) -> Box | None:
    """South, west, north, east, as an address holds them; None for none and for nonsense."""
    found = numbers(text)
    if len(found) != 4:
        return None
    south, west, north, east = found
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        return None
    return south, west, north, east


def box_text(box: Box | None) -> str:
    """The box as an address holds it, to about a metre."""
    return ",".join(f"{edge:.5f}" for edge in box) if box else ""


def numbers(text: str) -> list[float]:
    """Numbers with commas between; none of what is not that."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return []


def choices(site: Site, filters: Filters) -> dict[str, Any]:
    """What the form offers: states, periods, services by group, places by the whole they lie in."""
    return {
        "states": [
            ("open", _("Open")),
            ("late", _("Past its date")),
            ("fixed", pgettext("cases", "Fixed")),
            ("refused", _("Not taken up, or passed on")),
        ],
        "periods": [
            (7, _("The last 7 days")),
            (30, _("The last 30 days")),
            (90, _("The last 90 days")),
            (365, _("The last year")),
        ],
        "groups": list(groups(site)),
        "places": list(places(site)),
        "chosen": filters,
    }


def groups(site: Site) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Each group: its code and name, and code and name of its services."""
    for code, names in site.book.groups.items():
        services = [
            (each.code, site.text(each.names))
            for each in site.book.services.values()
            if each.group == code and not each.retired
        ]
        if services:
            yield code, site.text(names), services


def places(site: Site) -> Iterator[tuple[PlaceEntry, str, list[tuple[str, str]]]]:
    """Each place at the top, its name, and code and name of the places right below it."""
    parts: dict[int, list[tuple[str, str]]] = {}
    for each in site.book.places.values():
        if each.parent_id is not None and not each.retired:
            parts.setdefault(each.parent_id, []).append((each.code, site.text(each.names)))
    for each in site.book.places.values():
        if each.parent_id is None and not each.retired:
            yield each, site.text(each.names), parts.get(each.id, [])


def cursor(text: str) -> tuple[datetime, int] | None:
    """The key at which a page of the list starts; None for the first and for nonsense."""
    moment, _dot, last = text.rpartition(".")
    number = whole(last)
    if number is None:
        return None
    try:
        return clock.parse(moment), number
    except ValueError:
        return None


def cursor_text(key: tuple[datetime, int] | None) -> str:
    """The key as an address holds it."""
    return f"{key[0].strftime('%Y-%m-%dT%H:%M:%S.%fZ')}.{key[1]}" if key else ""


def _services(site: Site, what: str) -> tuple[int, ...]:
    if what.startswith(GROUP):
        group = what.removeprefix(GROUP)
        return tuple(each.id for each in site.book.services.values() if each.group == group)
    return (site.book.service_by_code[what].id,)
