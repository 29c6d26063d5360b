"""Finding the article that answers what somebody is saying, in any of the city's languages."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from math import log1p
from typing import Any

from ngoma.base.syllables import pairs
from ngoma.cities.book import Book, Edition

MOST = 4
_TITLE = 3
"""A term of the title says as much as so many of the text."""
_LEAST = 3.0
"""What of an article has to be found at least."""
_SHORTEST = 4
_READ = 600
"""Characters of the words that are looked at, from the end: what was said last."""


def find(book: Book, words: str, *, day: str, service: str = "") -> list[Mapping[str, Any]]:
    """The articles that share most with the words, best first; those of the service before others.

    A term that every article has says nothing; one that few have says the more.
    """
    said = {term for term in pairs(words[-_READ:]) if _says(term)}
    terms = _terms(book)
    scored = []
    for article in book.articles(day):
        title, text, rare = terms[article["code"]]
        score = sum(rare[term] * _TITLE for term in said & title)
        score += sum(rare[term] for term in said & text)
        if score >= _LEAST:
            own = service in article["services"]
            scored.append((not own, -score, article["code"], article))
    return [article for *_order, article in sorted(scored, key=lambda each: each[:3])][:MOST]


def _says(term: str) -> bool:
    """Whether a term says what a text is about: short words of alphabets seldom do."""
    return len(term) >= _SHORTEST or not term.isascii()


Terms = dict[str, tuple[frozenset[str], frozenset[str], Mapping[str, float]]]


def _terms(book: Book) -> Terms:
    return _indexed(Edition(book))


@lru_cache(maxsize=32)
def _indexed(edition: Edition) -> Terms:
    """For each article the terms of its titles and of its texts, and how much each term says."""
    articles = edition.book.settings["articles"]
    titles = {each["code"]: frozenset(pairs(" ".join(each["title"].values()))) for each in articles}
    texts = {each["code"]: frozenset(pairs(" ".join(each["text"].values()))) for each in articles}
    counts = Counter(term for code in titles for term in titles[code] | texts[code])
    rare = {term: log1p(len(articles) / count) for term, count in counts.items()}
    return {code: (titles[code], texts[code], rare) for code in titles}
