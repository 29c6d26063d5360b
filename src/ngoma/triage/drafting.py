"""A draft of an answer, put together from what was said before; each sentence knows its source.

The city's own words, its templates and articles, are borrowed as they stand. Of what another case
was answered only that is borrowed which says nothing of that case: a word stays if the city's own
words have it, or the answers of several other cases; in place of everything else stands a blank.
So neither the names of people nor the facts of another case get into a draft, in whatever language
or script, and what nobody knows yet is seen to be missing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from babel import Locale, UnknownLocaleError

from ngoma.base.blanks import blank, without_blanks
from ngoma.base.syllables import pairs
from ngoma.triage.cutting import cut
from ngoma.triage.privacy import find_private, redact
from ngoma.triage.words import likeness

Kind = Literal["template", "case", "article"]
What = Literal["date", "number", "name", "fact"]

SHARED = 3
"""Cases whose answers have a word, so that it is no fact of one of them."""

MOST_OF_CASE, MOST_OF_ARTICLE = 3, 4
"""Sentences that are borrowed from a case, or from an article."""

_SAME = 0.6
"""Likeness from which on a sentence says again what stands there already."""
_MOST_BLANKS = 3
_LEAST_KEPT = 0.5
"""The share of a sentence's words that must stay for it to be worth borrowing."""

_WORD = re.compile(r"[^\W_](?:[^\W_]|[’'.,:/@+-](?=[^\W_])|[\u0300-\u036f\u0e00-\u0eff])*")
_ADDRESS = re.compile(r"[@/]|\w\.[a-z]{2}")
_BETWEEN = re.compile(r"[\s,/&-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from: `key` is the code of a template or article, or the id of a case."""

    kind: Kind
    key: str | int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a draft and where it comes from; None where a machine says it by itself."""

    text: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that somebody may begin with. It is nothing but a text: it does nothing."""

    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """All of it, as it is put into the form."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Borrowing:
    """What may stay of another case's answer: `common` terms, in a city of a `country`, in a
    `language`. `labels` are what the blanks are called."""

    common: Collection[str]
    language: str
    country: str
    labels: Mapping[What, str]


def draft(
    template: Source | None,
    cases: Iterable[Source],
    articles: Iterable[Source],
    borrowing: Borrowing,
) -> Draft:
    """The template, then what was said in the first case that lends something, then the first
    article. What says again what stands there already is left out."""
    sentences = [Sentence(each, template) for each in cut(template.text)] if template else []
    for case in cases:
        lent = [borrowed(each, borrowing) for each in cut(case.text)]
        new = _new([each for each in lent if each], sentences)[:MOST_OF_CASE]
        sentences += [Sentence(each, case) for each in new]
        if new:
            break
    for article in list(articles)[:1]:
        new = _new(cut(article.text), sentences)[:MOST_OF_ARTICLE]
        sentences += [Sentence(each, article) for each in new]
    return Draft(tuple(sentences))


def common_terms(
    own: Iterable[str], foreign: Iterable[str], answers: Iterable[str], country: str
) -> set[str]:
    """The terms that say nothing of one case: those of the city's `own` words, and those in at
    least `SHARED` of the `answers`, each of another case; but for the `foreign` names of places
    where this case is not, for numbers that the city's own words lack, and for what leads to a
    person, who may have been answered often."""
    known = {term for text in own for term in pairs(text)}
    plain = [redact(text, find_private(text, country)) for text in answers]
    having = Counter(term for text in plain for term in pairs(text))
    shared = {term for term, cases in having.items() if cases >= SHARED}
    away = {term for text in foreign for term in pairs(text)}
    return known | {term for term in shared - away if not _has_digit(term)}


def borrowed(sentence: str, borrowing: Borrowing) -> str | None:
    """The sentence with blanks for what it says of its own case; None if too little is left."""
    gaps = list(_gaps(sentence, borrowing))
    words = [found.span() for found in _WORD.finditer(sentence)]
    gone = sum(any(start < e and s < end for s, e, _ in gaps) for start, end in words)
    merged = _merged(sentence, gaps)
    if len(merged) > _MOST_BLANKS or len(words) - gone < max(2, _LEAST_KEPT * len(words)):
        return None
    pieces, at = [], 0
    for start, end, what in merged:
        pieces += [sentence[at:start], blank(borrowing.labels[what])]
        at = end
    return "".join([*pieces, sentence[at:]])


def _gaps(sentence: str, borrowing: Borrowing) -> Iterator[tuple[int, int, What]]:
    for span in find_private(sentence, borrowing.country):
        yield span.start, span.end, "name" if span.kind == "name" else "number"
    days = _names_of_days(borrowing.language)
    for found in _WORD.finditer(sentence):
        terms = pairs(found.group())
        if found.group().casefold().startswith(days):
            yield *found.span(), "date"
        elif not terms or not all(term in borrowing.common for term in terms):
            yield *found.span(), "number" if _has_digit(found.group()) else "fact"


def _merged(sentence: str, gaps: Iterable[tuple[int, int, What]]) -> list[tuple[int, int, What]]:
    """The gaps in order, those with nothing to read between them made one."""
    merged: list[tuple[int, int, What]] = []
    for start, end, what in sorted(gaps):
        if merged and _BETWEEN.fullmatch(sentence, merged[-1][1], max(start, merged[-1][1])):
            first, last, kind = merged.pop()
            start, end, what = first, max(last, end), kind if kind == what else "fact"
        merged.append((start, end, what))
    return merged


def _new(sentences: Iterable[str], there: Sequence[Sentence]) -> list[str]:
    known = [pairs(without_blanks(each.text)) for each in there]
    return [
        each
        for each in sentences
        if all(likeness(pairs(without_blanks(each)), other) < _SAME for other in known)
    ]


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


@cache
def _names_of_days(language: str) -> tuple[str, ...]:
    """What the days of the week and the months are called; not "May", more often a verb."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return ()
    kinds = (locale.days, locale.months)
    names = [name.casefold() for kind in kinds for name in kind["format"]["wide"].values()]
    return tuple(name for name in names if len(name) > 3 or not name.isascii())


def facts(text: str) -> set[str]:
    """What a text states that can be checked letter by letter: words with a digit, addresses of
    mail and of the web."""
    words = (found.group().casefold() for found in _WORD.finditer(text))
    return {word for word in words if _has_digit(word) or _ADDRESS.search(word)}
