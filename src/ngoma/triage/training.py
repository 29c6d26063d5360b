"""Learning from examples: texts and the labels that people gave them.

The words, letters and meaning of texts are each fitted by a linear support vector machine in which
a rare label counts as much as a common one; what keywords say needs no fitting. How much each of
these sides is worth, and how sure their sum is, is learned from texts that were held out.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ngoma.triage import grams, sentences
from ngoma.triage.grams import Grams
from ngoma.triage.learned import Floats, Model, Numbers, centred, chance
from ngoma.triage.sentences import Vectors
from ngoma.triage.words import tokens

FOLDS = 5
FEW = 20_000
"""Up to so many examples every one is held out once; of more, every tenth."""

MEANING_PAYS = 4_000
"""Above so many examples words and letters know what the meaning would tell."""

SURE = 0.9
"""Precision, among what was held out, at which a label may stand without a second look."""

_NEVER_SEEN = -1.5
"""The margin of a label that no example had: below that of most which were told apart."""

_ENOUGH = 20
"""Times a label was proposed, so that a threshold of its own means something."""

Split = tuple[Numbers, Numbers]


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its label, and how much keywords say for this and other labels.

    Examples are given oldest first.
    """

    text: str
    label: str
    evidence: Mapping[str, float] = field(default_factory=dict)


class Side(NamedTuple):
    """What the examples look like from one side, a row each: dense or sparse."""

    values: Any
    softness: float


class Aim(NamedTuple):
    """What a model is tuned for.

    `softness`: how hard words and letters are fitted; `favours`: how much rare labels may be
    favoured; `bars`: from which probability on each label stands, by the chances that held out
    examples (a row each) were given, the priors, the favour, and the truth (columns of labels).
    """

    softness: float
    favours: Sequence[float]
    bars: Callable[[Floats, Floats, float, Numbers, Sequence[str]], Floats]


def meanings(texts: Sequence[str]) -> Vectors | None:
    """The meaning of each text; None where it would not pay or cannot be read here."""
    if len(texts) > MEANING_PAYS or not sentences.available():
        return None
    return sentences.embed(texts)


def train(
    examples: Sequence[Example],
    meaning: Vectors | None = None,
    *,
    name: str = "learned",
    aim: Aim | None = None,
) -> Model:
    """A model of the examples; `meaning` has a row for each of them if it is to be a side. Without
    an `aim` it is to be right as often as can be.

    The same examples give the same model. Raises ValueError if fewer than two labels are there.
    """
    aim = aim or RIGHT
    labels = sorted({example.label for example in examples})
    if len(labels) < 2:
        raise ValueError("there must be examples of two labels at least")
    truth = np.searchsorted(labels, [example.label for example in examples])
    counted = [grams.count(tokens(example.text)) for example in examples]
    rarity = grams.rarity(counted)
    rows = _rows(counted)
    words, letters = _letters([grams.weigh(each, rarity) for each in counted], rows)
    sides = [Side(words, aim.softness), Side(letters, aim.softness)]
    centre = np.empty(0, np.float32)
    if meaning is not None:
        centre = meaning.mean(axis=0)
        sides.append(Side(centred(meaning, centre), 4.0))
    held, margins = _held_out(sides, truth, len(labels))
    margins.insert(2, _keywords([examples[each] for each in held], labels))
    mix, mix_alone = _mix(margins, truth[held]), _mix(margins[:3], truth[held])
    prior = (np.bincount(truth, minlength=len(labels)) / len(truth)).astype(np.float32)
    chances = chance(_sum(margins, mix))
    favour = _favour(chances, prior, truth[held], aim.favours)
    fitted = [_fit(side, truth, len(labels)) for side in sides]
    return Model(
        name=name,
        labels=tuple(labels),
        rarity=rarity,
        rows=rows,
        weights=np.vstack([fitted[0][0], fitted[1][0]]).astype(np.float16),
        meaning=fitted[2][0] if meaning is not None else None,
        centre=centre,
        offsets=np.vstack([offset for _, offset in fitted]),
        mix=mix,
        mix_alone=mix_alone,
        prior=prior,
        favour=favour,
        thresholds=aim.bars(chances, prior, favour, truth[held], labels),
    )


def _keywords(examples: Sequence[Example], labels: Sequence[str]) -> Floats:
    """What the keywords say, a row an example."""
    column = {label: number for number, label in enumerate(labels)}
    found = np.zeros((len(examples), len(labels)), np.float32)
    for row, example in enumerate(examples):
        for label, strength in example.evidence.items():
            if label in column:
                found[row, column[label]] = strength
    return found


def _rows(counted: Sequence[Grams]) -> npt.NDArray[np.int32]:
    """A row for each bucket that an example has; of very many examples, that two have."""
    having = np.zeros(grams.BUCKETS, np.int64)
    for each in counted:
        having[each.buckets] += 1
    used = having >= (2 if len(counted) > FEW else 1)
    rows = np.full(grams.BUCKETS, -1, np.int32)
    rows[used] = np.arange(used.sum())
    return rows


def _letters(weighed: Sequence[Grams], rows: npt.NDArray[np.int32]) -> tuple[Any, Any]:
    """Sparse matrices of the words and of the runs of letters, a row an example."""
    from scipy.sparse import csr_matrix

    kept = [rows[each.buckets] >= 0 for each in weighed]
    ends = np.cumsum([0, *(mask.sum() for mask in kept)])
    columns = np.concatenate([rows[g.buckets[mask]] for g, mask in zip(weighed, kept, strict=True)])
    values = np.concatenate([g.values[mask] for g, mask in zip(weighed, kept, strict=True)])
    both = csr_matrix((values, columns, ends), shape=(len(weighed), int(rows.max()) + 1))
    first = int((rows[: grams.HALF] >= 0).sum())
    return both[:, :first], both[:, first:]


def _fit(side: Side, truth: Numbers, labels: int) -> tuple[Floats, Floats]:
    """Weights (a column a label) and offsets of a machine that tells each label from the rest."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=side.softness, class_weight="balanced", random_state=0)
    machine.fit(side.values, truth)
    told, bias = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # one machine tells them apart
        told, bias = np.vstack([-told, told]), np.concatenate([-bias, bias])
    weights = np.zeros((side.values.shape[1], labels), np.float32)
    offset = np.full(labels, _NEVER_SEEN, np.float32)
    weights[:, machine.classes_] = told.T
    offset[machine.classes_] = bias
    return weights, offset


def _held_out(sides: Sequence[Side], truth: Numbers, labels: int) -> tuple[Numbers, list[Floats]]:
    """Examples, and the margins that sides which were not fitted on them give them."""
    splits = _splits(truth)
    margins = [[_margins(side, truth, labels, split) for split in splits] for side in sides]
    return np.concatenate([held for _, held in splits]), [np.vstack(each) for each in margins]


def _margins(side: Side, truth: Numbers, labels: int, split: Split) -> Floats:
    rest, held = split
    weights, offset = _fit(Side(side.values[rest], side.softness), truth[rest], labels)
    margins: Floats = side.values[held] @ weights + offset
    return margins


def _splits(truth: Numbers) -> list[Split]:
    """Which examples to fit on and which to hold out; every label is spread over the folds."""
    everything = np.arange(len(truth))
    if len(truth) > FEW:
        held = everything % 10 == 9
        return [(everything[~held], everything[held])]
    order = np.random.default_rng(0).permutation(len(truth))
    fold = np.empty(len(truth), np.int64)
    place: Counter[int] = Counter()
    for each in order:
        fold[each] = place[truth[each]] % FOLDS
        place[truth[each]] += 1
    folds = [fold == number for number in range(FOLDS)]
    return [(everything[~held], everything[held]) for held in folds if held.any()]


def _mix(sides: Sequence[Floats], truth: Numbers) -> Floats:
    """The weights of the sides at which the truth would have surprised least."""
    from scipy.optimize import minimize

    stacked = np.stack([side.astype(np.float64) for side in sides])
    told = stacked[:, np.arange(len(truth)), truth]

    def surprise(mix: Any) -> tuple[float, Any]:
        """The mean negative logarithm of the truth's probability, and its slope."""
        chances = chance(np.tensordot(mix, stacked, 1))
        expected = (stacked * chances).sum(axis=2)
        logs = np.log(chances[np.arange(len(truth)), truth] + 1e-12)
        return -float(logs.mean()), (expected - told).mean(axis=1)

    # Convex in the weights, so where it comes to rest it is least.
    start = np.ones(len(sides))
    found = minimize(surprise, start, jac=True, bounds=[(0.0, 50.0)] * len(sides))
    return np.asarray(found.x, np.float32)


def _sum(sides: Sequence[Floats], mix: Floats) -> Floats:
    total = np.zeros_like(sides[0])
    for side, weight in zip(sides, mix, strict=True):
        total += weight * side
    return total


def _favour(chances: Floats, prior: Floats, truth: Numbers, favours: Sequence[float]) -> float:
    """How much to favour rare labels, so that as many as possible are right: of all texts and, on
    the mean, of each label."""

    def good(favour: float) -> float:
        said = np.argmax(chances / prior**favour, axis=1)
        right = np.bincount(truth[said == truth], minlength=len(prior))
        both = np.bincount(truth, minlength=len(prior)) + np.bincount(said, minlength=len(prior))
        return float((said == truth).mean() + (2 * right / np.maximum(both, 1)).mean())

    return max(favours, key=good)


def _thresholds(
    chances: Floats, prior: Floats, favour: float, truth: Numbers, _labels: Sequence[str]
) -> Floats:
    """For each label the least probability from which on enough of what was held out was right."""
    said = np.argmax(chances / prior**favour, axis=1)
    sure = chances[np.arange(len(said)), said]
    right = said == truth
    overall = _threshold(sure, right)
    found = [_threshold(sure[said == label], right[said == label]) for label in range(len(prior))]
    often = np.bincount(said, minlength=len(prior)) >= _ENOUGH
    return np.where(often, np.maximum(found, overall / 2), max(overall, SURE)).astype(np.float32)


def _threshold(sure: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The least probability at and above which `SURE` of the texts are right; 1 if none is.

    Where all held out were surer than `SURE` and right, nothing speaks against that itself.
    """
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= SURE)
    found = float(sure[order][enough[-1]]) if len(enough) else 1.0
    above = right[sure >= SURE]
    return min(found, SURE) if len(above) and above.mean() >= SURE else found


RIGHT = Aim(softness=1.0, favours=(0.0, 0.2, 0.4), bars=_thresholds)
