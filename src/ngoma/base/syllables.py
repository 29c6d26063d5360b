"""Text as search terms, for an index of words that knows no language.

Where words are written apart (Latin, Arabic, Devanagari …) a term is a word, its case and accents
taken off. Hangul, Han, kana, Thai, Lao, Khmer and Burmese stick endings or whole words together, so
there a term is each pair of neighbouring syllables: whatever part of a word is looked for, from two
syllables up, its pairs are pairs of the word.
"""

import re
import unicodedata
from itertools import pairwise

_SYLLABLES = (
    "\u0e01-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17d3"  # Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe"  # kana and their marks
    "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"  # Hangul
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
# Vowel signs of Indian scripts and Tibetan are no word characters to Python, but belong to words.
_SIGNS = "\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc"
_TERMS = re.compile(rf"(?P<run>[{_SYLLABLES}]+)|(?:(?![_{_SYLLABLES}])[\w{_SIGNS}])+")
_SPACED = re.compile(rf"(?<=[{_SYLLABLES}])\s+(?=[{_SYLLABLES}])")
# Accents of Latin, Greek and Cyrillic; vowel points of Hebrew and Arabic, and the Arabic stretch.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670]+")


def pairs(text: str) -> list[str]:
    """The terms to index a text by, each once, in the order they appear.

    Pairs across a space are among them, because writers of Korean put spaces as they please:
    '가로등 고장' is also found by '가로등고장'.
    """
    folded = _folded(text)
    words, lone = _split(folded)
    return list(dict.fromkeys([*words, *_across_spaces(folded), *lone]))


def query(text: str) -> list[str]:
    """The terms a text must all have to be found by this one, each once.

    Each of them is a term of `pairs` of every text that contains this one (cut between syllables
    or between words). So a syllable cut from its word is left out while anything else is left.
    """
    folded = _folded(text)
    words, lone = _split(folded)
    return list(dict.fromkeys(words or _across_spaces(folded) or lone))


def _folded(text: str) -> str:
    """Compatibility forms, case and accents taken off, whole syllables put together."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    # A Hangul syllable falls apart here and is put together again after.
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))
    return unicodedata.normalize("NFC", bare)


def _split(folded: str) -> tuple[list[str], list[str]]:
    """Words and the pairs inside runs of syllables; apart from them, the syllables alone."""
    terms: list[str] = []
    lone: list[str] = []
    for match in _TERMS.finditer(folded):
        run = match["run"]
        if run is None:
            terms.append(match[0])
        elif len(run) == 1:
            lone.append(run)
        else:
            terms.extend(a + b for a, b in pairwise(run))
    return terms, lone


def _across_spaces(folded: str) -> list[str]:
    return [folded[gap.start() - 1] + folded[gap.end()] for gap in _SPACED.finditer(folded)]
