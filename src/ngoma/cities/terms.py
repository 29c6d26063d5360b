"""On what terms a city gives its data away: the table `[open_data]` of `city.toml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ngoma.cities.node import Node

LICENCES = {
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "CC BY-SA 4.0",
    "https://opendatacommons.org/licenses/pddl/1-0/": "PDDL 1.0",
    "https://opendatacommons.org/licenses/by/1-0/": "ODC-By 1.0",
    "https://opendatacommons.org/licenses/odbl/1-0/": "ODbL 1.0",
    "https://www.apache.org/licenses/LICENSE-2.0": "Apache 2.0",
    "https://www.gnu.org/licenses/agpl-3.0.html": "AGPL 3.0",
}
"""Addresses of licences that are known to be open, with their short names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who publishes, under which licence, and who answers questions about it."""

    licence: str
    places_licence: str
    """That of names and boundaries; empty where they may not be given away."""
    publisher: Mapping[str, str]
    contact: str
    homepage: str
    credit: Mapping[str, str]
    """Whom to name besides the publisher; may be empty."""


def check(node: Node, languages: Sequence[str]) -> None:
    """Note what is wrong with the table; a city that gives nothing away has none."""
    table = node.table("open_data", needed=False)
    if not table.value:
        return
    table.only("licence", "places_licence", "publisher", "contact", "homepage", "credit")
    _licence(table, "licence", needed=True)
    _licence(table, "places_licence", needed=False)
    table.names("publisher", languages)
    table.names("credit", languages, needed=False)
    table.address("homepage", needed=False)
    table.email("contact")


def terms(settings: Mapping[str, Any]) -> Terms | None:
    """The terms of a city; None where it publishes no data."""
    said = settings.get("open_data")
    if not said:
        return None
    return Terms(
        licence=said["licence"],
        places_licence=said.get("places_licence", ""),
        publisher=said["publisher"],
        contact=said["contact"],
        homepage=said.get("homepage", ""),
        credit=said.get("credit", {}),
    )


def short(licence: str) -> str:
    """What people call a licence; its address where that is not known."""
    return LICENCES.get(licence, licence)


def _licence(table: Node, key: str, *, needed: bool) -> None:
    address = table.address(key, needed=needed)
    if address and address not in LICENCES:
        table.at(key).problem(
            f"{address!r} is not among the open licences that are known here, such as "
            "https://creativecommons.org/licenses/by/4.0/: look whether it is open",
            warning=True,
        )
