"""What a city wants to see beside its reports: weather, events. The lists `[[overlay]]` of
city.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ngoma.cities.node import Node

MOST = 4
"""As many can be read on a wall."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Numbers or words by day. `url` is of a CSV that is fetched every hour; empty: it is given by
    hand."""

    code: str
    name: Mapping[str, str]
    unit: str
    url: str


def check(node: Node, languages: Sequence[str]) -> None:
    """Note what is wrong with the list."""
    tables = node.tables("overlay")
    known: set[str] = set()
    for table in tables:
        table.only("code", "name", "unit", "url")
        code = table.code("code", most=32)
        if code in known:
            table.at("code").problem(f"there are two overlays {code!r}")
        known.add(code)
        table.names("name", languages)
        table.string("unit", needed=False, most=12)
        table.address("url", needed=False, most=500)
    if len(tables) > MOST:
        tables[MOST].problem(f"there are {len(tables)} overlays: at most {MOST} can be read")


def overlays(settings: Mapping[str, Any]) -> tuple[Overlay, ...]:
    """The overlays of a city, in the order of its pack."""
    return tuple(
        Overlay(each["code"], each["name"], each.get("unit", ""), each.get("url", ""))
        for each in settings.get("overlay", ())
    )
