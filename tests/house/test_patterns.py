"""No pattern takes long over a text that was made to hold it up."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

import ngoma

pytestmark = pytest.mark.once

LENGTH = 5000
MOST_S = 0.2
"""One that goes through the text once, or as often as its own bounds say, takes a hundredth."""

OF_OURS = {
    "ngoma.settings.checks._SUMMARY",  # what the tests print
    "ngoma.intake.history.sources._ARRAY",  # of a file that an administrator takes over
    "ngoma.cities.node._EMAIL",  # a line of a pack
    "ngoma.open311.asking._TAG",  # part of a header, of which 500 characters are read
}
"""Patterns that meet no stranger's text, or one that is short."""

SEEDS = (
    *("a", "1", " ", "-", ".", "@", "(", "[", "<", '"', "'", "/", "\\", "=", "&", ":", ";", ","),
    *("+", "%", "\n", "é", "가", "0 ", "1-", "a.", "a@", "a ", "<a", "1.1", "+2", "))", "x@y."),
    *("aaaaaaa ", "my name is ", "http://", "www.", "0.", "00:", "2026-", "\t", "_a", "::"),
)
TAILS = ("", "!", "\0")


def test_patterns_are_fast_whatever_the_text() -> None:
    texts = [(seed * LENGTH)[: LENGTH - 1] + tail for seed in SEEDS for tail in TAILS]
    found = dict(_patterns())
    assert len(found) > 50
    assert set(found) >= OF_OURS
    slow = {
        name: f"{text[:12]!r} … {text[-1]!r}"
        for name, pattern in found.items()
        if name not in OF_OURS
        for text in texts
        if _seconds(pattern, text) > MOST_S and _seconds(pattern, text) > MOST_S
    }
    assert slow == {}


def test_a_slow_pattern_is_found() -> None:
    assert _seconds(re.compile(r"(a|aa)+$"), "a" * 33 + "!") > MOST_S


def _seconds(pattern: "re.Pattern[Any]", text: str) -> float:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    begun = time.thread_time()
    pattern.search(given)
    pattern.fullmatch(given)
    return time.thread_time() - begun


def _patterns() -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    """Every pattern that a module of ours keeps, by the name under which it does."""
    for module in pkgutil.walk_packages(ngoma.__path__, "ngoma."):
        # Those that begin something when they are read keep no pattern.
        if ".migrations" in module.name or module.name.endswith(("__main__", ".wsgi")):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for number, pattern in enumerate(_within(value)):
                yield f"{module.name}.{name}{number or ''}", pattern


def _within(value: Any) -> Iterator["re.Pattern[Any]"]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _within(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _within(each)
