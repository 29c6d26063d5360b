"""What was tried to see more dangers, beside what the product does: none of it is in the product.

All of it looks at the four fifths alone that Ngoma learns from, in three folds.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np

from bench.danger import RISKIEST, SET
from bench.triage import fifth, rows


class Tried(msgspec.Struct):
    """Of one way: the share of dangers among the riskiest texts, and average precision."""

    name: str
    riskiest: float
    precision: float


Reader = Callable[["Fold"], Any]


class Fold:
    """Texts to learn from and texts that are asked, as words and letters; `orig` as they were
    written, in whatever language."""

    def __init__(self, known: list[dict[str, Any]], learned: Any, asked: Any) -> None:
        self.texts, self.asked_texts = _both(known, "text", learned, asked)
        self.orig, self.asked_orig = _both(known, "orig", learned, asked)
        self.truth = np.array([known[n]["label"] == "danger" for n in learned])
        self.asked_truth = np.array([known[n]["label"] == "danger" for n in asked])
        self.known, self.asked = _counted(self.texts, self.asked_texts)


def measure(texts: Path) -> list[Tried]:
    """The mean of three folds for each way."""
    from sklearn.model_selection import StratifiedKFold

    every = rows(texts / f"{SET}.jsonl")
    known, _ = fifth(Random(0).sample(every, len(every)))
    labels = [row["label"] for row in known]
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in _WAYS}
    for learned, asked in StratifiedKFold(3, shuffle=True, random_state=0).split(labels, labels):
        fold = Fold(known, learned, asked)
        for name, way in _WAYS.items():
            figures[name].append(_figures(fold.asked_truth, way(fold)))
    return [Tried(name, *np.mean(each, axis=0)) for name, each in figures.items()]


def _figures(truth: Any, risk: Any) -> tuple[float, float]:
    from sklearn.metrics import average_precision_score

    first = np.argsort(-risk, kind="stable")[: round(RISKIEST * len(risk))]
    return truth[first].sum() / truth.sum(), average_precision_score(truth, risk)


def _both(known: list[dict[str, Any]], field: str, *parts: Any) -> Iterator[list[str]]:
    return ([known[n].get(field) or "" for n in part] for part in parts)


def _counted(learned: list[str], asked: list[str], least: int = 1) -> tuple[Any, Any]:
    """Words that `least` texts have, and runs of letters that one more has."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    both = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=least),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=least + 1
        ),
    )
    return both.fit_transform(learned), both.transform(asked)


def _regression(known: Any, truth: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    machine = LogisticRegression(C=0.5, class_weight="balanced", solver="liblinear")
    return machine.fit(known, truth)


def _by_regression(fold: Fold) -> Any:
    return _regression(fold.known, fold.truth).decision_function(fold.asked)


def _steps(known: Any, truth: Any, seed: int, alpha: float = 1e-4) -> Any:
    from sklearn.linear_model import SGDClassifier

    machine = SGDClassifier(
        loss="log_loss", class_weight="balanced", random_state=seed, alpha=alpha
    )
    return machine.fit(known, truth)


def _by_steps(fold: Fold) -> Any:
    return _steps(fold.known, fold.truth, 0).decision_function(fold.asked)


def _bagged(fold: Fold) -> Any:
    lot = np.random.default_rng(0)
    total = np.zeros(len(fold.asked_truth))
    for seed in range(8):
        drawn = lot.integers(0, len(fold.truth), len(fold.truth))
        machine = _steps(fold.known[drawn], fold.truth[drawn], seed, alpha=5e-5)
        total += machine.decision_function(fold.asked)
    return total


def _ratios(fold: Fold) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    counter = CountVectorizer(ngram_range=(1, 3), binary=True, min_df=2)
    known = counter.fit_transform(fold.texts)
    risky = np.asarray(known[fold.truth].sum(0)).ravel() + 1
    calm = np.asarray(known[~fold.truth].sum(0)).ravel() + 1
    ratio = np.log((risky / risky.sum()) / (calm / calm.sum()))
    machine = LogisticRegression(C=0.3, solver="liblinear")
    machine.fit(known.multiply(ratio).tocsr(), fold.truth)
    return machine.decision_function(counter.transform(fold.asked_texts).multiply(ratio).tocsr())


def _trees(fold: Fold) -> Any:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.ensemble import HistGradientBoostingClassifier

    components = TruncatedSVD(150, random_state=0)
    machine = HistGradientBoostingClassifier(random_state=0, max_iter=150, learning_rate=0.08)
    machine.fit(components.fit_transform(fold.known), fold.truth)
    return machine.decision_function(components.transform(fold.asked))


def _together(fold: Fold) -> Any:
    from scipy.stats import rankdata

    return sum(rankdata(way(fold)) for way in (_by_regression, _ratios, _bagged, _trees))


def _onwards(fold: Fold) -> Any:
    """Learn once more, with the surest of what was asked as if it were known."""
    from scipy.sparse import vstack

    order = np.argsort(-_by_regression(fold), kind="stable")
    risky, calm = order[: len(order) // 20], order[len(order) // 2 :]
    known = vstack([fold.known, fold.asked[risky], fold.asked[calm]]).tocsr()
    truth = np.r_[fold.truth, np.ones(len(risky), bool), np.zeros(len(calm), bool)]
    return _regression(known, truth).decision_function(fold.asked)


def _as_written(fold: Fold) -> Any:
    from scipy.sparse import hstack

    known, asked = _counted(fold.orig, fold.asked_orig, least=2)
    machine = _regression(hstack([fold.known, known]).tocsr(), fold.truth)
    return machine.decision_function(hstack([fold.asked, asked]).tocsr())


def _agreeing(fold: Fold) -> Any:
    """Without the examples that machines which learned from the others contradict most."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    machine = LogisticRegression(C=0.5, class_weight="balanced", solver="liblinear")
    said = cross_val_predict(machine, fold.known, fold.truth, cv=3, method="decision_function")
    against = np.where(fold.truth, -said, said)
    kept = against < np.quantile(against, 0.95)
    return _regression(fold.known[kept], fold.truth[kept]).decision_function(fold.asked)


_WAYS: dict[str, Reader] = {
    "words and runs of 2 to 5 letters, SGD, classes weighed": _by_steps,
    "the same by logistic regression": _by_regression,
    "up to three words, weighed by how much more often dangers have them": _ratios,
    "eight SGD machines, each on examples drawn with replacement": _bagged,
    "boosted trees over 150 components": _trees,
    "the ranks of the four before, together": _together,
    "learning on from what was asked, without its labels": _onwards,
    "with the message as it was written, in any language, beside the English": _as_written,
    "without the 5 % of examples that the others contradict": _agreeing,
}
