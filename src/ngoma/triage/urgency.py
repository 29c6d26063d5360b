"""Whether a report speaks of danger to life and limb.

The pack's words are a floor: any of them raises the level, in whatever language the rest is
written, and nothing lowers it again, not even a negation ("no fire any more"): a missed danger
costs far more than a false alarm. What was learned from decisions (`danger`) can only raise it.
What may become dangerous of itself, a flooded road or ice, is dangerous now where it bursts: the
weather does that to many at once.
"""

from collections.abc import Sequence

from ngoma.triage import danger
from ngoma.triage.catalogue import LEVELS, Catalogue
from ngoma.triage.interface import Guess, Language, Level, Reason, Submission, Urgency
from ngoma.triage.learned import Model
from ngoma.triage.sentences import Vectors
from ngoma.triage.words import Token, tokens

_SEVERAL = 0.85
_ONE = 0.7
_BY_SERVICE = 0.6
_CALM = 0.9
_CALM_UNREAD = 0.6
_UNDERSTOOD = 0.5


def judge(
    submission: Submission,
    text: list[Token],
    languages: Sequence[Language],
    service: Guess | None,
    catalogue: Catalogue,
    model: Model | None = None,
    meaning: Vectors | None = None,
) -> Urgency:
    """The highest level that any word, photo, answer, the service itself, or what was learned
    speaks for. `languages` are those of the words: calm is sure only where all are understood."""
    found = _floor(submission, text, languages, service, catalogue)
    if model is None or not text or found.level == LEVELS[0]:
        return found
    level, chance = danger.raised(model, text, catalogue, meaning)
    if level == "no" or level == found.level:
        return found
    words = [
        Reason("word", round(worth, 3), token.text, token.start, token.end)
        for token, worth in model.telling(text, level)
    ]
    return Urgency(level, round(chance, 4), (*found.reasons, *words))


def _floor(
    submission: Submission,
    text: list[Token],
    languages: Sequence[Language],
    service: Guess | None,
    catalogue: Catalogue,
) -> Urgency:
    reasons = _reasons(submission, text, service, catalogue)
    for level in LEVELS:
        found = tuple(reasons[level])
        if found:
            return Urgency(level, _probability(found), found)
    understood = all(
        each.code in catalogue.languages and each.confidence >= _UNDERSTOOD for each in languages
    )
    return Urgency("no", _CALM if languages and understood else _CALM_UNREAD, ())


def _probability(reasons: tuple[Reason, ...]) -> float:
    if all(reason.kind in ("service", "burst") for reason in reasons):
        return _BY_SERVICE
    return _SEVERAL if len(reasons) > 1 else _ONE


def _reasons(
    submission: Submission, text: list[Token], service: Guess | None, catalogue: Catalogue
) -> dict[Level, list[Reason]]:
    reasons: dict[Level, list[Reason]] = {level: [] for level in LEVELS}
    for hit in catalogue.words_of_danger.find(text):
        reason = Reason("word", hit.quality, hit.entry.phrase, hit.start, hit.end)
        reasons[LEVELS[hit.entry.payload]].append(reason)
    for code, value in submission.answers.items():
        for hit in catalogue.words_of_danger.find(tokens(value) if isinstance(value, str) else []):
            reasons[LEVELS[hit.entry.payload]].append(Reason("answer", 1.0, code))
    for hint in submission.photo_hints:
        for hit in catalogue.words_of_danger.find(tokens(hint)):
            reasons[LEVELS[hit.entry.payload]].append(Reason("photo", 1.0, hit.entry.phrase))
    if service is not None:
        known = catalogue.by_id[service.service_id]
        if known.urgency != "no":
            reason = Reason("service", service.probability, known.code)
            reasons[known.urgency].append(reason)
        if known.urgency == "soon" and known.id in submission.bursting:
            reasons["now"].append(Reason("burst", service.probability, known.code))
    return reasons
