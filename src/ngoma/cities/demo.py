"""Reports written for the demonstration: `demo.jsonl`, and the life each of them is given."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ngoma.cities.node import Node
from ngoma.cities.pack import source
from ngoma.cities.problems import Problem
from ngoma.records.models import ACTIVE, OPEN

FILE = "demo.jsonl"
ILLUSTRATIONS = Path(__file__).parents[1] / "packs" / "illustrations"
CHANNELS = ("web", "sms", "ussd", "call", "mail", "messenger", "open311")
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "accept": (("received",), "accepted"),
    "start": (("accepted",), "in_progress"),
    "ask": (ACTIVE, "waiting"),
    "inform": ((*OPEN, "resolved"), ""),
    "resolve": (("accepted", "in_progress", "waiting"), "resolved"),
    "reject": (OPEN, "rejected"),
    "refer": (OPEN, "referred"),
    "close": (("resolved", "waiting"), "closed"),
    "reopen": (("resolved", "closed", "rejected", "referred"), ""),
    "extend": (("accepted", "in_progress"), ""),
    "rate": (("resolved", "closed"), ""),
}
"""Step: the states it is possible in, and the state it leads to ("" where that stays)."""


@dataclass(slots=True, kw_only=True)
class DemoStep:
    node: Node
    after: timedelta
    step: str
    data: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class DemoReport:
    """One line of the file. `age` is before now, the times of `story` are after the report."""

    node: Node
    key: str
    words: str
    language: str
    service: str
    lat: float | None
    lon: float | None
    place: str
    location: str
    channel: str
    age: timedelta
    contact: bool
    answers: dict[str, Any]
    photo: str
    same_as: str
    story: list[DemoStep]


def reports(path: Path, problems: list[Problem] | None = None) -> list[DemoReport]:
    """The reports of a pack in the order of the file; what is wrong goes to `problems`."""
    found = problems if problems is not None else []
    text = source(path, FILE, found)
    nodes = [
        node
        for number, line in enumerate((text or "").split("\n"), 1)
        if line.strip() and (node := _node(line, number, found))
    ]
    return [_report(node) for node in nodes]


def follow(story: Sequence[DemoStep]) -> Iterator[tuple[DemoStep, str]]:
    """The steps that are not possible where they stand, each with the state they meet."""
    state, before = "received", "received"
    for step in story:
        sources, target = STEPS[step.step]
        if state not in sources:
            yield step, state
        elif step.step == "reopen":
            state = "accepted" if state in ("resolved", "closed") else "received"
        elif step.step == "inform":
            state = before if state == "waiting" else state
        elif target:
            before, state = state, target


@cache
def illustrations() -> frozenset[str]:
    """The names of the pictures that reports of a demonstration can show."""
    return frozenset(path.stem for path in ILLUSTRATIONS.glob("*.jpg"))


def _node(line: str, number: int, problems: list[Problem]) -> Node | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(FILE, number, f"no valid JSON: {error}"))
        return None
    if not isinstance(value, dict):
        problems.append(Problem(FILE, number, "a line must be a JSON object in braces"))
        return None
    return Node(FILE, value, {(): number}, problems)


def _report(node: Node) -> DemoReport:
    node.only(
        *("key", "words", "language", "service", "lat", "lon", "place", "location", "channel"),
        *("age", "contact", "answers", "photo", "same_as", "story"),
    )
    located = node.at("lat").value is not None and node.at("lon").value is not None
    lat, lon = node.number("lat", -90, 90), node.number("lon", -180, 180)
    return DemoReport(
        node=node,
        key=node.code("key", most=128),
        words=node.string("words", most=5000),
        language=node.string("language"),
        service=node.code("service", needed=False, most=120),
        lat=lat if located else None,
        lon=lon if located else None,
        place=node.code("place", needed=False, most=120),
        location=node.string("location", needed=False, most=300),
        channel=node.choice("channel", CHANNELS, "web"),
        age=_elapsed(node, node.string("age"), "age"),
        contact=node.boolean("contact", False),
        answers=dict(node.table("answers", needed=False).value),
        photo=node.string("photo", needed=False),
        same_as=node.string("same_as", needed=False),
        story=[step for each in node.items("story") if (step := _step(each))],
    )


def _step(node: Node) -> DemoStep | None:
    value = node.value
    if (
        not isinstance(value, list)
        or len(value) not in (2, 3)
        or not all(isinstance(each, str) for each in value[:2])
        or not all(isinstance(each, dict) for each in value[2:])
    ):
        node.problem('a step must be ["1h", "accept"] or ["2d", "resolve", {"text": "…"}]')
        return None
    if value[1] not in STEPS:
        node.problem(f"there is no step {value[1]!r}: use one of {', '.join(STEPS)}")
        return None
    data = dict(value[2]) if len(value) == 3 else {}
    return DemoStep(node=node, after=_elapsed(node, value[0], "step"), step=value[1], data=data)


def _elapsed(node: Node, text: str, what: str) -> timedelta:
    """Time by the clock: `3d4h`, `2d`, `90m`."""
    match = re.fullmatch(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?", text)
    if not match or not text:
        if text:
            node.problem(f"{text!r} ({what}) is no time: write 3d4h, 2d or 90m")
        return timedelta()
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
