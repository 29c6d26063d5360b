"""A text as numbers: its words and the short runs of letters inside them.

Runs of letters carry what words alone lose: in Korean, Luganda or Swahili a word has many forms,
and Thai or Chinese put no spaces between words. Each word and each run falls into one of a fixed
number of buckets by its hash, so no vocabulary is kept and a word never seen before is no error.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from ngoma.triage.words import Token

BUCKETS = 1 << 18
"""Into which words and runs fall."""

HALF = BUCKETS // 2
"""Words fall into the buckets below, runs of letters into the others."""

MOST_WORDS = 400
"""Words of a text that are looked at: what a longer one is about stands at its beginning."""

_LONGEST = 4
_LONGEST_WORD = 40

Buckets = npt.NDArray[np.int32]
Values = npt.NDArray[np.float32]


class Grams(NamedTuple):
    """A text: distinct `buckets` in rising order, and the `values` that they have in it."""

    buckets: Buckets
    values: Values


def count(text: Sequence[Token]) -> Grams:
    """How often each bucket occurs among the first words, damped: 1 + ln n.

    A word twice as often says less than twice as much.
    """
    words = [token.text for token in text[:MOST_WORDS]]
    if not words:
        return Grams(np.empty(0, np.int32), np.empty(0, np.float32))
    found = np.concatenate([of_word(word) for word in words])
    buckets, times = np.unique(found, return_counts=True)
    return Grams(buckets, (1 + np.log(times)).astype(np.float32))


def weigh(grams: Grams, rarity: Values) -> Grams:
    """The values times the rarity of their buckets; words and runs each scaled to length 1."""
    values = grams.values * rarity[grams.buckets]
    first_run = int(np.searchsorted(grams.buckets, HALF))
    for part in (values[:first_run], values[first_run:]):
        length = float(np.linalg.norm(part))
        if length:
            part /= length  # a view: the values themselves change
    return Grams(grams.buckets, values)


def rarity(texts: Iterable[Grams]) -> Values:
    """What a bucket tells: ln((1 + texts) / (1 + texts that have it)) + 1."""
    having = np.zeros(BUCKETS, np.int64)
    number = 0
    for grams in texts:
        having[grams.buckets] += 1
        number += 1
    return (np.log((1 + number) / (1 + having)) + 1).astype(np.float32)


@lru_cache(maxsize=1 << 14)
def of_word(word: str) -> Buckets:
    """The buckets of a folded word: its own, and those of each of its runs of up to four letters,
    where its beginning and end count as letters."""
    word = word[:_LONGEST_WORD]
    edged = f" {word} "
    runs = {
        edged[i : i + length]
        for length in range(1, _LONGEST + 1)
        for i in range(len(edged) - length + 1)
    }
    found = [crc32(word.encode()) % HALF]
    found += [HALF + crc32(run.encode()) % HALF for run in sorted(runs) if run != " "]
    return np.array(found, np.int32)
