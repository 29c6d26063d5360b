"""Words of a text with their offsets, folded so that spelling variants meet."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

MAX_SCANNED = 20_000
"""Characters of a text that are read for words; what comes after is not looked at."""

# Whole blocks of the scripts whose vowel signs are not letters to `\w` (Indic, Thai, Lao, Burmese),
# combining accents, and one token for each pictograph.
_TOKEN = re.compile(
    r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f])*"
    r"|[\u2600-\u27bf\U0001f300-\U0001faff]"
)
_BOUND = 3  # letters of a Bantu verb ending or locative that may follow a stem


class Token(NamedTuple):
    """A word as found at `start:end` of the text, and its folded form."""

    start: int
    end: int
    text: str


def fold(word: str) -> str:
    """`word` casefolded, without the accents of Latin, Greek and Cyrillic, composed."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in plain if not "\u0300" <= c <= "\u036f"))


def tokens(text: str) -> list[Token]:
    """The words of the first `MAX_SCANNED` characters of `text`, in order."""
    return [
        Token(match.start(), match.end(), fold(match.group()))
        for match in _TOKEN.finditer(text, 0, MAX_SCANNED)
    ]


def spaced(word: str) -> bool:
    """Whether a folded word is in a script that puts spaces between words (Latin and its kin)."""
    return word[:1] < "\u0530"


def english_stem(word: str) -> str:
    """A folded English word without its commonest endings: "leaking", "leaks" → "leak"."""
    stem = word
    if word.endswith("s") and not word.endswith("ss"):
        stem = word[:-2] if word.endswith(("ses", "xes", "ches", "shes")) else word[:-1]
    else:
        for ending in ("ing", "ed"):
            if word.endswith(ending):
                stem = word.removesuffix(ending)
                if stem[-1:] == stem[-2:-1] and stem[-1:] not in ("e", "l", "s", "z"):
                    stem = stem[:-1]
                break
    if len(stem) < 3:
        return word
    return stem.removesuffix("e") if len(stem) > 4 else stem


_CLASS_PREFIXES = {
    "lg": ("omu", "aba", "emi", "eki", "ebi", "oku", "olu", "obu", "aka", "otu", "ama", "eri",
           "en", "em", "mu", "bi", "ki", "e", "a", "o"),
    "sw": ("ma", "mi", "wa", "ki", "vi", "ku"),
}  # fmt: skip


def stem(word: str, language: str) -> str:
    """What stays of a folded keyword when its form changes: without an English ending, or without
    a Luganda or Swahili class prefix where four letters are left."""
    if language == "en":
        return english_stem(word)
    for prefix in _CLASS_PREFIXES.get(language, ()):
        if word.startswith(prefix) and len(word) - len(prefix) >= 4:
            return word.removeprefix(prefix)
    return word


def ends_like_bantu(word: str, end: int) -> bool:
    """Whether what follows `end` in `word` can be a Luganda or Swahili ending ("moto" stands in
    "motoni", not in "motor" or "motorcycle")."""
    return len(word) - end <= _BOUND and word[-1] in "aeiou"


def likeness(first: Sequence[str], second: Sequence[str]) -> float:
    """How alike two lists of words or syllable pairs are, 0 to 1 (Dice, each counted once)."""
    one, two = set(first), set(second)
    return 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0


def plain(text: str) -> str:
    """The words of a text alone, as they are compared."""
    return " ".join(token.text for token in tokens(text))
