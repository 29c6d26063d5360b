"""Reports that a city handles in a special way, as `handling.toml` of its pack says."""

from collections.abc import Sequence
from typing import Any

from ngoma.cities.node import Node, repeated

FILE = "handling.toml"
ORDINARY = {"repeat": {"times": 3, "days": 90}, "group": {"people": 5, "days": 30, "metres": 500}}
"""Where a pack says nothing else: the third time, and five people."""
NONE: dict[str, Any] = {**ORDINARY, "insults": {}, "watches": []}
"""Of a city that was loaded before there were such rules."""


def handling(node: Node, languages: Sequence[str]) -> dict[str, Any]:
    """The rules: of one person's repetitions, of many people's common matter, of words."""
    node.only("repeat", "group", "insults", "watch")
    watches = node.tables("watch")
    repeated(((each.string("code", needed=False), each) for each in watches), "watch")
    return {
        "repeat": _numbers(node, "repeat"),
        "group": _numbers(node, "group"),
        "insults": node.words("insults", languages) if node.at("insults").value else {},
        "watches": [_watch(each, languages) for each in watches],
    }


def _numbers(node: Node, key: str) -> dict[str, int]:
    table = node.table(key, needed=False)
    table.only(*ORDINARY[key])
    return {
        name: int(table.number(name, 2 if name in ("times", "people") else 1, 100_000, ordinary))
        for name, ordinary in ORDINARY[key].items()
    }


def _watch(node: Node, languages: Sequence[str]) -> dict[str, Any]:
    """What is to be looked at with care: by words, in a span of days, or both."""
    node.only("code", "name", "note", "words", "from", "until")
    days = {key: node.day(key) for key in ("from", "until")}
    words = node.words("words", languages) if node.at("words").value else {}
    if not words and not any(days.values()):
        node.problem("a watch needs `words`, or the days `from` and `until`, or both")
    if days["from"] and days["until"] and days["from"] > days["until"]:
        node.at("until").problem("`until` lies before `from`")
    return {
        "code": node.code(),
        "name": node.names("name", languages),
        "note": node.names("note", languages),
        "words": words,
        **days,
    }
