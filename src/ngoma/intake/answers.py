"""Answers to a service's extra questions, checked by datatype (Open311 attributes)."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from ngoma.base.characters import clean
from ngoma.base.clock import iso, parse
from ngoma.cities.book import ServiceEntry
from ngoma.intake.submission import Problem

LONGEST = {"string": 255, "text": 4000}
LONGEST_NUMBER = 40
LARGEST_INT = 2**53
"""Beyond it JSON does not keep a whole number exactly, and not every reader takes one."""


def check(
    service: ServiceEntry, given: Mapping[str, str | Sequence[str]], zone: ZoneInfo
) -> tuple[dict[str, Any], list[Problem]]:
    """The answers to keep, by question code, and what is wrong with them.

    Kept are: text, numbers as int or float, times in UTC (read in `zone` where they say none), keys
    of lists. Answers to questions that the service does not ask are left out.
    """
    kept: dict[str, Any] = {}
    problems = []
    for question in service.questions:
        if not question.get("variable", True):
            continue
        code = question["code"]
        values = _values(given.get(code))
        field = f"attribute[{code}]"
        if not values:
            if question.get("required"):
                problems.append(Problem(field, "missing_answer", {"question": question}))
            continue
        try:
            kept[code] = _read(question, values, zone)
        except ValueError:
            problems.append(Problem(field, "bad_answer", {"question": question}))
    return kept, problems


def _values(given: str | Sequence[str] | None) -> list[str]:
    if given is None:
        return []
    several = [given] if isinstance(given, str) else list(given)
    return [text for text in (clean(str(each)) for each in several) if text]


def _read(question: Mapping[str, Any], values: list[str], zone: ZoneInfo) -> Any:
    kind = question["datatype"]
    if kind == "multivaluelist":
        return [_key(question, value) for value in dict.fromkeys(values)]
    if len(values) > 1:
        raise ValueError("one answer expected")
    match kind:
        case "singlevaluelist":
            return _key(question, values[0])
        case "number":
            return _number(values[0])
        case "datetime":
            return iso(parse(values[0], zone))
        case _:
            if len(values[0]) > LONGEST[kind]:
                raise ValueError("too long")
            return values[0]


def _key(question: Mapping[str, Any], value: str) -> str:
    if value not in {str(each["key"]) for each in question["values"]}:
        raise ValueError("not in the list")
    return value


def _number(text: str) -> int | float:
    """A finite number; a decimal comma counts as a point."""
    if len(text) > LONGEST_NUMBER or "_" in text:
        raise ValueError("not a number")
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    number = float(text)
    if not isfinite(number):
        raise ValueError("not finite")
    try:
        whole = int(text)
    except ValueError:
        return number
    return whole if abs(whole) <= LARGEST_INT else number
