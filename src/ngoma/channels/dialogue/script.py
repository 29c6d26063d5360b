"""The steps of a city's conversation, as its pack has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ngoma.cities.book import Book, Edition


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that can be chosen; it may say of which service the problem is."""

    say: Mapping[str, str]
    go: str
    service: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is said, and what follows: choices, or what is taken as typed, or both.

    A step that does something (`report`, `status`) ends the conversation; `language` lets one
    choose among those of the city.
    """

    code: str
    say: Mapping[str, str]
    choices: tuple[Choice, ...]
    take: str
    do: str
    go: str


@dataclass(frozen=True, slots=True)
class Script:
    """All steps by their codes, and the one where everybody begins."""

    book: Book
    start: str
    steps: Mapping[str, Step]


def script(book: Book) -> Script | None:
    """The conversation of a city; None where it has none."""
    return _script(Edition(book)) if book.dialogue else None


@lru_cache(maxsize=32)
def _script(edition: Edition) -> Script:
    book = edition.book
    steps = [
        Step(
            code=each["code"],
            say=each["say"],
            choices=tuple(Choice(**choice) for choice in each["choices"]),
            take=each["take"],
            do=each["do"],
            go=each["go"],
        )
        for each in book.dialogue
    ]
    return Script(book, steps[0].code, {each.code: each for each in steps})
