"""A pack read into typed rows, each with its place in the files. `docs/packs.md` has the format."""

import csv
import hashlib
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ngoma.cities import dialogue, handling, ladders, overlays, population, prompts, terms
from ngoma.cities.hours import DAYS, calendar_of, stretch
from ngoma.cities.lines import lines_of
from ngoma.cities.node import Node
from ngoma.cities.problems import Problem

FORMAT = 2  # grows when the same files are to be loaded differently
LOADED = (
    "city.toml",
    "places.csv",
    "boundaries.geojson",
    "departments.toml",
    "services.toml",
    "owners.csv",
    "danger.toml",
    "stoppers.toml",
    "templates.toml",
    "reasons.toml",
    handling.FILE,
    "articles.toml",
    dialogue.FILE,
)
OPTIONAL = frozenset(
    {
        *("boundaries.geojson", "stoppers.toml", "demo.jsonl", "articles.toml"),
        *(handling.FILE, dialogue.FILE),
    }
)
KINDS = ("realtime", "batch", "blackbox")
DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
URGENCIES = ("", "soon", "now")
REPLIES = ("accept", "answer", "ask", "resolve", "reject", "refer", "extend")
REASONS = ("reject", "refer", "extend")
RULES = ("", "repeat", "group", "insult")
SPANS = ("first_answer", "resolution", "danger", "waiting", "close")
_COLUMNS = ("slug", "name", "languages", "time_zone", "country", "hosts")


@dataclass(slots=True, kw_only=True)
class CityRow:
    node: Node
    slug: str
    names: dict[str, str]
    languages: list[str]
    time_zone: str
    country: str
    hosts: list[str]
    prefix: str
    levels: list[str]
    desk: str
    deadlines: dict[str, str]
    center: tuple[float, float] | None
    outside: float
    settings: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class PlaceRow:
    node: Node
    code: str
    parent: str
    level: str
    names: dict[str, str]
    aliases: list[str]
    lat: float | None
    lon: float | None


@dataclass(slots=True, kw_only=True)
class BoundaryRow:
    node: Node
    code: str
    geometry: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class DepartmentRow:
    node: Node
    code: str
    parent: str
    names: dict[str, str]
    email: str
    ladder: list[dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class ServiceRow:
    node: Node
    code: str
    group: str
    names: dict[str, str]
    hints: dict[str, str]
    keywords: dict[str, list[str]]
    kind: str
    first_answer: str
    resolution: str
    danger: str
    public: bool
    alone: bool
    questions: list[dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class OwnerRow:
    node: Node
    service: str
    group: str
    place: str
    department: str


@dataclass(slots=True, kw_only=True)
class Item:
    """A group, stopper, template, reason or body, as `City.settings` holds it."""

    node: Node
    data: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.data["code"])


@dataclass(slots=True, kw_only=True)
class Pack:
    """Everything in the directory. `problems` grows while it is read and checked."""

    path: Path
    problems: list[Problem]
    city: CityRow
    places: list[PlaceRow] = field(default_factory=list)
    boundaries: list[BoundaryRow] = field(default_factory=list)
    departments: list[DepartmentRow] = field(default_factory=list)
    groups: list[Item] = field(default_factory=list)
    services: list[ServiceRow] = field(default_factory=list)
    owners: list[OwnerRow] = field(default_factory=list)
    danger: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    stoppers: list[Item] = field(default_factory=list)
    templates: list[Item] = field(default_factory=list)
    articles: list[Item] = field(default_factory=list)
    reasons: list[Item] = field(default_factory=list)
    bodies: list[Item] = field(default_factory=list)
    handling: dict[str, Any] = field(default_factory=dict)
    dialogue: list[dict[str, Any]] = field(default_factory=list)
    prompts: dict[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """What `City.settings` holds: city.toml and the small files."""
        lists = ("groups", "stoppers", "templates", "articles", "reasons", "bodies")
        return {
            **self.city.settings,
            "danger": self.danger,
            "handling": self.handling,
            "dialogue": self.dialogue,
            "prompts": self.prompts,
            "alone": [row.code for row in self.services if row.alone],
            "ladders": {row.code: row.ladder for row in self.departments if row.ladder},
            **{name: [item.data for item in getattr(self, name)] for name in lists},
        }


def digest(path: Path) -> str:
    """SHA-256 over the files that are loaded: the same digest, the same city."""
    found = hashlib.sha256(f"format {FORMAT}\n".encode())
    for name in LOADED:
        data = (path / name).read_bytes() if (path / name).is_file() else b""
        found.update(f"{name} {len(data)}\n".encode() + data)
    for file in prompts.files(path):
        data = file.read_bytes()
        found.update(f"{file.name} {len(data)}\n".encode() + data)
    return found.hexdigest()


def read(path: Path) -> Pack:
    """Read a pack. Never raises because of what the files say: see `problems` of the result."""
    problems: list[Problem] = []
    whole = _toml(path, "city.toml", problems)
    city = _city(whole)
    pack = Pack(path=path, problems=problems, city=city)
    if whole.value is None:  # in which languages the others should be is not known
        for name in LOADED[1:]:
            if name.endswith(".toml"):
                _toml(path, name, problems)
        return pack
    languages = city.languages
    pack.places = [_place(row, languages) for row in _places(pack)]
    pack.boundaries = list(_boundaries(pack))
    departments = _toml(path, "departments.toml", problems)
    pack.departments = [
        _department(node, languages) for node in departments.tables("department", needed=True)
    ]
    services = _toml(path, "services.toml", problems)
    services.only("group", "service")
    pack.groups = [_group(node, languages) for node in services.tables("group", needed=True)]
    pack.services = [_service(node, languages) for node in services.tables("service", needed=True)]
    owners = _csv(pack, "owners.csv", ("service", "group", "place", "department"))
    pack.owners = [_owner(row) for row in owners]
    pack.danger = _danger(_toml(path, "danger.toml", problems), languages)
    stoppers = _toml(path, "stoppers.toml", problems)
    pack.stoppers = [_stopper(node, languages) for node in stoppers.tables("stopper")]
    templates = _toml(path, "templates.toml", problems)
    pack.templates = [
        _template(node, languages) for node in templates.tables("template", needed=True)
    ]
    reasons = _toml(path, "reasons.toml", problems)
    pack.reasons = [_reason(node, languages) for node in reasons.tables("reason", needed=True)]
    pack.bodies = [_body(node, languages) for node in reasons.tables("body")]
    articles = _toml(path, "articles.toml", problems)
    pack.articles = [_article(node, languages) for node in articles.tables("article")]
    pack.handling = handling.handling(_toml(path, handling.FILE, problems), languages)
    told = _toml(path, dialogue.FILE, problems)
    pack.dialogue = dialogue.dialogue(told, languages, {row.code for row in pack.services})
    pack.prompts = prompts.prompts(path, pack.dialogue, languages, problems)
    return pack


def source(path: Path, name: str, problems: list[Problem]) -> str | None:
    """The text of a file, or None (and a problem) if it cannot be read. CRLF and a byte order
    mark are overlooked."""
    try:
        data = (path / name).read_bytes()
    except FileNotFoundError:
        if name not in OPTIONAL:
            problems.append(Problem(name, 0, "the file is missing"))
        return None
    except OSError as error:
        problems.append(Problem(name, 0, f"the file cannot be read: {error.strerror}"))
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(Problem(name, line, "this is not UTF-8: save the file in that encoding"))
        return None


def _toml(path: Path, name: str, problems: list[Problem]) -> Node:
    text = source(path, name, problems)
    try:
        if text is not None:
            return Node(name, tomllib.loads(text), lines_of(text), problems)
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"\(at line ([0-9]+)", str(error))
        line = int(said.group(1)) if said else (text or "").count("\n") + 1
        problems.append(Problem(name, line, f"no valid TOML: {error}"))
    except (RecursionError, ValueError) as error:
        problems.append(Problem(name, 0, f"no readable TOML: {error}"))
    return Node(name, None, {}, problems)


def _csv(
    pack: Pack, name: str, needed: tuple[str, ...], further: tuple[str, ...] = ()
) -> Iterator[Node]:
    """The rows of a file as nodes with their columns by name."""
    text = source(pack.path, name, pack.problems)
    if text is None:
        return
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    line = 1
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            head = Node(name, cells, {(): line}, pack.problems)
            line = rows.line_num + 1
            if not any(cells):
                continue
            if not columns:
                columns = cells
                _head(head, needed, further)
            elif len(cells) != len(columns):
                head.problem(
                    f"the row has {len(cells)} fields, the first line {len(columns)}: "
                    "a text with a comma needs quotation marks"
                )
            else:
                yield Node(
                    name, dict(zip(columns, cells, strict=True)), {(): head.line}, pack.problems
                )
    except csv.Error as error:
        pack.problems.append(Problem(name, line, f"no valid CSV: {error}"))


def _head(head: Node, needed: tuple[str, ...], further: tuple[str, ...]) -> None:
    """Check the names of the columns."""
    for column in needed:
        if column not in head.value:
            head.problem(f"the column `{column}` is missing from the first line")
    for column in head.value:
        if column not in needed + further:
            head.problem(f"the column `{column}` means nothing here", warning=True)
        if head.value.count(column) > 1:
            head.problem(f"the column `{column}` stands twice")


def _city(node: Node) -> CityRow:
    if node.value is None:  # a problem of the file itself, said already
        node = Node(node.file, {}, {}, [])
    node.only(
        *(*_COLUMNS, "levels", "desk", "emergency", "reference", "calendar", "deadlines", "map"),
        *("notices", "population", "open_data", "overlay", "demo"),
    )
    languages = _languages(node)
    slug = node.string("slug", most=50)
    if slug and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        node.at("slug").problem(f"{slug!r} cannot be an address: use a-z, 0-9 and `-`")
    prefix = node.table("reference").string("prefix")
    if prefix and not re.fullmatch(r"[A-Z]{2,4}", prefix):
        node.at("reference").at("prefix").problem("`prefix` must be 2 to 4 capital letters A-Z")
    country = node.string("country")
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        node.at("country").problem("`country` must be the two capital letters of ISO 3166-1")
    deadlines = node.table("deadlines")
    node.string("emergency", most=40)
    _calendar(node.table("calendar"), country)
    _notices(node, languages)
    terms.check(node, languages)
    population.check(node)
    overlays.check(node, languages)
    center, outside = _map(node)
    settings = node.plain()
    settings = {key: value for key, value in settings.items() if key not in _COLUMNS}
    return CityRow(
        node=node,
        slug=slug,
        names=node.names("name", languages),
        languages=languages,
        time_zone=_time_zone(node),
        country=country[:2],
        hosts=[host.lower() for host in node.strings("hosts")],
        prefix=prefix[:4],
        levels=_levels(node, languages),
        desk=node.code("desk"),
        deadlines={key: _deadline(deadlines, key) for key in SPANS},
        center=center,
        outside=outside,
        settings=settings | {"map": {**settings.get("map", {}), "outside": outside}},
    )


def _deadline(deadlines: Node, key: str) -> str:
    deadlines.string(key)
    return deadlines.span(key)


def _languages(node: Node) -> list[str]:
    languages = list(dict.fromkeys(node.strings("languages")))
    for number, language in enumerate(languages):
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", language):
            node.at("languages").at(number).problem(f"{language!r} is no language code")
    if not languages:
        node.problem('`languages` is missing: add `languages = ["en"]`, the city\'s own first')
        names = node.at("name").value
        languages = list(names) if isinstance(names, dict) else []
    return languages or ["en"]


def _levels(node: Node, languages: list[str]) -> list[str]:
    codes = []
    for level in node.tables("levels", needed=True):
        codes.append(level.code(most=32))
        level.names("name", languages)
    return codes


def _time_zone(node: Node) -> str:
    name = node.string("time_zone", most=64)
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        node.at("time_zone").problem(f"there is no time zone {name!r}: write e.g. Africa/Kampala")
    return name


def _calendar(node: Node, country: str) -> None:
    node.only("open", "holidays", "region", "closed", "opened")
    node.boolean("holidays", False)
    node.string("region", needed=False)
    said = len(node.problems)
    week = node.table("open")
    for day in week.value:
        if day not in DAYS:
            week.at(day).problem(f"{day!r} is no day: use {', '.join(DAYS)}")
        for text in week.items(day):
            try:
                stretch(text.text())
            except ValueError:
                text.problem(f"{text.value!r} is no working time: write 08:00-17:00")
    for key in ("closed", "opened"):
        for day in node.items(key):
            if type(day.value) is not date:
                day.problem(f"`{key}` lists days without quotation marks, such as 2026-12-24")
    try:
        if len(node.problems) == said:
            calendar_of(node.plain(), ZoneInfo("UTC"), country)
    except ValueError as error:
        node.problem(f"the calendar cannot be used: {error}")


def _notices(node: Node, languages: list[str]) -> None:
    notices = node.table("notices")
    notices.only("sender", "from")
    notices.string("sender", most=60)
    notices.email("from")
    demo = node.table("demo", needed=False)
    demo.only("notice", "recorded", "api_key")
    if demo.value:
        demo.names("notice", languages)
    demo.string("recorded", needed=False)
    demo.string("api_key", needed=False)


def _map(node: Node) -> tuple[tuple[float, float] | None, float]:
    table = node.table("map")
    table.only("center", "zoom", "outside")
    table.number("zoom", 0, 24)
    center = table.at("center")
    outside = table.number("outside", 0, 100_000, default=500.0)
    if not isinstance(center.value, list) or len(center.value) != 2:
        (center if center.value is not None else table).problem(
            "`center` must be [latitude, longitude]"
        )
        return None, outside
    lat = center.number(0, -90, 90, default=91)
    lon = center.number(1, -180, 180, default=181)
    return (None if lat > 90 or lon > 180 else (lat, lon)), outside


def _places(pack: Pack) -> Iterator[Node]:
    further = [f"name_{language}" for language in pack.city.languages]
    return _csv(
        pack,
        "places.csv",
        ("code", "parent", "level", "name"),
        ("lat", "lon", "aliases", *further),
    )


def _place(row: Node, languages: list[str]) -> PlaceRow:
    names = {languages[0]: row.string("name")}
    for language in languages:
        if own := row.string(f"name_{language}", needed=False):
            names[language] = own
    lat, lon = _degrees(row, "lat", 90), _degrees(row, "lon", 180)
    if (lat is None) != (lon is None):
        row.problem("`lat` and `lon` stand together: give both or neither")
    return PlaceRow(
        node=row,
        code=row.code(most=120),
        parent=row.code("parent", needed=False, most=120),
        level=row.code("level", most=32),
        names=names,
        aliases=[
            name
            for each in row.string("aliases", needed=False).split("|")
            if (name := each.strip())
        ],
        lat=lat if lon is not None else None,
        lon=lon if lat is not None else None,
    )


def _degrees(row: Node, key: str, most: int) -> float | None:
    text = row.string(key, needed=False)
    try:
        value = float(text) if text else None
    except ValueError:
        row.problem(f"`{key}` is {text!r}: write degrees such as 0.3136")
        return None
    if value is not None and not -most <= value <= most:
        swapped = ": are `lat` and `lon` swapped?" if key == "lat" else ""
        row.problem(f"`{key}` is {text}, beyond {most} degrees{swapped}")
        return None
    return value


def _boundaries(pack: Pack) -> Iterator[BoundaryRow]:
    name = "boundaries.geojson"
    text = source(pack.path, name, pack.problems)
    if text is None:
        return
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        pack.problems.append(Problem(name, error.lineno, f"no valid JSON: {error.msg}"))
        return
    except (RecursionError, ValueError) as error:
        pack.problems.append(Problem(name, 0, f"no readable JSON: {error}"))
        return
    whole = Node(name, value, _feature_lines(text), pack.problems)
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        whole.problem("the file must be a GeoJSON FeatureCollection")
        return
    for feature in whole.tables("features", needed=True):
        geometry = feature.table("geometry")
        yield BoundaryRow(
            node=feature,
            code=feature.table("properties").code(most=120),
            geometry={key: geometry.value.get(key) for key in ("type", "coordinates")},
        )


def _feature_lines(text: str) -> dict[tuple[str | int, ...], int]:
    lines: dict[tuple[str | int, ...], int] = {}
    line, at = 1, 0
    for number, match in enumerate(re.finditer(r'"type"\s*:\s*"Feature"', text)):
        line += text.count("\n", at, match.start())
        at = match.start()
        lines["features", number] = line
    return lines


def _department(node: Node, languages: list[str]) -> DepartmentRow:
    node.only("code", "parent", "name", "email", "ladder")
    return DepartmentRow(
        node=node,
        code=node.code(),
        parent=node.code("parent", needed=False),
        names=node.names("name", languages),
        email=node.email("email", needed=False),
        ladder=ladders.ladder(node),
    )


def _group(node: Node, languages: list[str]) -> Item:
    node.only("code", "name")
    return Item(node=node, data={"code": node.code(), "name": node.names("name", languages)})


def _service(node: Node, languages: list[str]) -> ServiceRow:
    node.only(
        *("code", "group", "name", "hint", "keywords", "type", "first_answer", "resolution"),
        *("danger", "public", "alone", "question"),
    )
    danger, alone = node.choice("danger", URGENCIES), node.boolean("alone", False)
    if alone and danger != "no":
        node.at("alone").problem("what is dangerous of itself is never accepted alone")
    return ServiceRow(
        node=node,
        code=node.code(most=120),
        group=node.code("group"),
        names=node.names("name", languages),
        hints=node.names("hint", languages),
        keywords=node.words("keywords", languages),
        kind=node.choice("type", KINDS, "realtime"),
        first_answer=node.span("first_answer"),
        resolution=node.span("resolution"),
        danger=danger,
        public=node.boolean("public", True),
        alone=alone,
        questions=[_question(each, languages) for each in node.tables("question")],
    )


def _question(node: Node, languages: list[str]) -> dict[str, Any]:
    node.only("code", "datatype", "required", "variable", "text", "help", "values")
    datatype = node.choice("datatype", DATATYPES)
    values = [_value(each, languages) for each in node.tables("values")]
    if datatype.endswith("list") and not values:
        node.problem(f"a {datatype} needs `values = [{{key = …, name = …}}]`")
    if values and not datatype.endswith("list"):
        node.at("values").problem(f"`values` belong to lists, not to the datatype {datatype!r}")
    return {
        "code": node.code(),
        "datatype": datatype,
        "required": node.boolean("required", False),
        "variable": node.boolean("variable", True),
        "text": node.names("text", languages),
        "help": node.names("help", languages, needed=False),
        "values": values,
    }


def _value(node: Node, languages: list[str]) -> dict[str, Any]:
    node.only("key", "name")
    return {"key": node.string("key", most=120), "name": node.names("name", languages)}


def _owner(row: Node) -> OwnerRow:
    return OwnerRow(
        node=row,
        service=row.code("service", needed=False, most=120),
        group=row.code("group", needed=False),
        place=row.code("place", needed=False, most=120),
        department=row.code("department"),
    )


def _danger(node: Node, languages: list[str]) -> dict[str, dict[str, list[str]]]:
    node.only("now", "soon")
    if node.value is None:
        return {"now": {}, "soon": {}}
    return {key: node.words(key, languages, all_languages=True) for key in ("now", "soon")}


def _stopper(node: Node, languages: list[str]) -> Item:
    node.only("code", "services", "words", "text", "phone")
    words: Mapping[str, list[str]] = {}
    if node.at("words").value is not None:
        words = node.words("words", languages)
    return Item(
        node=node,
        data={
            "code": node.code(),
            "services": node.strings("services"),
            "words": words,
            "text": node.names("text", languages),
            "phone": node.string("phone", needed=False, most=40),
        },
    )


def _template(node: Node, languages: list[str]) -> Item:
    node.only("code", "for", "services", "title", "text")
    return Item(
        node=node,
        data={
            "code": node.code(),
            "for": node.choice("for", REPLIES),
            "services": node.strings("services"),
            "title": node.names("title", languages),
            "text": node.names("text", languages),
        },
    )


def _article(node: Node, languages: list[str]) -> Item:
    node.only("code", "services", "title", "text", "until")
    return Item(
        node=node,
        data={
            "code": node.code(),
            "services": node.strings("services"),
            "title": node.names("title", languages),
            "text": node.names("text", languages),
            "until": node.day("until"),
        },
    )


def _reason(node: Node, languages: list[str]) -> Item:
    node.only("code", "for", "rule", "name", "text")
    return Item(
        node=node,
        data={
            "code": node.code(),
            "for": node.choice("for", REASONS),
            "rule": node.choice("rule", RULES),
            "name": node.names("name", languages),
            "text": node.names("text", languages),
        },
    )


def _body(node: Node, languages: list[str]) -> Item:
    node.only("code", "name", "phone", "email", "open311")
    return Item(
        node=node,
        data={
            "code": node.code(),
            "name": node.names("name", languages),
            "phone": node.string("phone", needed=False, most=40),
            "email": node.email("email", needed=False),
            "open311": _open311(node.table("open311", needed=False)),
        },
    )


def _open311(node: Node) -> dict[str, str]:
    """Where a body takes requests by GeoReport v2, and as what; empty where it does not."""
    if not node.value:
        return {}
    node.only("url", "service_code", "jurisdiction_id")
    url = node.string("url", most=200).rstrip("/")
    if url and not url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        node.at("url").problem(f"{url!r} is no address that begins with https://")
    return {
        "url": url,
        "service_code": node.string("service_code", most=120),
        "jurisdiction_id": node.string("jurisdiction_id", needed=False, most=120),
    }
