"""Finds many keywords in the words of a text at once.

How a keyword may vary follows its language: an English one matches by stem; one in an inflecting
or compounding language, or in a script without spaces, matches inside a word from four letters
(two signs of a script without spaces) on; a shorter one only as the whole word, in Korean with a
particle. The words of a phrase may have up to two others between them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ngoma.triage.words import Token, ends_like_bantu, english_stem, fold, spaced, stem, tokens

_GAP = 3
_HEAD = 2
_PARTICLES = frozenset("이가을를은는도에의로만과와나")
_BANTU = frozenset({"lg", "sw"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A keyword or phrase: what it stands for (`payload`), and how much it says (`weight`)."""

    payload: int
    language: str
    phrase: str
    weight: float = 1.0


class Hit(NamedTuple):
    """An entry found in the text at `start:end`; `words` are the folded words it was found in;
    `quality` is 1 for a whole word and less for a part of one."""

    entry: Entry
    start: int
    end: int
    words: tuple[str, ...]
    quality: float


class _Part(NamedTuple):
    text: str
    language: str


class _Found(NamedTuple):
    begin: int
    end: int
    quality: float


class Matcher:
    """A fixed set of entries, compiled once; `find` takes time linear in the text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._whole: defaultdict[str, list[_Part]] = defaultdict(list)
        self._stems: defaultdict[str, list[_Part]] = defaultdict(list)
        self._inside: defaultdict[str, list[_Part]] = defaultdict(list)
        self._starting: defaultdict[_Part, list[tuple[Entry, tuple[_Part, ...]]]]
        self._starting = defaultdict(list)
        parts: set[_Part] = set()
        for entry in entries:
            phrase = tuple(_part(token.text, entry.language) for token in tokens(entry.phrase))
            if phrase:
                self._starting[phrase[0]].append((entry, phrase))
                parts.update(phrase)
        for part in sorted(parts):
            self._add(part)

    def _add(self, part: _Part) -> None:
        text = part.text
        if part.language == "en":
            self._stems[text].append(part)
        elif len(text) >= (4 if spaced(text) else 2):
            self._inside[text[:_HEAD]].append(part)
        else:
            self._whole[text].append(part)

    def find(self, text: Sequence[Token]) -> list[Hit]:
        """Every entry found in `text`, each once, at its first place."""
        known: dict[str, dict[_Part, _Found]] = {}
        found = []
        for token in text:
            if token.text not in known:
                known[token.text] = self._parts_in(token.text)
            found.append(known[token.text])
        hits: dict[int, Hit] = {}
        for i, parts in enumerate(found):
            for part in parts:
                for entry, phrase in self._starting.get(part, ()):
                    if id(entry) not in hits:
                        hit = _complete(entry, phrase, i, text, found)
                        if hit:
                            hits[id(entry)] = hit
        return list(hits.values())

    def _parts_in(self, word: str) -> dict[_Part, _Found]:
        parts = {part: _Found(0, len(word), 1.0) for part in self._whole.get(word, ())}
        if not spaced(word) and len(word) > 1 and word[1:2] in _PARTICLES and len(word) == 2:
            parts |= {part: _Found(0, 1, 1.0) for part in self._whole.get(word[0], ())}
        for part in self._stems.get(english_stem(word), ()):
            parts[part] = _Found(0, len(word), 1.0)
        for i in range(len(word) - 1):
            for part in self._inside.get(word[i : i + _HEAD], ()):
                if part not in parts and word.startswith(part.text, i):
                    end = i + len(part.text)
                    if part.language not in _BANTU or ends_like_bantu(word, end):
                        whole = i == 0 or part.language in _BANTU
                        parts[part] = _Found(i, end, 1.0 if whole else 0.7)
        return parts


def _part(word: str, language: str) -> _Part:
    """What to look for: a stem, with "en" as its language where English rules apply."""
    if language == "en" and not spaced(word):
        return _Part(word, "")
    return _Part(stem(fold(word), language), language)


def _complete(
    entry: Entry,
    phrase: tuple[_Part, ...],
    first: int,
    text: Sequence[Token],
    found: list[dict[_Part, _Found]],
) -> Hit | None:
    """The hit of `entry` whose first part stands in word `first`, if the other parts follow."""
    at, place = first, found[first][phrase[0]]
    indices, quality = [first], place.quality
    for part in phrase[1:]:
        for j in range(at, min(at + _GAP + 1, len(found))):
            next_place = found[j].get(part)
            if next_place and (j > at or next_place.begin >= place.end):
                at, place = j, next_place
                indices.append(j)
                quality = min(quality, place.quality)
                break
        else:
            return None
    start, end = text[first].start, text[at].end
    if len(phrase) == 1 and end - start == len(text[first].text):
        start, end = start + place.begin, start + place.end
    return Hit(entry, start, end, tuple(text[j].text for j in indices), quality)
