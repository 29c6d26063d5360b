"""The one door of triage: a report goes in, what the machine makes of it comes out."""

from collections.abc import Iterable

from ngoma.triage import answers, duplicates, services, urgency
from ngoma.triage.catalogue import Catalogue
from ngoma.triage.interface import Nearby, Past, Reading, Submission
from ngoma.triage.language import identify
from ngoma.triage.privacy import find_private
from ngoma.triage.words import tokens

MODEL = "keywords-1"
"""Which engine speaks; stored with every proposal."""


def read(
    submission: Submission,
    catalogue: Catalogue,
    nearby: Iterable[Nearby] = (),
    past: Iterable[Past] = (),
) -> Reading:
    """Reads one report.

    No text makes it raise; where it understands little, `confident` is false. Words are read up
    to `words.MAX_SCANNED` characters, private parts in all of the text. The same input gives the
    same reading.
    """
    text = tokens(submission.words)
    language = identify(submission.words, submission.language, catalogue.languages)
    guesses, confident = services.guess(submission, text, catalogue)
    return Reading(
        language=language,
        services=guesses,
        confident=confident,
        urgency=urgency.judge(
            submission, text, language, guesses[0] if confident else None, catalogue
        ),
        duplicates=duplicates.find(submission, guesses, nearby, catalogue),
        answers=answers.suggest(submission.words, guesses, past, catalogue),
        private=find_private(submission.words, catalogue.country),
        model=MODEL,
    )
