"""Whether one reader of texts is better than another, or was only lucky with these texts."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000

ALARM = 0.01
"""How likely any false alarm is among tests that are made together."""

WORTH = 0.05
"""A share that is lower by less than this is nothing to call somebody for."""

Numbers = npt.NDArray[np.int64]


def likely_better(
    truth: Sequence[str], said: Sequence[str | None], before: Sequence[str | None]
) -> float:
    """How likely it is that `said` is better than `before` at other texts of the same kind.

    The share of paired bootstrap resamples of the texts in which the sum of accuracy and macro-F1
    is higher, a tie counted half; 0.5 of no texts. Draws are the same each time.
    """
    if not truth:
        return 0.5
    labels = {label: n for n, label in enumerate(dict.fromkeys([*truth, *said, *before]))}
    told, new, old = (
        np.array([labels[each] for each in column], np.int64) for column in (truth, said, before)
    )
    draw = np.random.default_rng(0)
    wins = 0.0
    for _ in range(RESAMPLES):
        chosen = draw.integers(len(told), size=len(told))
        gain = _quality(told[chosen], new[chosen]) - _quality(told[chosen], old[chosen])
        wins += 0.5 if abs(gain) < 1e-12 else float(gain > 0)
    return wins / RESAMPLES


def likely_cheaper(costs: Sequence[float], before: Sequence[float]) -> float:
    """How likely it is that what costs so much, text by text, costs less than what was there before
    at other texts of the same kind: the share of paired bootstrap resamples, a tie counted half."""
    if not costs:
        return 0.5
    gain = np.array(before, np.float64) - np.array(costs, np.float64)
    chosen = np.random.default_rng(0).integers(len(gain), size=(RESAMPLES, len(gain)))
    sums = gain[chosen].sum(axis=1)
    return float(((sums > 1e-9) + 0.5 * (np.abs(sums) <= 1e-9)).mean())


def lower(right: int, of: int, before: int, of_before: int, *, tests: int) -> bool:
    """Whether a share is lower than another by more than chance and by `WORTH` at least.

    `tests` are made together: the chance that any of them is wrong is `ALARM` at most (one-sided
    test of two proportions, with the correction of Bonferroni).
    """
    share, share_before = right / of, before / of_before
    if share_before - share < WORTH:
        return False
    together = (right + before) / (of + of_before)
    spread = math.sqrt(together * (1 - together) * (1 / of + 1 / of_before))
    return (share_before - share) / spread > NormalDist().inv_cdf(1 - ALARM / tests)


def _quality(truth: Numbers, said: Numbers) -> float:
    """Accuracy and macro-F1 over the labels that are true of a text, added."""
    most = int(max(truth.max(), said.max())) + 1
    true, proposed = np.bincount(truth, minlength=most), np.bincount(said, minlength=most)
    right = np.bincount(truth[truth == said], minlength=most)
    there = true > 0
    f1 = 2 * right[there] / (true[there] + proposed[there])
    return float((truth == said).mean() + f1.mean())
