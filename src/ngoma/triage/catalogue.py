"""What triage knows of a city: made once per version of its pack, never changed after."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from ngoma.triage.interface import Level
from ngoma.triage.matcher import Entry, Matcher
from ngoma.triage.words import spaced, tokens

KEYWORD, NAME, HINT = 1.0, 0.5, 0.2
"""How much a word of a service's keywords, of its name and of its hint says."""

LEVELS: tuple[Level, ...] = ("now", "soon")
"""The levels of danger; the payload of an entry of the danger matcher is an index into it."""

# Words that say nothing about a service though they stand in names and hints.
_EMPTY = frozenset((files(__package__) / "empty_words.txt").read_text("utf-8").split())


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of problem. Texts are by language; `urgency` is how urgent it is of itself;
    `departments` are those that own it anywhere in the city."""

    id: int
    code: str
    group: str
    names: Mapping[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, Sequence[str]] = field(default_factory=dict)
    active: bool = True
    urgency: Level = "no"
    departments: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Template:
    """A prepared answer: for which services (codes; none means all), for which step (`kind`)."""

    id: int | str
    services: tuple[str, ...]
    kind: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Catalogue:
    """A city as triage sees it. `languages` has the city's own first; `country` is the ISO 3166
    code that local phone numbers belong to; `now` and `soon` are words of danger by language."""

    country: str
    languages: tuple[str, ...]
    services: tuple[Service, ...]
    now: Mapping[str, Sequence[str]] = field(default_factory=dict)
    soon: Mapping[str, Sequence[str]] = field(default_factory=dict)
    templates: tuple[Template, ...] = ()
    by_id: Mapping[int, Service] = field(init=False, repr=False, compare=False)
    words_of_services: Matcher = field(init=False, repr=False, compare=False)
    words_of_danger: Matcher = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        active = {service.id: service for service in self.services if service.active}
        compiled = {
            "by_id": active,
            "words_of_services": Matcher(_weighed(list(active.values()))),
            "words_of_danger": Matcher(_danger(self.now, self.soon)),
        }
        for name, value in compiled.items():
            object.__setattr__(self, name, value)


def _danger(now: Mapping[str, Sequence[str]], soon: Mapping[str, Sequence[str]]) -> list[Entry]:
    return [
        Entry(level, language, word)
        for level, lists in enumerate((now, soon))
        for language, words in lists.items()
        for word in words
    ]


def _weighed(services: Sequence[Service]) -> list[Entry]:
    """The entries of all services; what many of them share says less."""
    entries = [entry for service in services for entry in _entries(service)]
    distinct = {(e.payload, e.language, e.phrase) for e in entries}
    spread = Counter(key[1:] for key in distinct)
    full = math.log1p(len(services))
    return [
        Entry(
            e.payload,
            e.language,
            e.phrase,
            e.weight * math.log1p(len(services) / spread[e.language, e.phrase]) / full,
        )
        for e in entries
    ]


def _entries(service: Service) -> Iterator[Entry]:
    for language, words in service.keywords.items():
        for word in words:
            yield Entry(service.id, language, word.casefold(), KEYWORD)
            parts = [token.text for token in tokens(word)]
            for part in parts if len(parts) > 1 else ():
                if _tells(part):
                    yield Entry(service.id, language, part, NAME / 2)
    for texts, weight in ((service.names, NAME), (service.hints, HINT)):
        for language, text in texts.items():
            for token in tokens(text):
                if _tells(token.text):
                    yield Entry(service.id, language, token.text, weight)


def _tells(word: str) -> bool:
    return len(word) >= (4 if spaced(word) else 2) and word not in _EMPTY
