"""How much each ground counts for two reports being of one problem: by hand, or as people decided.

The grounds of `duplicates` are added and made a probability by the logistic function. By hand each
counts once. From decided pairs a factor for each ground and the base are fitted (logistic
regression), and drawn towards those by hand as though `DRAWN` pairs spoke for them, so that few
decisions move little. No factor is below nought: what lies nearer never speaks against.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

GROUNDS = ("place", "time", "word", "service", "photo")
FORMAT = "sameness-1"
DRAWN = 20.0

Grounds = Mapping[str, float]
"""What each ground says, in the units set by hand; what is not there says nothing."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What stands before anything is known, and how often each of `GROUNDS` counts."""

    base: float
    factors: tuple[float, ...]

    def probability(self, grounds: Grounds) -> float:
        """How likely the two are of one problem."""
        told = zip(self.factors, GROUNDS, strict=True)
        score = self.base + sum(factor * grounds.get(ground, 0.0) for factor, ground in told)
        return 1 / (1 + math.exp(-score))

    def to_bytes(self) -> bytes:
        """The weights as a JSON text."""
        about = {"format": FORMAT, "base": self.base, "factors": self.factors}
        return json.dumps(about).encode()


BY_HAND = Weights(-0.8, (1.0,) * len(GROUNDS))


def from_bytes(data: bytes) -> Weights:
    """The weights that `to_bytes` wrote. Raises ValueError for anything else."""
    about = json.loads(data)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ValueError("no weights of sameness")
    return Weights(float(about["base"]), tuple(float(each) for each in about["factors"]))


def fit(pairs: Sequence[tuple[Grounds, bool]]) -> Weights:
    """The weights at which what was decided would have surprised least. Of no pairs those by
    hand."""
    from scipy.optimize import minimize

    told = np.array([[1.0, *(each.get(name, 0.0) for name in GROUNDS)] for each, _ in pairs])
    told = told.reshape(len(pairs), len(GROUNDS) + 1)
    same = np.array([1.0 if one else -1.0 for _, one in pairs])
    start = np.array([BY_HAND.base, *BY_HAND.factors])

    def surprise(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margins = same * (told @ weights)
        apart = weights - start
        slope = -(same / (1 + np.exp(margins))) @ told + DRAWN * apart
        return float(np.logaddexp(0, -margins).sum() + DRAWN / 2 * apart @ apart), slope

    bounds = [(None, None), *[(0.0, None)] * len(GROUNDS)]
    found = minimize(surprise, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return Weights(float(found[0]), tuple(float(each) for each in found[1:]))


def cost(weights: Weights, grounds: Grounds, same: bool) -> float:
    """How much a decision surprises: the negative logarithm of its probability."""
    chance = weights.probability(grounds)
    return -math.log(max(chance if same else 1 - chance, 1e-9))
