"""Finds the place that somebody means by typed words, however they spell it, and plus codes."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from openlocationcode import openlocationcode  # type: ignore[import-untyped]
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ngoma.cities.book import Book, PlaceEntry
from ngoma.triage.words import tokens

SURE = 90.0
"""How alike (of 100) a typed name must be to a place's to be taken without asking."""
WHOLE, PART, SOUND, _START = 100.0, 95.0, 93.0, 70.0
"""Scores of a name that is all of the text, or in it, or sounds like a part of it, or begins so."""
BACKED, DOUBT = 2.0, 15.0
"""What is added where the text names the surroundings too, and taken off where it is not sure."""
_LEAST = 78.0  # likeness of two spellings from which they are taken for one name
_FUZZY = 5  # letters a name needs for misspellings of it to be told from other words
_SURE, _SHORT = (
    8,
    3,
)  # letters a name needs for one slip to be no doubt; and for it to be looked for
_SLIP, _UNSURE = 96.0, 85.0  # scores of a name that is all of the text but for one slip
_NUMERAL = "ivx0123456789"
_WORDS, _LONGEST = 16, 5  # words of a text that are read; words of the longest name
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7"}
_DIGITS = "23456789CFGHJMPQRVWX"
_PLUS_CODE = re.compile(
    rf"(?<![{_DIGITS}0-9A-Z])(?:[{_DIGITS}]{{2}}){{2,4}}\+[{_DIGITS}]{{2,7}}(?![0-9A-Z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Match:
    """A place that may be meant: `score` up to 100 (from 90 it is safe not to ask), and how it
    was found: `name`, `sound`, `spelling` or `start` (of a name still being typed)."""

    place_id: int
    score: float
    kind: str


@dataclass(frozen=True, slots=True)
class _Hit:
    """A match and the words of the text, by their numbers, that it was found in."""

    place_id: int
    score: float
    kind: str
    window: range


@dataclass(frozen=True, slots=True)
class _Index:
    """The names of a city's places, folded."""

    book: Book
    names: Mapping[str, frozenset[int]]
    sounds: Mapping[str, frozenset[int]]
    long: Sequence[str]
    run: Mapping[str, frozenset[int]]
    """Names with nothing between their words, as a slip of a finger may leave them."""
    matters: frozenset[str]
    """Words by which the city knows what a report is about."""


_indexes: dict[int, _Index] = {}


def find(book: Book, text: str, limit: int = 5) -> list[Match]:
    """The places that `text` may mean, likeliest first; names in any language, and misspelt.

    Of places with one name, that around the others is meant, or that whose surroundings the text
    names too; where neither helps, none of them is sure.
    """
    index = _index(book)
    words = _words(text)[:_WORDS]
    if not words:
        return []
    hits = _named(index, words) or _alike(index, words)
    for near in _slipped(index, text, len(words)):
        if near.place_id not in hits or hits[near.place_id].score < near.score:
            hits[near.place_id] = near
    for place_id in _started(index, " ".join(words)):
        hits.setdefault(place_id, _Hit(place_id, _START, "start", range(len(words))))
    hits = {each.place_id: _backed(each, hits, book) for each in hits.values()}
    ranked = [_doubted(each, hits, book) for each in hits.values()]
    ranked.sort(key=lambda hit: (-hit.score, len(book.chain(hit.place_id)), hit.place_id))
    return [Match(hit.place_id, round(hit.score, 1), hit.kind) for hit in ranked[:limit]]


def sure(book: Book, text: str) -> int | None:
    """The one place that `text` surely means, by its id; None where that has to be asked."""
    matches = find(book, text, limit=1)
    return matches[0].place_id if matches and matches[0].score >= SURE else None


def mentioned(book: Book, report: str, limit: int = 5) -> list[Match]:
    """The same for the words of a whole report, of which only some say where.

    What tells what it is about tells no place: villages are named Kasasiro (rubbish) and Market.
    """
    matters = _index(book).matters
    return find(book, " ".join(word for word in _words(report) if word not in matters), limit)


def plus_code(book: Book, text: str) -> tuple[float, float] | None:
    """Latitude and longitude of the first plus code in the text; a short one is that nearest to
    the centre of the city (https://plus.codes)."""
    found = _PLUS_CODE.search(unicodedata.normalize("NFKC", text))
    if not found:
        return None
    code = found.group().upper()
    if openlocationcode.isShort(code):
        code = openlocationcode.recoverNearest(code, *book.settings["map"]["center"])
    if not openlocationcode.isFull(code):
        return None
    area = openlocationcode.decode(code)
    return area.latitudeCenter, area.longitudeCenter


def _index(book: Book) -> _Index:
    kept = _indexes.get(book.id)
    if kept is None or kept.book is not book:
        kept = _indexes[book.id] = _made(book)
    return kept


def _made(book: Book) -> _Index:
    names: defaultdict[str, set[int]] = defaultdict(set)
    sounds: defaultdict[str, set[int]] = defaultdict(set)
    run: defaultdict[str, set[int]] = defaultdict(set)
    for place in book.places.values():
        for name in () if place.retired else _spellings(place):
            words = _words(name)
            if words:
                names[" ".join(words)].add(place.id)
                sounds[_sound(words)].add(place.id)
                run[_run_together(name)].add(place.id)
    return _Index(
        book=book,
        names={name: frozenset(ids) for name, ids in names.items()},
        sounds={sound: frozenset(ids) for sound, ids in sounds.items()},
        long=[name for name in names if len(name) >= _FUZZY],
        run={name: frozenset(ids) for name, ids in run.items() if len(name) >= _SHORT},
        matters=frozenset(_matters(book)),
    )


def _matters(book: Book) -> Iterator[str]:
    for service in book.services.values():
        for keywords in service.keywords.values():
            for keyword in keywords:
                yield from _words(keyword)


def _spellings(place: PlaceEntry) -> Iterator[str]:
    yield from place.names.values()
    yield from place.aliases


def _words(text: str) -> list[str]:
    return [_ROMAN.get(token.text, token.text) for token in tokens(text)]


def _run_together(text: str) -> str:
    return "".join(token.text for token in tokens(text))


def _sound(words: Sequence[str]) -> str:
    """Words as the ear tells them apart in most Bantu names: no doubled letters, r as l."""
    return re.sub(r"([a-z])\1+", r"\1", "".join(words).replace("r", "l"))


def _windows(count: int) -> Iterator[range]:
    """Every run of words by their numbers, the longest first."""
    for size in range(min(_LONGEST, count), 0, -1):
        for start in range(count - size + 1):
            yield range(start, start + size)


def _named(index: _Index, words: Sequence[str]) -> dict[int, _Hit]:
    """Places whose name stands in the text, or sounds like a part of it."""
    hits: dict[int, _Hit] = {}
    taken: list[range] = []
    for window in _windows(len(words)):
        if any(each.start <= window.start and window.stop <= each.stop for each in taken):
            continue  # a part of a longer name
        run = words[window.start : window.stop]
        places, score, kind = index.names.get(" ".join(run), frozenset()), PART, "name"
        if not places and sum(map(len, run)) >= _FUZZY:
            places, score, kind = index.sounds.get(_sound(run), frozenset()), SOUND, "sound"
        if places:
            taken.append(window)
            whole = kind == "name" and len(window) == len(words)
            for place_id in places:
                hit = _Hit(place_id, WHOLE if whole else score, kind, window)
                hits.setdefault(place_id, hit)
    return hits


def _alike(index: _Index, words: Sequence[str]) -> dict[int, _Hit]:
    """Places whose name is spelt nearly like a part of the text."""
    hits: dict[int, _Hit] = {}
    for window in _windows(len(words)):
        run = " ".join(words[window.start : window.stop])
        if len(run) < _FUZZY:
            continue
        for name, score, _ in process.extract(
            run, index.long, scorer=fuzz.ratio, score_cutoff=_LEAST, limit=5
        ):
            for place_id in index.names[name]:
                if place_id not in hits or hits[place_id].score < score:
                    hits[place_id] = _Hit(place_id, score, "spelling", window)
    return hits


def _slipped(index: _Index, text: str, count: int) -> Iterator[_Hit]:
    """Places whose name is all of the text but for one slip: a letter too many, too few, another
    one, or two that changed places (optimal string alignment)."""
    typed = _run_together(text)
    if count > _LONGEST or len(typed) < _SHORT:
        return
    for name, slips, _ in process.extract(
        typed, index.run.keys(), scorer=OSA.distance, score_cutoff=1, limit=None
    ):
        # Of Mulago I and Mulago II none is surely meant by Mulago.
        sure = not slips or (len(name) >= _SURE and _numeral(typed) == _numeral(name))
        score = _SLIP if sure else min(fuzz.ratio(typed, name), _UNSURE)
        for place_id in index.run[name]:
            yield _Hit(place_id, score, "spelling", range(count))


def _numeral(name: str) -> str:
    return name[len(name.rstrip(_NUMERAL)) :]


def _started(index: _Index, typed: str) -> Iterator[int]:
    """Places whose name begins with what was typed so far."""
    if len(typed) >= 2:
        for name, places in index.names.items():
            if name.startswith(typed):
                yield from places


def _backed(hit: _Hit, hits: Mapping[int, _Hit], book: Book) -> _Hit:
    """The hit with a higher score where other words of the text name what lies around it."""
    around = [hits[each] for each in book.chain(hit.place_id)[1:] if each in hits]
    if any(not set(each.window) & set(hit.window) for each in around):
        return replace(hit, score=min(hit.score + BACKED, WHOLE))
    return hit


def _doubted(hit: _Hit, hits: Mapping[int, _Hit], book: Book) -> _Hit:
    """The hit with a lower score where another place is meant as well: one of the same name
    around it, or any that it does not lie in or around."""
    chain = book.chain(hit.place_id)
    for other in hits.values():
        if other.place_id == hit.place_id or other.score < hit.score:
            continue
        same = bool(set(other.window) & set(hit.window))
        above = other.place_id in chain
        below = hit.place_id in book.chain(other.place_id)
        if (above and same) or not (above or below):
            return replace(hit, score=hit.score - DOUBT)
    return hit
