"""The conversation of a city with phones that know no pages, as `dialogue.toml` of its pack has it.

A step says something; then it offers choices, takes what is typed, or does what the conversation
was for. The first step is where everybody begins.
"""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from typing import Any

from ngoma.cities.node import Node, repeated

FILE = "dialogue.toml"
MOST_CHOICES, MOST_LEVELS = 5, 4
"""Of one screen, and of screens with choices one after the other."""
TAKES = ("", "words", "place", "reference")
DOES = ("", "report", "status", "language")


def dialogue(
    node: Node, languages: Sequence[str], services: Collection[str]
) -> list[dict[str, Any]]:
    """The steps in the order of the file; none where the city talks to no such phones."""
    node.only("step")
    nodes = node.tables("step")
    steps = [_step(each, languages, services) for each in nodes]
    repeated(((step["code"], each) for step, each in zip(steps, nodes, strict=True)), "step")
    _check_ways(steps, nodes)
    return steps


def _step(node: Node, languages: Sequence[str], services: Collection[str]) -> dict[str, Any]:
    node.only("code", "say", "choices", "take", "do", "go")
    choices = [_choice(each, languages, services) for each in node.tables("choices")]
    step = {
        "code": node.code(),
        "say": {} if node.at("do").value in ("report", "status") else node.names("say", languages),
        "choices": choices,
        "take": node.choice("take", TAKES),
        "do": node.choice("do", DOES),
        "go": node.string("go", needed=False),
    }
    if len(choices) > MOST_CHOICES:
        node.at("choices").problem(
            f"{len(choices)} choices: a screen of a phone has at most {MOST_CHOICES}"
        )
    if bool(step["do"]) == bool(choices or step["take"]):
        node.problem("a step needs `choices`, `take` or both; or else `do`")
    if bool(step["go"]) != bool(step["take"] or step["do"] == "language"):
        node.problem("`go` says where what is taken, or a chosen language, leads; nothing else")
    return step


def _choice(node: Node, languages: Sequence[str], services: Collection[str]) -> dict[str, Any]:
    node.only("say", "go", "service")
    service = node.code("service", needed=False)
    if service and services and service not in services:
        node.at("service").problem(f"the service {service!r} is not in services.toml")
    return {"say": node.names("say", languages), "go": node.string("go"), "service": service}


def _check_ways(steps: Sequence[Mapping[str, Any]], nodes: Sequence[Node]) -> None:
    """Every way leads to a step that does something, soon; no step lies beside all ways."""
    places = {step["code"]: node for step, node in zip(steps, nodes, strict=True)}
    ways = {step["code"]: _ways(step) for step in steps}
    for code, node in places.items():
        for way in ways[code]:
            if way not in places:
                node.problem(f"no step has the code {way!r}")
    seen: set[str] = set()
    choosing = {step["code"] for step in steps if step["choices"]}
    for path in _paths(ways, places, steps[0]["code"] if steps else ""):
        seen.add(path[-1])
        if path[-1] in path[:-1]:
            places[path[-1]].problem(f"it leads back to itself: {' → '.join(path)}")
        elif path[-1] in choosing and len(choosing.intersection(path)) == MOST_LEVELS + 1:
            places[path[-1]].problem(f"{MOST_LEVELS} screens of choices lead here: the most")
    for code in places.keys() - seen:
        places[code].problem(f"no way leads to the step {code!r}", warning=True)


def _paths(
    ways: Mapping[str, Sequence[str]], places: Container[str], code: str, *before: str
) -> Iterator[tuple[str, ...]]:
    """Every way from the step on, to each step on it; one that returns ends there."""
    if code not in places:
        return
    yield (*before, code)
    for way in ways[code] if code not in before else ():
        yield from _paths(ways, places, way, *before, code)


def _ways(step: Mapping[str, Any]) -> list[str]:
    """The steps that follow. A chosen language begins anew, which is no loop."""
    ways = [choice["go"] for choice in step["choices"]]
    return ways + ([step["go"]] if step["take"] else [])
