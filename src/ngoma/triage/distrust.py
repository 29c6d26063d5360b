"""What a machine elsewhere wrote, made fit to be a draft; nothing of it is believed.

It was given sentences of a draft and perhaps words of a resident, which may have told it to say
anything. So what stands in none of the sentences that it names is no fact: numbers and addresses
become blanks again, a blank that it filled is put back, and a sentence of its own begins with a
blank, so that it cannot be sent before a person has looked at it.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ngoma.base.blanks import blank, blanks, without_blanks
from ngoma.base.characters import clean
from ngoma.base.syllables import pairs
from ngoma.triage.drafting import Draft, Sentence, What, facts
from ngoma.triage.privacy import find_private

MOST_SENTENCES, LONGEST = 20, 600
"""Of what a machine says, in characters of a sentence."""

_OWN = 1 / 3
"""The share of terms that none of the sources has, from which on a sentence is the machine's."""
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\s\[\]]+")

Said = tuple[str, Sequence[int]]
"""A sentence, and which sentences of the draft it is said to be made of, counted from 1."""


def redrafted(
    draft: Draft, said: Sequence[Said], *, country: str, labels: Mapping[What, str], check: str
) -> Draft:
    """The draft in the machine's words, as far as they are those of the draft.

    `check` is what a blank says that stands before a sentence of the machine's own.
    """
    sentences: list[Sentence] = []
    for text, numbers in said[:MOST_SENTENCES]:
        cited = [draft.sentences[n - 1] for n in numbers if 1 <= n <= len(draft.sentences)]
        sentences += _sentence(_line(text), cited, country, labels, check)
    return Draft(tuple(dict.fromkeys(sentences)))


def retold(said: str, original: str, *, country: str, labels: Mapping[What, str]) -> str:
    """A translation of `original`, with blanks for what it states and the original does not; empty
    where it is too long to be one, or has lost a blank."""
    text = clean(said)
    if len(text) > 3 * len(original) + 200 or len(blanks(text)) < len(blanks(original)):
        return ""
    text = private_blanked(text, country, labels, known=original)
    return _without_new(text, original, _digits, labels["number"])


def private_blanked(text: str, country: str, labels: Mapping[What, str], *, known: str = "") -> str:
    """The text with blanks for what leads to a person, as it may leave the house; what `known`
    says stays."""
    pieces, at = [], 0
    for span in find_private(text, country):
        if text[span.start : span.end] not in known:
            what: What = "name" if span.kind == "name" else "number"
            pieces += [text[at : span.start], blank(labels[what])]
            at = span.end
    return "".join([*pieces, text[at:]])


def _sentence(
    text: str,
    cited: Sequence[Sentence],
    country: str,
    labels: Mapping[What, str],
    check: str,
) -> list[Sentence]:
    material = " ".join(each.text for each in cited)
    if Counter(blanks(material)) - Counter(blanks(text)):
        return list(cited)
    text = private_blanked(text, country, labels, known=material)
    text = _without_new(text, material, facts, labels["number"])
    if not without_blanks(text).strip():
        return []
    terms, known = set(pairs(without_blanks(text))), set(pairs(material))
    if cited and len(terms - known) <= _OWN * len(terms):
        return [Sentence(text, cited[0].source)]
    return [Sentence(f"{blank(check)} {text}", None)]


def _line(text: str) -> str:
    return _SPACE.sub(" ", clean(text))[:LONGEST]


def _without_new(text: str, known: str, stated: Callable[[str], set[str]], label: str) -> str:
    """The text with blanks for words that state what is not `stated` in what is known."""
    facts_known = stated(known)
    for found in reversed(list(_WORD.finditer(text))):
        if stated(found.group()) - facts_known:
            text = f"{text[: found.start()]}{blank(label)}{text[found.end() :]}"
    return text


def _digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))
