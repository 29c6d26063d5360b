"""Rising words: what is said more often now than in the weeks before, in one language.

Compared are log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn, "Fightin'
Words", Political Analysis 16(4), 2008, equations 15, 16, 20 and 22). The prior is what is said at
any time, weighed as if as much had been said in its proportions as was said now: it holds back what
is rare, and common words need no list of their own. A report counts once for what it says,
however often it says it.

What counts is a word, or two or three words in a row. Where endings stick to words, as in Korean,
every beginning of a word of two syllables or more counts beside it: 가로등이 and 가로등은 both say
가로등. Which beginning is the word shows in the end: of those that the same reports say, the
longest stays.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from math import log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from ngoma.triage.words import spaced, tokens

LEAST_REPORTS = 5
LEAST_CASES = 3
"""Of how many reports and cases a word must be at least, so that it tells of nobody."""

FALSE_A_TIME = 0.05
"""How likely any word is found in a language where nothing rises."""

LONGEST = 3
"""Words of a phrase."""

LONGEST_WORD = 40
"""Letters of a word; what is longer is none."""

_BEGINNING = 2, 6
"""Syllables of a beginning of a word where endings stick to words."""

_SAME = 2 / 3
"""Share of a word's reports that say a longer one, from which the longer one says it all."""


class Said(NamedTuple):
    """What a report says in public, and its case."""

    case_id: int
    words: str


class Rising(NamedTuple):
    """A word or phrase, folded: in how many reports now and before, how many standard deviations
    its log-odds lie above those before, and the cases of its reports, the first first."""

    words: str
    reports: int
    before: int
    z: float
    cases: tuple[int, ...]


def rising(recent: Sequence[Said], past: Sequence[str]) -> list[Rising]:
    """What is said more often in the recent reports than in the past ones, the surest first.

    No word of fewer than `LEAST_REPORTS` reports of `LEAST_CASES` cases is given.
    """
    often, words = _often([each.words for each in recent])
    before = Counter(term for words in past for term in set(terms(words, often)))
    odds = _Odds(len(recent), len(past))
    scores = {term: odds.z(len(where), before[term]) for term, where in often.items()}
    # Whatever was said might have been said often by chance: each word is a test.
    limit = NormalDist().inv_cdf(1 - FALSE_A_TIME / max(words, 1))
    found = []
    for term in _apart({term: where for term, where in often.items() if scores[term] > limit}):
        cases = tuple(dict.fromkeys(recent[place].case_id for place in often[term]))
        if len(cases) >= LEAST_CASES:
            z = round(scores[term], 2)
            found.append(Rising(term, len(often[term]), before[term], z, cases))
    return sorted(found, key=lambda each: (-each.z, each.words))


def terms(text: str, words: Container[str] | None = None) -> Iterator[str]:
    """The words of a text, the beginnings of those that endings stick to, and the phrases; a
    number is no word, and no phrase goes across a mark. With `words`, of these alone."""
    row: list[str] = []
    end = 0
    for token in tokens(text):
        if row and not text[end : token.start].isspace():
            row = []
        end = token.end
        yield from (each for each in _beginnings(token.text) if words is None or each in words)
        if not _says(token.text) or (words is not None and token.text not in words):
            row = []
            continue
        row = [*row[1 - LONGEST :], token.text]
        for start in range(len(row)):
            yield " ".join(row[start:])


def _often(texts: Sequence[str]) -> tuple[dict[str, list[int]], int]:
    """Whatever `LEAST_REPORTS` texts say, with the places of these texts; and how many different
    words there are at all."""
    words = _places(_words(text) for text in texts)
    often = {word for word, where in words.items() if len(where) >= LEAST_REPORTS}
    said = _places(terms(text, often) for text in texts)
    return {term: its for term, its in said.items() if len(its) >= LEAST_REPORTS}, len(words)


def _words(text: str) -> Iterator[str]:
    for token in tokens(text):
        if _says(token.text):
            yield token.text
        yield from _beginnings(token.text)


def _places(said: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, its in enumerate(said):
        for term in set(its):
            found[term].append(place)
    return found


def _says(word: str) -> bool:
    return 1 < len(word) <= LONGEST_WORD and not word.isdigit()


def _beginnings(word: str) -> Iterable[str]:
    least, most = _BEGINNING
    if spaced(word) or len(word) <= least:
        return ()
    return [word[:end] for end in range(least, min(most + 1, len(word)))]


class _Odds(NamedTuple):
    """How many reports there are of the two times."""

    recent: int
    past: int

    def z(self, reports: int, before: int) -> float:
        """By how many standard deviations the log-odds of a word are higher in the recent reports,
        that are so many with it, than in the past ones."""
        prior = self.recent * (reports + before) / (self.recent + self.past)
        high, low = reports + prior, before + prior
        odds = log(high / (2 * self.recent - high)) if high < 2 * self.recent else 0.0
        odds -= log(low / (self.past + self.recent - low)) if low < self.past + self.recent else 0.0
        return odds / sqrt(1 / high + 1 / low)


def _apart(risen: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """The terms that say something each: a phrase stands for the words in it where it says nearly
    all that they do, and of those that share a word and their reports the first one stays."""
    by_size = sorted(risen, key=lambda term: (-len(risen[term]), -len(term), term))
    kept: list[str] = []
    for term in by_size:
        longer = (each for each in risen if each != term and _within(term, each))
        if any(len(risen[each]) >= _SAME * len(risen[term]) for each in longer):
            continue
        if not any(_share(term, each) and _same(risen[term], risen[each]) for each in kept):
            kept.append(term)
            yield term


def _share(one: str, other: str) -> bool:
    """Whether a word of one term is part of the other."""
    return any(_within(word, other) or _within(other, word) for word in one.split())


def _same(some: Sequence[int], others: Sequence[int]) -> bool:
    return len(set(some) & set(others)) >= _SAME * len(some)


def _within(part: str, whole: str) -> bool:
    """Whether a term is some of the words of another, or the beginning of one where endings
    stick."""
    end = "" if not spaced(part) else " "
    return f" {part}{end}" in f" {whole} "
