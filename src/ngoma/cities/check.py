"""Every rule a pack must keep, beyond the shape of its files: what is named exists, once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from string import Formatter
from typing import Any

from ngoma.cities import demo
from ngoma.cities.geometry import Area
from ngoma.cities.node import Node, repeated
from ngoma.cities.pack import Item, Pack, read
from ngoma.cities.problems import Problem

FIELDS = ("reference", "service", "place", "department", "date", "due")


def check(path: Path) -> list[Problem]:
    """Everything that is wrong with the pack in a directory, in the order of its files and lines.

    Nothing, or only warnings, means that it can be loaded. Never raises for what the files say.
    """
    return problems_of(read(path))


def problems_of(pack: Pack) -> list[Problem]:
    """Everything that is wrong with a pack that was read."""
    if not pack.city.node.value:  # without city.toml nothing else can be judged
        return sorted(set(pack.problems))
    for rule in (
        *(_sources, _once, _levels, _parents, _departments, _services, _questions),
        *(_owners, _unowned, _keywords, _stoppers, _templates, _articles, _recorded, _people),
    ):
        rule(pack)
    area = Area(pack)
    area.check_places(pack)
    _demo(pack, area)
    return sorted(set(pack.problems))


def _sources(pack: Pack) -> None:
    if not (pack.path / "SOURCES.md").is_file():
        pack.problems.append(
            Problem("SOURCES.md", 0, "the file is missing: say where names and boundaries are from")
        )


def _once(pack: Pack) -> None:
    """A code stands once."""
    repeated(((row.code, row.node) for row in pack.places), "place")
    repeated(((row.code, row.node) for row in pack.boundaries), "boundary")
    repeated(((row.code, row.node) for row in pack.departments), "department")
    repeated(((row.code, row.node) for row in pack.services), "service")
    for items, what in (
        (pack.groups, "group"),
        (pack.stoppers, "stopper"),
        (pack.templates, "template"),
        (pack.articles, "article"),
        (pack.reasons, "reason"),
        (pack.bodies, "body"),
    ):
        repeated(((item.code, item.node) for item in items), what)
    levels = pack.city.node.tables("levels")
    repeated(zip(pack.city.levels, levels, strict=True), "level")


def _levels(pack: Pack) -> None:
    known = pack.city.levels
    for row in pack.places:
        if row.level and row.level not in known:
            _unknown(row.node.at("level"), "level", row.level, known, "the levels of city.toml")


def _people(pack: Pack) -> None:
    table = pack.city.node.table("population", needed=False).table("of", needed=False)
    places = {row.code for row in pack.places}
    for code in table.value:
        if code not in places:
            _unknown(table.at(code), "place", code, sorted(places), "places.csv")


def _parents(pack: Pack) -> None:
    """A place lies in one of a greater level; only the greatest level needs none."""
    rank = {level: number for number, level in enumerate(pack.city.levels)}
    places = {row.code: row for row in pack.places}
    for row in pack.places:
        parent = places.get(row.parent)
        if not row.parent:
            if rank.get(row.level, 0) > 0:
                row.node.problem(
                    f"the {row.level} {row.code!r} has no parent: "
                    f"only a {pack.city.levels[0]} can stand alone"
                )
        elif parent is None:
            _unknown(row.node, "parent", row.parent, places, "places.csv")
        elif rank.get(parent.level, -1) >= rank.get(row.level, len(rank)):
            row.node.problem(
                f"the {row.level} {row.code!r} cannot lie in the {parent.level} {parent.code!r}: "
                "a parent is of a greater level"
            )
    for boundary in pack.boundaries:
        if boundary.code and boundary.code not in places:
            _unknown(boundary.node, "place", boundary.code, places, "places.csv")


def _departments(pack: Pack) -> None:
    departments = {row.code: row for row in pack.departments}
    for row in pack.departments:
        if row.parent and row.parent not in departments:
            _unknown(
                row.node.at("parent"), "department", row.parent, departments, "departments.toml"
            )
        above, seen = row.parent, {row.code}
        while above in departments and above not in seen:
            seen.add(above)
            above = departments[above].parent
        if above == row.code:
            row.node.at("parent").problem(f"the department {row.code!r} is its own superior")
    desk = pack.city.desk
    if desk and desk not in departments:
        node = pack.city.node.at("desk")
        _unknown(node, "department", desk, departments, "departments.toml")


def _services(pack: Pack) -> None:
    groups = [group.code for group in pack.groups]
    for row in pack.services:
        if row.group and row.group not in groups:
            _unknown(row.node.at("group"), "group", row.group, groups, "services.toml")
    used = {row.group for row in pack.services}
    for group in pack.groups:
        if group.code and group.code not in used:
            group.node.problem(f"no service is in the group {group.code!r}", warning=True)


def _questions(pack: Pack) -> None:
    for row in pack.services:
        nodes = row.node.tables("question")
        repeated(((q["code"], n) for q, n in zip(row.questions, nodes, strict=True)), "question")
        for question, node in zip(row.questions, nodes, strict=True):
            values = zip(question["values"], node.tables("values"), strict=True)
            repeated(((value["key"], each) for value, each in values), "value")
            if question["required"] and not question["variable"]:
                node.problem("what is only information (`variable = false`) cannot be required")


def _owners(pack: Pack) -> None:
    """What an owner names exists, and no row stands in vain."""
    services = {row.code: row for row in pack.services}
    groups = {group.code for group in pack.groups}
    places = {row.code for row in pack.places}
    departments = {row.code for row in pack.departments}
    first: dict[tuple[str, str, str], int] = {}
    for row in pack.owners:
        if bool(row.service) == bool(row.group):
            row.node.problem("name either a service or a group, and leave the other empty")
        for value, known, what, file in (
            (row.service, services, "service", "services.toml"),
            (row.group, groups, "group", "services.toml"),
            (row.place, places, "place", "places.csv"),
            (row.department, departments, "department", "departments.toml"),
        ):
            if value and value not in known:
                _unknown(row.node, what, value, known, file)
        what_where = (row.service, row.group, row.place)
        if what_where in first:
            row.node.problem(
                f"this row never wins: line {first[what_where]} has the same service and place"
            )
        first.setdefault(what_where, row.node.line)


def _unowned(pack: Pack) -> None:
    """Services that nobody owns anywhere, and group rows that each service overrules."""
    by_service = {row.service for row in pack.owners}
    everywhere = {row.service for row in pack.owners if row.service and not row.place}
    by_group = {row.group for row in pack.owners}
    members: defaultdict[str, set[str]] = defaultdict(set)
    for service in pack.services:
        members[service.group].add(service.code)
        if service.code and service.code not in by_service and service.group not in by_group:
            service.node.problem(
                f"nobody owns {service.code!r}: it goes to the desk, {pack.city.desk!r}",
                warning=True,
            )
    for row in pack.owners:
        if row.group and members[row.group] and members[row.group] <= everywhere:
            row.node.problem(
                f"this row never wins: every service of {row.group!r} has its own owner",
                warning=True,
            )


def _keywords(pack: Pack) -> None:
    """A word that speaks for two services helps neither."""
    first: dict[tuple[str, str], str] = {}
    for row in pack.services:
        for language, words in row.keywords.items():
            for number, word in enumerate(words):
                plain = " ".join(word.casefold().split())
                other = first.setdefault((language, plain), row.code)
                node = row.node.at("keywords").at(language).at(number)
                if other != row.code:
                    node.problem(f"{word!r} is a keyword of {other!r} too", warning=True)


def _stoppers(pack: Pack) -> None:
    for item in pack.stoppers:
        _service_list(pack, item)
        if not item.data["services"] and not item.data["words"]:
            item.node.problem("this is never shown: name `services`, or `words` that call for it")


def _templates(pack: Pack) -> None:
    for item in pack.templates:
        _service_list(pack, item)
        for language, text in item.data["text"].items():
            node = item.node.at("text").at(language)
            try:
                fields = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
            except ValueError:
                node.problem("a brace stands alone: fields are written {place}")
                continue
            for name in fields:
                if name not in FIELDS:
                    _unknown(node, "field", "{" + name + "}", ["{" + each + "}" for each in FIELDS])


def _articles(pack: Pack) -> None:
    for item in pack.articles:
        _service_list(pack, item)


def _service_list(pack: Pack, item: Item) -> None:
    codes = [row.code for row in pack.services]
    for number, code in enumerate(item.data["services"]):
        if code not in codes:
            _unknown(item.node.at("services").at(number), "service", code, codes, "services.toml")


def _recorded(pack: Pack) -> None:
    """The recorded requests of a demonstration lie in the pack."""
    node = pack.city.node.at("demo").at("recorded")
    if isinstance(node.value, str) and node.value not in {
        path.name for path in pack.path.iterdir() if path.is_file()
    }:
        node.problem(f"there is no file {node.value!r} in the pack")


def _demo(pack: Pack, area: Area) -> None:
    """Every report of the demonstration could have been made, and lived as it is told."""
    reports = demo.reports(pack.path, pack.problems)
    repeated(((report.key, report.node) for report in reports), "report")
    services = {row.code: row for row in pack.services}
    places = {row.code for row in pack.places}
    keys: set[str] = set()
    for report in reports:
        node = report.node
        if report.language and report.language not in pack.city.languages:
            _unknown(node, "language", report.language, pack.city.languages, "city.toml")
        if report.service and report.service not in services:
            _unknown(node, "service", report.service, services, "services.toml")
        elif report.service:
            _answers(node, report.answers, services[report.service].questions)
        if report.place and report.place not in places:
            _unknown(node, "place", report.place, places, "places.csv")
        if report.lat is not None and report.lon is not None:
            area.holds(node, (report.lat, report.lon))
        if report.same_as and report.same_as not in keys:
            node.problem(f"`same_as` names {report.same_as!r}, which no earlier line has as key")
        keys.add(report.key)
        _story(pack, report)


def _answers(node: Node, answers: dict[str, Any], questions: Sequence[dict[str, Any]]) -> None:
    known = {question["code"]: question for question in questions}
    for question in questions:
        if question["required"] and question["code"] not in answers:
            node.problem(f"the service asks {question['code']!r}, and here is no answer to it")
    for code, answer in answers.items():
        if code not in known:
            _unknown(node, "question", code, known, "this service")
            continue
        values = {value["key"] for value in known[code]["values"]}
        for each in answer if isinstance(answer, list) else [answer]:
            if values and each not in values:
                _unknown(node, "answer", str(each), values, f"the values of {code!r}")


def _story(pack: Pack, report: demo.DemoReport) -> None:
    for step, state in demo.follow(report.story):
        report.node.problem(f"the step {step.step!r} is not possible: the case is {state} by then")
    times = [step.after for step in report.story]
    if times != sorted(times):
        report.node.problem("the times of the story run backwards: they count from the report")
    if times and max(times) > report.age:
        report.node.problem("the story ends in the future: give the report a greater `age`")
    if report.same_as and report.story:
        report.node.problem("a report that joins another (`same_as`) has no story of its own")
    for step in report.story:
        _step(pack, step)
    photos = [report.photo, *(step.data.get("photo") for step in report.story)]
    for photo in filter(None, photos):
        if photo not in demo.illustrations():
            _unknown(report.node, "illustration", str(photo), demo.illustrations())


def _step(pack: Pack, step: demo.DemoStep) -> None:
    """What a step says besides its name."""
    node, data = step.node, step.data
    if step.step in ("reject", "extend"):
        reasons = [item.code for item in pack.reasons if item.data["for"] == step.step]
        if data.get("reason") not in reasons:
            _unknown(node, f"reason to {step.step}", str(data.get("reason")), reasons)
    bodies = [item.code for item in pack.bodies]
    if step.step == "refer" and data.get("body") not in bodies:
        _unknown(node, "body", str(data.get("body")), bodies)
    if step.step == "rate" and data.get("score") not in range(1, 6):
        node.problem('to rate needs a score: {"score": 4}, from 1 to 5')
    if step.step in ("ask", "inform") and not data.get("text"):
        node.problem(f'to {step.step} needs words: {{"text": "…"}}')


def _unknown(node: Node, what: str, value: str, known: Iterable[str], file: str = "") -> None:
    """Note a name that stands for nothing, with the nearest that does.

    Where a whole file has nothing it could not be read, which is problem enough.
    """
    known = list(known)
    if not known and file.endswith((".toml", ".csv")):
        return
    near = get_close_matches(value, known, 1)
    hint = f": did you mean {near[0]!r}?" if near else ""
    node.problem(f"there is no {what} {value!r}{f' in {file}' if file else ''}{hint}")
