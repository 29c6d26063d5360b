"""What the columns of a file mean: a mapping is one TOML file. `docs/import.md` has the format."""

import re
import tomllib
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ngoma.casework.recording import STATES
from ngoma.cities.lines import lines_of
from ngoma.cities.node import Node
from ngoma.cities.problems import PackError, Problem

SHIPPED = Path(__file__).resolve().parents[2] / "mappings"
FILE = "import.toml"

FIELDS = (
    *("service_request_id", "requested_datetime", "updated_datetime", "closed_date"),
    *("expected_datetime", "status", "status_notes", "service_code", "service_name"),
    *("description", "agency_responsible", "address", "place", "lat", "long", "language"),
    *("email", "phone", "first_name", "last_name"),
)
"""What is understood of a request, under the names of Open311 and of GeoReport Bulk."""

CONTACT = ("email", "phone", "first_name", "last_name")
PRIVATE = (*CONTACT, "device_id", "account_id", "requestor_name")
"""Columns about a person, which are never kept beside a case."""

ALSO = {"status": ("status_description",), "closed_date": ("closed_datetime",)}
"""Second names of fields."""

STATUS = {"open": "accepted", **{str(state): str(state) for state in STATES}}
"""Words for a state that every file may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How a file is read. Without any, its columns have the names of Open311.

    `columns` names the column of a field where it is not the field's own name, "" for none;
    `constants` say what is the same for all rows; the other tables lead from the file's words to
    codes of the city.
    """

    origin: str = "import"
    encoding: str = "utf-8-sig"
    delimiter: str = ""
    date_format: str = ""
    zone: ZoneInfo | None = None
    private: Sequence[str] = ()
    columns: Table[str, str] = field(default_factory=dict)
    constants: Table[str, str] = field(default_factory=dict)
    status: Table[str, str] = field(default_factory=dict)
    services: Table[str, str] = field(default_factory=dict)
    departments: Table[str, str] = field(default_factory=dict)
    places: Table[str, str] = field(default_factory=dict)
    pack: Path | None = None

    def column(self, name: str) -> Sequence[str]:
        """The columns of the file that may hold a field; in JSON a path with dots."""
        if name in self.columns:
            return (self.columns[name],) if self.columns[name] else ()
        return (name, *ALSO.get(name, ()))


def find(name: str) -> Mapping:
    """A mapping by the name of a shipped one, or by the path of a file or its directory.

    Raises PackError with every mistake in it, or where there is none.
    """
    for path in (SHIPPED / name / FILE, Path(name) / FILE, Path(name)):
        if path.is_file():
            return read(path)
    shipped = ", ".join(sorted(path.parent.name for path in SHIPPED.glob(f"*/{FILE}")))
    raise PackError([Problem(name, 0, f"there is no such mapping: use a file, or {shipped}")])


def read(path: Path) -> Mapping:
    """The mapping in a file. Raises PackError with every mistake in it."""
    problems: list[Problem] = []
    try:
        text = path.read_text(encoding="utf-8")
        node = Node(path.name, tomllib.loads(text), lines_of(text), problems)
    except (OSError, ValueError) as error:
        raise PackError([Problem(path.name, 0, f"no readable TOML: {error}")]) from None
    mapping = _mapping(node, path.absolute().parent)
    if problems:  # even a misspelt key: a column would silently be left out
        raise PackError(sorted(replace(problem, warning=False) for problem in problems))
    return mapping


def _mapping(node: Node, folder: Path) -> Mapping:
    node.only(
        *("origin", "encoding", "delimiter", "private", "columns", "constants", "dates"),
        *("status", "services", "departments", "places"),
    )
    dates = node.table("dates", needed=False)
    dates.only("format", "zone")
    status = _texts(node, "status")
    for word, state in status.items():
        if state not in STATES:
            options = ", ".join(sorted(STATES))
            node.at("status").at(word).problem(f"{state!r} is no state: use one of {options}")
    delimiter = node.choice("delimiter", ("", ",", ";", "|", "tab"))
    return Mapping(
        origin=node.string("origin", needed=False, most=64) or folder.name[:64],
        encoding=_encoding(node),
        delimiter="\t" if delimiter == "tab" else delimiter,
        date_format=dates.string("format", needed=False),
        zone=_zone(dates),
        private=node.strings("private"),
        columns=_texts(node, "columns", FIELDS),
        constants=_texts(node, "constants", FIELDS),
        status={word.casefold(): state for word, state in status.items()},
        services=_texts(node, "services"),
        departments=_texts(node, "departments"),
        places=_texts(node, "places"),
        pack=folder if (folder / "city.toml").is_file() else None,
    )


def _texts(node: Node, key: str, known: Sequence[str] = ()) -> dict[str, str]:
    table = node.table(key, needed=False)
    if known:
        table.only(*known)
    return {name: table.string(name, needed=False) for name in table.value}


def _encoding(node: Node) -> str:
    name = node.string("encoding", needed=False)
    try:
        "".encode(name or "utf-8")
    except LookupError:
        node.at("encoding").problem(f"there is no encoding {name!r}: write e.g. latin-1")
        return "utf-8-sig"
    return "utf-8-sig" if re.fullmatch("(?i)utf-?8|", name) else name


def _zone(dates: Node) -> ZoneInfo | None:
    name = dates.string("zone", needed=False)
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        dates.at("zone").problem(f"there is no time zone {name!r}: write e.g. Africa/Kampala")
        return None
