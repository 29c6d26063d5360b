"""What is learned from decisions: the service, and the danger.

For each, what the examples are, what a model is tuned for, and what makes one better than another.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ngoma.records.models import Learned, Urgency
from ngoma.triage import danger, services
from ngoma.triage.catalogue import Catalogue
from ngoma.triage.comparing import likely_better, likely_cheaper
from ngoma.triage.evaluate import (
    Prediction,
    Ranked,
    accuracy,
    expected_calibration_error,
    macro_f1,
    top,
)
from ngoma.triage.interface import Level, Submission
from ngoma.triage.learned import Model
from ngoma.triage.reading import read
from ngoma.triage.training import RIGHT, Aim, Example
from ngoma.triage.words import tokens

ENOUGH_DANGERS = 20
"""Dangerous reports below which nothing is learned of danger."""

LEVELS: Mapping[int, Level] = {Urgency.NO: "no", Urgency.SOON: "soon", Urgency.NOW: "now"}


class Decided(msgspec.Struct, frozen=True):
    """A report as it came, and what a person decided on."""

    submission: Submission
    service_id: int
    urgency: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn.

    `label` is the truth of an example and `evidence` what the pack's words say for labels; `enough`
    tells from the labels whether anything can be learned; `say` is what is proposed, best first,
    with a model or without; `better` how likely the first predictions are better than the second;
    `figures` are shown of them, those of `gains` first, by name.
    """

    task: Learned.Task
    label: Callable[[Decided], str]
    evidence: Callable[[Submission, Catalogue], Mapping[str, float]]
    aim: Aim
    enough: Callable[[Sequence[str]], bool]
    say: Callable[[Submission, Catalogue, Model | None], Ranked]
    better: Callable[[Sequence[Prediction], Sequence[Prediction]], float]
    figures: Callable[[Sequence[Prediction]], dict[str, float]]
    gains: Mapping[str, str]

    def example(self, each: Decided, city: Catalogue) -> Example:
        """A decision as an example."""
        evidence = self.evidence(each.submission, city)
        return Example(each.submission.words, self.label(each), evidence)

    def predict(self, each: Decided, city: Catalogue, model: Model | None) -> Prediction:
        """How a decided report would be read."""
        return Prediction(self.label(each), self.say(each.submission, city, model))


def _services(submission: Submission, city: Catalogue, model: Model | None) -> Ranked:
    guesses = read(submission, city, model=model, deep=True).services
    return tuple((str(guess.service_id), guess.probability) for guess in guesses)


def _level(submission: Submission, city: Catalogue, model: Model | None) -> Ranked:
    urgency = read(submission, city, danger=model, deep=True).urgency
    return ((urgency.level, urgency.probability),)


def _more_right(after: Sequence[Prediction], before: Sequence[Prediction]) -> float:
    truth = [each.truth for each in after]
    return likely_better(truth, [each.label for each in after], [each.label for each in before])


def _cheaper(after: Sequence[Prediction], before: Sequence[Prediction]) -> float:
    return likely_cheaper([_cost(each) for each in after], [_cost(each) for each in before])


def _cost(each: Prediction) -> float:
    return danger.cost(each.truth, each.label or "no")


def _rightness(predictions: Sequence[Prediction]) -> dict[str, float]:
    return {
        "accuracy": round(accuracy(predictions), 4),
        "macro_f1": round(macro_f1(predictions), 4),
        "top_3": round(top(predictions, 3), 4),
        "ece": round(expected_calibration_error(predictions), 4),
    }


def _safety(predictions: Sequence[Prediction]) -> dict[str, float]:
    """The share of dangers that were seen, of calm reports that were called dangerous, and what
    both cost on the mean of a report."""
    dangers = [each.label != "no" for each in predictions if each.truth != "no"]
    calm = [each.label != "no" for each in predictions if each.truth == "no"]
    return {
        "recall": round(sum(dangers) / max(len(dangers), 1), 4),
        "alarms": round(sum(calm) / max(len(calm), 1), 4),
        "cost": round(sum(map(_cost, predictions)) / max(len(predictions), 1), 4),
    }


SERVICE = Lesson(
    task=Learned.Task.SERVICE,
    label=lambda each: str(each.service_id),
    evidence=services.strengths,
    aim=RIGHT,
    enough=lambda labels: len(set(labels)) > 1,
    say=_services,
    better=_more_right,
    figures=_rightness,
    gains={"right": "accuracy", "macro-F1": "macro_f1"},
)
DANGER = Lesson(
    task=Learned.Task.URGENCY,
    label=lambda each: LEVELS[each.urgency],
    evidence=lambda submission, city: danger.strengths(tokens(submission.words), city),
    aim=danger.SAFE,
    enough=lambda labels: Counter(labels)["no"] <= len(labels) - ENOUGH_DANGERS and "no" in labels,
    say=_level,
    better=_cheaper,
    figures=_safety,
    gains={"dangers seen": "recall", "false alarms": "alarms", "cost": "cost"},
)
LESSONS = (SERVICE, DANGER)
