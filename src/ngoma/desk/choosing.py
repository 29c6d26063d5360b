"""What somebody wants to see of the queue: by department, place, language, channel and flags."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from urllib.parse import parse_qs, urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from ngoma.base.characters import whole
from ngoma.desk import codes, rules
from ngoma.desk.site import Desk
from ngoma.look.channels import CHANNELS
from ngoma.look.formats import autonym
from ngoma.records.models import Channel
from ngoma.records.queries import queue


@dataclass(frozen=True)
class Choice:
    """Each field as the address has it; empty: all."""

    department: str = ""
    place: str = ""
    language: str = ""
    channel: str = ""
    rule: str = ""

    @cached_property
    def given(self) -> dict[str, str]:
        """The fields that say something."""
        named = {each.name: str(getattr(self, each.name)) for each in fields(self)}
        return {name: value for name, value in named.items() if value}

    @property
    def query(self) -> str:
        """As an address carries it."""
        return urlencode(self.given)


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a choice: its name, what it offers (value and name), what is chosen."""

    name: str
    title: str
    offers: list[tuple[str, str]]
    chosen: str

    @property
    def said(self) -> str:
        """The name of what is chosen."""
        return dict(self.offers).get(self.chosen, "")


def choice(request: HttpRequest, desk: Desk) -> Choice:
    """The choice of an address, or the one that a form carries in a field; what is not known to
    the city is left out."""
    if request.method == "POST":
        return read(desk, request.POST.get("choice", ""))
    return read(desk, request.GET.urlencode())


def read(desk: Desk, query: str) -> Choice:
    """A choice from an address's query."""
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    if not asked:
        return Choice()
    named = {each.name: asked.get(each.name, "") for each in fields(Choice)}
    offered = {part.name: {value for value, _name in part.offers} for part in parts(desk, Choice())}
    for name in ("department", "place"):
        # Choices that were kept before have numbers in place of codes.
        if named[name] not in offered[name] and (number := whole(named[name])):
            named[name] = desk.code(name, number)
    return Choice(**{name: value for name, value in named.items() if value in offered[name]})


def parts(desk: Desk, chosen: Choice) -> list[Part]:
    """The fields of the form."""
    book = desk.book
    departments = [
        (each.code, desk.text(each.names))
        for each in book.departments.values()
        if not each.retired and (desk.departments is None or each.id in desk.departments)
    ]
    tops = {
        each.id: each
        for each in book.places.values()
        if each.parent_id is None and not each.retired
    }
    inner = [each for each in book.places.values() if each.parent_id in tops]
    places = [(each.code, desk.text(each.names)) for each in (inner or tops.values())]
    languages = [(tag, autonym(tag)) for tag in book.languages]
    channels = [(str(key), str(CHANNELS[key])) for key in Channel if key != Channel.IMPORT]
    return [
        Part("department", gettext("Department"), departments, chosen.department),
        Part("place", gettext("Place"), places, chosen.place),
        Part("language", gettext("Language"), languages, chosen.language),
        Part("channel", gettext("Channel"), channels, chosen.channel),
        Part("rule", gettext("Special handling"), list(rules.names(desk).items()), chosen.rule),
    ]


def without(chosen: Choice, name: str) -> Choice:
    """The choice, but for one field."""
    return replace(chosen, **{name: ""})


def waiting(desk: Desk, chosen: Choice) -> queue.Waiting:
    """The queue that is chosen."""
    departments = desk.departments
    if department := codes.read(desk.book, "department", chosen.department):
        departments = codes.within(departments, department)
    place = codes.read(desk.book, "place", chosen.place)
    return queue.Waiting(
        city_id=desk.book.id,
        departments=departments,
        tonight=desk.tonight,
        places=desk.book.below(place) if place else None,
        language=chosen.language,
        channel=chosen.channel,
        rule=chosen.rule,
    )
