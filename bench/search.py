"""The search alone: an index of a made-up city's words, without its cases, and what it answers."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

import msgspec
from django.db import connection, transaction

from bench.filling import City
from ngoma.base import syllables
from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.records.queries.search import key, search, shortened
from ngoma.records.sql import search as index
from ngoma.records.sql.search import Entry

BATCH = 1000
QUERIES = 1000
LIMIT = 50
MOST_MS = 20.0


class Searched(msgspec.Struct):
    """Milliseconds of a query alone, its median and 95th percentile: of one word and of two."""

    database: str
    city: str
    language: str
    cases: int
    one: tuple[float, float]
    two: tuple[float, float]


def measure(
    book: Book, database: str, cases: int, advance: Callable[[int], object]
) -> list[Searched]:
    """Fill the index with a city's words and look for words of them, in each of its languages."""
    city = City(book, seed=7)
    with transaction.atomic():
        index.drop()
        index.create()
    for start in range(0, cases, BATCH):
        with transaction.atomic():
            index.write(list(_entries(city, start, min(BATCH, cases - start))), instead_of=())
        advance(BATCH)
    index.tidy()
    found = []
    for language in book.languages:
        one, two = (_times(book, _queries(book, language, words)) for words in (1, 2))
        found.append(Searched(database, book.slug, language, cases, one, two))
    return found


def _entries(city: City, start: int, count: int) -> Iterator[Entry]:
    """What cases are found by: their words, and the names of service and place."""
    book, opened = city.book, now() - timedelta(days=1000)
    for number in range(start + 1, start + count + 1):
        at = opened + timedelta(seconds=80 * number)
        service = city.service(at)
        place = city.draw.choice(list(book.places.values()))
        texts = [city.told(service).words, *service.names.values(), *place.names.values()]
        terms = shortened(syllables.pairs(" | ".join(texts)))
        yield Entry(key(at, number), book.id, terms, terms)


def _queries(book: Book, language: str, words: int) -> list[str]:
    """What somebody looks for: words that stand side by side in what was reported."""
    city, draw = City(book, seed=11), Random(11)
    found: list[str] = []
    while len(found) < QUERIES:
        told = city.told(draw.choice(city.services))
        said = told.words.split()
        if told.language == language and len(said) >= words:
            at = draw.randrange(len(said) - words + 1)
            found.append(" ".join(said[at : at + words]).strip(".,!?"))
    return found


def _times(book: Book, queries: list[str]) -> tuple[float, float]:
    connection.ensure_connection()
    times = []
    for each in queries:
        started = time.perf_counter()
        search(book.id, each, public=False, limit=LIMIT)
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    return times[len(times) // 2], times[int(0.95 * len(times))]
