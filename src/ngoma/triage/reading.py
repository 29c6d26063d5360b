"""The one door of triage: a report goes in, what the machine makes of it comes out."""

from collections.abc import Iterable

from ngoma.triage import answers, duplicates, sentences, services, urgency
from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Nearby, Past, Reading, Submission
from ngoma.triage.language import by_sentence, identify
from ngoma.triage.learned import Model
from ngoma.triage.privacy import find_private
from ngoma.triage.sameness import BY_HAND, Weights
from ngoma.triage.words import MAX_SCANNED, tokens

MODEL = "keywords-1"
"""Which engine speaks where nothing was learned; stored with every proposal."""


def read(
    submission: Submission,
    catalogue: Catalogue,
    nearby: Iterable[Nearby] = (),
    past: Iterable[Past] = (),
    model: Model | None = None,
    danger: Model | None = None,
    *,
    sameness: Weights = BY_HAND,
    deep: bool = False,
) -> Reading:
    """Reads one report, with what was learned of services (`model`), of `danger` and of `sameness`.

    With `deep` its meaning is read too where a model knows what to do with that: better, but
    some fifty milliseconds instead of one.

    No text makes it raise; where it understands little, `confident` is false. Words are read up
    to `words.MAX_SCANNED` characters, private parts in all of the text. The same input gives the
    same reading.
    """
    text = tokens(submission.words)
    language = identify(submission.words, submission.language, catalogue.languages)
    spoken = by_sentence(submission.words[:MAX_SCANNED], submission.language, catalogue.languages)
    learned = [each for each in (model, danger) if each is not None and each.meaning is not None]
    deep = deep and bool(learned) and bool(text) and sentences.available()
    meaning = sentences.embed([submission.words])[0] if deep else None
    guesses, confident = services.guess(submission, text, catalogue, model, meaning)
    return Reading(
        language=language,
        services=guesses,
        confident=confident,
        urgency=urgency.judge(
            submission,
            text,
            [part.language for part in spoken],
            guesses[0] if confident else None,
            catalogue,
            danger,
            meaning,
        ),
        duplicates=duplicates.find(submission, guesses, nearby, catalogue, sameness),
        answers=answers.suggest(submission.words, guesses, past, catalogue),
        private=find_private(submission.words, catalogue.country),
        spoken=spoken,
        model=model.name if model else MODEL,
    )
