"""Which service a report belongs to: from the words of the pack, what the reporter chose, and what
was learned from the city's own decisions.
"""

import math
from collections import defaultdict
from collections.abc import Mapping

from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Guess, Reason, Submission
from ngoma.triage.learned import Model
from ngoma.triage.sentences import Vectors
from ngoma.triage.words import Token, tokens

MOST = 5
"""Guesses given at most."""

CEILING = 0.95
"""No probability from keywords is larger."""

_CHOSEN = 1.3
_PHOTO = 0.4
_SHARPNESS = 2.0
_SOMETHING_ELSE = 1.5
_SURE, _MARGIN = 0.6, 0.2
_KNOWN = 0.5
"""Share of the words that a model must have met."""


def guess(
    submission: Submission,
    text: list[Token],
    catalogue: Catalogue,
    model: Model | None = None,
    meaning: Vectors | None = None,
) -> tuple[tuple[Guess, ...], bool]:
    """The services that fit, best first, and whether the first may stand without a second look.

    Without a model keywords alone speak; with one they are one of its sides. Labels of the model
    are ids of services; those that the city no longer has are passed over.
    """
    evidence = _evidence(submission, text, catalogue)
    if model is not None and text:
        return _learned(text, evidence, catalogue, model, meaning)
    odds = {service: _odds(reasons) for service, reasons in evidence.items()}
    total = sum(odds.values()) + _SOMETHING_ELSE
    ranked = sorted(odds, key=lambda service: (-odds[service], service))[:MOST]
    guesses = tuple(
        Guess(service, round(min(CEILING, odds[service] / total), 4), evidence[service])
        for service in ranked
    )
    if not guesses:
        return (), False
    second = guesses[1].probability if len(guesses) > 1 else 0.0
    first = guesses[0].probability
    return guesses, first >= _SURE and first - second >= _MARGIN


def strengths(submission: Submission, catalogue: Catalogue) -> dict[str, float]:
    """How much the keywords of each service say for it, by the label that a model knows it by."""
    return _strengths(_evidence(submission, tokens(submission.words), catalogue))


def _learned(
    text: list[Token],
    evidence: Mapping[int, tuple[Reason, ...]],
    catalogue: Catalogue,
    model: Model,
    meaning: Vectors | None,
) -> tuple[tuple[Guess, ...], bool]:
    margins = model.margins(text, _strengths(evidence), meaning)
    active = {label: margins[label] for label in margins if int(label) in catalogue.by_id}
    if not active:
        return (), False
    ranked = model.rank(active)[:MOST]
    guesses = tuple(
        Guess(int(label), round(chance, 4), _reasons(text, label, model, evidence))
        for label, chance in ranked
    )
    label, chance = ranked[0]
    # Of a text in words that no example had, what was learned says nothing.
    confident = chance >= model.threshold(label) and model.known(text) >= _KNOWN
    return guesses, confident


def _reasons(
    text: list[Token],
    label: str,
    model: Model,
    evidence: Mapping[int, tuple[Reason, ...]],
) -> tuple[Reason, ...]:
    """The keywords that were found, and the words that say most by what was learned."""
    reasons = list(evidence.get(int(label), ()))
    marked = [(reason.start, reason.end) for reason in reasons if reason.start is not None]
    for token, worth in model.telling(text, label):
        if all(token.end <= (start or 0) or token.start >= (end or 0) for start, end in marked):
            weight = round(worth / _SHARPNESS, 3)
            reasons.append(Reason("word", weight, token.text, token.start, token.end))
    return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _odds(reasons: tuple[Reason, ...]) -> float:
    return math.expm1(_SHARPNESS * _strength(reasons))


def _strengths(evidence: Mapping[int, tuple[Reason, ...]]) -> dict[str, float]:
    return {str(service): _strength(reasons) for service, reasons in evidence.items()}


def _strength(reasons: tuple[Reason, ...]) -> float:
    return min(4.0, sum(reason.weight for reason in reasons))


def _evidence(
    submission: Submission, text: list[Token], catalogue: Catalogue
) -> dict[int, tuple[Reason, ...]]:
    """For each service the reasons that speak for it: a word counts once, by its best entry."""
    best: defaultdict[int, dict[tuple[str, ...], Reason]] = defaultdict(dict)
    for hit in catalogue.words_of_services.find(text):
        weight = hit.entry.weight * hit.quality
        reason = Reason("word", weight, hit.entry.phrase, hit.start, hit.end)
        _keep(best[hit.entry.payload], hit.words, reason)
    for hint in submission.photo_hints:
        for hit in catalogue.words_of_services.find(tokens(hint)):
            reason = Reason("photo", hit.entry.weight * _PHOTO, hit.entry.phrase)
            _keep(best[hit.entry.payload], ("", *hit.words), reason)
    if submission.chosen is not None and submission.chosen in catalogue.by_id:
        best[submission.chosen][()] = Reason("chosen", _CHOSEN)
    return {
        service: tuple(sorted(_apart(reasons), key=lambda reason: -reason.weight))
        for service, reasons in best.items()
    }


def _keep(reasons: dict[tuple[str, ...], Reason], words: tuple[str, ...], reason: Reason) -> None:
    if words not in reasons or reasons[words].weight < reason.weight:
        reasons[words] = reason


def _apart(reasons: dict[tuple[str, ...], Reason]) -> list[Reason]:
    """Without the words that a heavier phrase already counted."""
    counted: set[str] = set()
    kept = []
    for words, reason in sorted(reasons.items(), key=lambda item: (-item[1].weight, item[0])):
        if not words or not counted.intersection(words):
            kept.append(reason)
            counted.update(word for word in words if word)
    return kept
