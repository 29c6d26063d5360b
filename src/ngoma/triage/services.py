"""Which service a report belongs to, from the words of the pack and what the reporter chose."""

import math
from collections import defaultdict

from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Guess, Reason, Submission
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


def guess(
    submission: Submission, text: list[Token], catalogue: Catalogue
) -> tuple[tuple[Guess, ...], bool]:
    """The services that fit, best first, and whether the first may stand without a second look."""
    evidence = _evidence(submission, text, catalogue)
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


def _odds(reasons: tuple[Reason, ...]) -> float:
    return math.expm1(_SHARPNESS * min(4.0, sum(reason.weight for reason in reasons)))


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
