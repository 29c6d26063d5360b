"""How well the language of a sentence is told, alone and beside a sentence of another language."""

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random

import msgspec
from babel.messages.pofile import read_po
from tests.triage.romanised import romanised

from ngoma.triage.cutting import cut
from ngoma.triage.language import by_sentence, identify

LANGUAGES = ("en", "ko", "lg", "sw", "de", "et", "fr", "es", "th", "zh")
SHORT = 40
"""Characters of a sentence that is short."""
MIXED = 300
"""Pairs of sentences of each two languages."""

_SIB = {
    "en": "eng_Latn", "ko": "kor_Hang", "lg": "lug_Latn", "sw": "swh_Latn",
    "de": "deu_Latn", "et": "est_Latn",
}  # fmt: skip
_INJONGO = {"en": "eng", "lg": "lug", "sw": "swa"}
_DJANGO = {"de": "de", "et": "et", "fr": "fr", "es": "es", "th": "th", "zh": "zh_Hans"}
_FIELD = re.compile(r"%\(\w+\)\w|%\w|\{\w*\}|[“”\"‘’«»]")
_OTHER = re.compile(r"[A-Za-z]{3}")


class Told(msgspec.Struct):
    """A set of sentences of one language: the share told rightly, of all and of short ones."""

    name: str
    language: str
    sentences: int
    right: float
    short: int
    right_short: float


class Mixed(msgspec.Struct):
    """Two sentences after each other: the share of pairs of which both were told and parted."""

    languages: str
    pairs: int
    right: float


def measure(texts: Path) -> tuple[list[Told], list[Mixed]]:
    """The sets one by one, and pairs of sentences that people mix, drawn by lot."""
    sets = [(name, code, list(said)) for name, code, said in _sets(texts)]
    told = [_told(name, code, said) for name, code, said in sets]
    by_code: dict[str, list[str]] = {}
    for _, code, said in sets:
        by_code.setdefault(code, said)
    pairs = [("en", "lg"), ("en", "sw"), ("lg", "sw"), ("en", "ko"), ("de", "et"), ("fr", "es")]
    return told, [_mixed(one, other, by_code[one], by_code[other]) for one, other in pairs]


def _sets(texts: Path) -> Iterator[tuple[str, str, Sequence[str]]]:
    for code, name in _DJANGO.items():
        yield "messages of Django", code, _messages(name)
    for code, name in _INJONGO.items():
        rows = _rows(texts / f"{name}_injongo.jsonl")
        yield "requests (injongo, test)", code, [r["text"] for r in rows if r["split"] == "test"]
    for code, name in _SIB.items():
        yield "encyclopaedia (sib)", code, [r["text"] for r in _rows(texts / f"sib_{name}.jsonl")]
    petitions = [r["text"] for r in _rows(texts / "ko_bluehouse.jsonl")][:200]
    yield "Korean in Latin letters, by rule (petitions)", "ko", [romanised(t) for t in petitions]
    for city in ("kampala", "seoul"):
        reports = _rows(Path(str(files("ngoma") / "packs" / city / "demo.jsonl")))
        for code in sorted({row["language"] for row in reports}):
            said = [row["words"] for row in reports if row["language"] == code]
            yield f"reports of the {city} pack", code, said


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _messages(language: str) -> list[str]:
    """What Django itself says in a language, without fields; in Thai and Chinese, without
    sentences that have an English word."""
    path = Path(str(files("django"))) / "conf" / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    said = [each.string for each in catalogue if each.id and isinstance(each.string, str)]
    plain = [_FIELD.sub("", text) for text in said]
    latin = language not in ("th", "zh_Hans")
    return [text for text in plain if len(text) >= 15 and (latin or not _OTHER.search(text))]


def _told(name: str, code: str, said: Sequence[str]) -> Told:
    sentences = [each for text in said for each in cut(text)]
    right = [identify(each, None, LANGUAGES).code == code for each in sentences]
    short = [good for each, good in zip(sentences, right, strict=True) if len(each) <= SHORT]
    mean = sum(short) / len(short) if short else 0.0
    return Told(name, code, len(right), sum(right) / len(right), len(short), mean)


def _mixed(one: str, other: str, first: Sequence[str], second: Sequence[str]) -> Mixed:
    lot = Random(0)
    sentences = [[each for text in said for each in cut(text)] for said in (first, second)]
    right = 0
    for _ in range(MIXED):
        pair = [lot.choice(sentences[0]), lot.choice(sentences[1])]
        said = pair[0].rstrip() + ("" if pair[0].endswith((".", "!", "?")) else ".") + " " + pair[1]
        found = by_sentence(said, None, LANGUAGES)
        right += [part.language.code for part in found] == [one, other]
    return Mixed(f"{one} + {other}", MIXED, right / MIXED)
