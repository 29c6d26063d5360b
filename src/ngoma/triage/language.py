"""Which language short words are written in: by script, and for Latin by letter triples.

`profiles.json` holds, for each language, its commonest triples of letters as costs: ten times the
negative natural logarithm of their share (made by `learn`; see NOTICE.md for the texts). A language
that is also typed in Latin letters has a second profile: `ko-Latn`.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from ngoma.triage.cutting import spans
from ngoma.triage.interface import Language, Spoken

UNKNOWN = Language("und", 0.0)

_READ = 600  # characters looked at: enough to be sure of any language
_COMMONEST = 1500
_UNSEEN = 115  # cost of a triple that a profile lacks
_TEMPER = 0.35  # triples overlap, so they count as less evidence than independent ones would
_PAGE = 1.5  # log-odds for the language of the page the reporter used
_SCRIPTS = (
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]+")
_SIGN = 3  # a sign of another script says about as much as three Latin letters
_MOSTLY = 0.5
_SAYS_NOTHING = 0.35
"""Confidence below which a sentence has no language of its own."""


def identify(words: str, page: str | None, languages: Sequence[str]) -> Language:
    """The language of `words`, among `languages` and English where they are in Latin letters.

    `page` is the language the reporter read; it decides where the words themselves say little.
    """
    text = words[:_READ]
    latin = _LATIN.findall(text.casefold())
    code, share = _by_script(text, sum(map(len, latin)))
    if share >= _MOSTLY:
        return Language(code, round(0.99 * share, 4))
    if latin:
        return _by_triples(latin, page, languages)
    return Language(page, 0.1) if page else UNKNOWN


def by_sentence(words: str, page: str | None, languages: Sequence[str]) -> tuple[Spoken, ...]:
    """The language of each sentence, as `identify`; sentences of one language are taken together.

    A sentence that says nothing (a number, a name) goes with the one before, or after.
    """
    parts: list[Spoken] = []
    for start, end in spans(words):
        found = identify(words[start:end], page, languages)
        if parts and _go_together(parts[-1].language, found):
            known = max(parts[-1].language, found, key=lambda each: each.confidence)
            parts[-1] = Spoken(parts[-1].start, end, known)
        else:
            parts.append(Spoken(start, end, found))
    return tuple(parts)


def _go_together(one: Language, other: Language) -> bool:
    return one.code == other.code or min(one.confidence, other.confidence) < _SAYS_NOTHING


def _by_script(text: str, latin: int) -> tuple[str, float]:
    """The commonest script that names a language, and its share beside `latin` Latin letters."""
    if text.isascii():
        return "", 0.0
    signs = {code: _SIGN * len(found.findall(text)) for code, found in _SCRIPTS}
    if signs["ja"]:
        signs["ja"] += signs["zh"]  # Japanese is written with Han characters too
        signs["zh"] = 0
    code = max(signs, key=lambda code: signs[code])
    return code, signs[code] / (sum(signs.values()) + latin or 1)


def _by_triples(latin: list[str], page: str | None, languages: Sequence[str]) -> Language:
    codes, costs = _costs()
    # Compared are languages, so a triple that no profile has can be left out.
    known = [costs[triple] for triple in triples(latin) if triple in costs]
    totals = [sum(column) for column in zip(*known, strict=True)] or [0] * len(codes)
    evidence = [-cost / 10 * _TEMPER for cost in totals]
    if page in codes:
        evidence[codes.index(page)] += _PAGE
    highest = max(evidence)
    shares = [math.exp(value - highest) for value in evidence]
    allowed = {*languages, "en"}
    spoken = [code.partition("-")[0] for code in codes]
    share, code = max((s, code) for s, code in zip(shares, spoken, strict=True) if code in allowed)
    return Language(code, round(0.99 * share / sum(shares), 4))


def triples(latin: Iterable[str]) -> Iterator[str]:
    """Every three letters in a row of each word, a space before and after it counted as letters."""
    for word in latin:
        padded = f" {word} "
        for i in range(len(padded) - 2):
            yield padded[i : i + 3]


@cache
def _costs() -> tuple[list[str], dict[str, list[int]]]:
    """The languages with a profile; of each triple, how much less it costs than an unseen one."""
    profiles = json.loads((files(__package__) / "profiles.json").read_text("utf-8"))
    codes = sorted(profiles)
    known = set().union(*profiles.values())
    return codes, {t: [profiles[c].get(t, _UNSEEN) - _UNSEEN for c in codes] for t in known}


def learn(texts: Mapping[str, Iterable[str]]) -> dict[str, dict[str, int]]:
    """Profiles from texts by language code; a larger share costs less, none more than unseen."""
    profiles = {}
    for code, examples in texts.items():
        counts = Counter(t for text in examples for t in triples(_LATIN.findall(text.casefold())))
        total = counts.total()
        profiles[code] = {
            triple: min(_UNSEEN, round(-10 * math.log(count / total)))
            for triple, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:_COMMONEST]
        }
    return profiles
