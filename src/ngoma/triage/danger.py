"""Danger as it was learned: hardly any is missed, within what people can look at.

A missed danger costs as much as fifty false alarms; so a level is raised from a small probability
on, but of calm reports no more than a set share. What was learned only ever raises: the words of
the pack are a floor below it.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ngoma.triage.catalogue import LEVELS, Catalogue
from ngoma.triage.interface import Level
from ngoma.triage.learned import Floats, Model, Numbers
from ngoma.triage.sentences import Vectors
from ngoma.triage.training import Aim
from ngoma.triage.words import Token

COSTS: Mapping[tuple[str, str], float] = {
    ("now", "no"): 50, ("now", "soon"): 10, ("soon", "no"): 10,
    ("soon", "now"): 1, ("no", "soon"): 1, ("no", "now"): 2,
}  # fmt: skip
"""What it costs to say the second of what is the first, in looks of a person that were needless."""

MISSED = 50.0

MOST: Mapping[Level, float] = {"now": 0.05, "soon": 0.2}
"""The share of reports of lower levels that may be raised: a "now" rings at the desk."""

_NEVER = 2.0  # above every probability


def cost(truth: str, said: str) -> float:
    """What it costs to say one level where another is true."""
    return COSTS.get((truth, said), 0.0)


def bars(
    chances: Floats, prior: Floats, favour: float, truth: Numbers, labels: Sequence[str]
) -> Floats:
    """For each level the probability, of it or of a worse one, from which on it is raised."""
    found = np.full(len(labels), _NEVER, np.float32)
    worse = np.zeros(len(truth), np.float32)
    so = np.zeros(len(truth), bool)
    for level in LEVELS:
        if level not in labels:
            continue
        column = labels.index(level)
        worse = worse + chances[:, column]
        so |= truth == column
        enough = np.quantile(worse[~so], 1 - MOST[level]) if not so.all() else 0.0
        found[column] = max(_cheapest(worse, so), float(enough))
    return found


def _cheapest(chances: Floats, so: "np.typing.NDArray[np.bool_]") -> float:
    """The bar at which misses and false alarms together cost least."""
    order = np.argsort(-chances, kind="stable")
    missed = so.sum() - np.cumsum(so[order])
    false = np.cumsum(~so[order])
    return float(chances[order][int(np.argmin(MISSED * missed + false))])


SAFE = Aim(softness=0.1, favours=(0.0,), bars=bars)
"""Few labels, given by many people who do not always agree: a soft fit, and no rare one favoured
but by the bars."""


def strengths(text: Sequence[Token], catalogue: Catalogue) -> dict[str, float]:
    """How much the words of danger say for each level."""
    found: dict[str, float] = {}
    for hit in catalogue.words_of_danger.find(list(text)):
        level = LEVELS[hit.entry.payload]
        found[level] = found.get(level, 0.0) + hit.quality
    return found


def raised(
    model: Model, text: Sequence[Token], catalogue: Catalogue, meaning: Vectors | None
) -> tuple[Level, float]:
    """The level that what was learned speaks for, and how probable it is or a worse one."""
    margins = model.margins(text, strengths(text, catalogue), meaning)
    chances = dict(model.rank(margins))
    worse = 0.0
    for level in LEVELS:
        worse += chances.get(level, 0.0)
        if level in model.labels and worse >= model.threshold(level):
            return level, worse
    return "no", chances.get("no", 0.0)
