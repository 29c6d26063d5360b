"""How well danger is seen in messages of people after disasters, beside simpler readers."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from bench.triage import Row, fifth, rows, without_known
from ngoma.triage import danger
from ngoma.triage.catalogue import Catalogue
from ngoma.triage.training import Example, train
from ngoma.triage.words import tokens

SET = "en_disaster_danger"
RISKIEST = 0.2
"""The share of texts that somebody looks at first."""


class Seen(msgspec.Struct):
    """Of one reader: the share of dangers among the riskiest texts, and average precision."""

    name: str
    riskiest: float
    precision: float


class Danger(msgspec.Struct):
    """The readers, and what ours does by its bars: dangers raised, calm texts raised."""

    learned_from: int
    asked: int
    dangers: int
    readers: list[Seen]
    raised: float
    alarms: float


def measure(texts: Path) -> Danger:
    """Learn from four fifths, drawn by lot, and be asked about the rest."""
    known = rows(texts / f"{SET}.jsonl")
    older, newer = fifth(Random(0).sample(known, len(known)))
    newer = without_known(older, newer)
    truth = [row["label"] == "danger" for row in newer]
    model = train(
        [Example(row["text"], "now" if row["label"] == "danger" else "no") for row in older],
        aim=danger.SAFE,
    )
    city = Catalogue("", ("en",), ())
    chances = [dict(model.rank(model.margins(tokens(row["text"]))))["now"] for row in newer]
    raised = [danger.raised(model, tokens(row["text"]), city, None)[0] != "no" for row in newer]
    return Danger(
        learned_from=len(older),
        asked=len(newer),
        dangers=sum(truth),
        readers=[
            _seen("word counts + regression", truth, _counts(older, newer)),
            _seen("words, letters + SGD", truth, _letters(older, newer)),
            _seen("Ngoma", truth, chances),
        ],
        raised=_share(raised, truth),
        alarms=_share(raised, [not each for each in truth]),
    )


def _counts(older: Sequence[Row], newer: Sequence[Row]) -> list[float]:
    """What a public peer uses: counts of words and a logistic regression."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    return _asked(CountVectorizer(), LogisticRegression(max_iter=300), older, newer)


def _letters(older: Sequence[Row], newer: Sequence[Row]) -> list[float]:
    """The best that was measured before: words and runs of letters, fitted step by step."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_union

    both = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    machine = SGDClassifier(loss="log_loss", class_weight="balanced", random_state=0)
    return _asked(both, machine, older, newer)


def _asked(counter: Any, reader: Any, older: Sequence[Row], newer: Sequence[Row]) -> list[float]:
    known = counter.fit_transform([row["text"] for row in older])
    reader.fit(known, [row["label"] == "danger" for row in older])
    margins = reader.decision_function(counter.transform([row["text"] for row in newer]))
    return [float(each) for each in margins]


def _seen(name: str, truth: Sequence[bool], chances: Sequence[float]) -> Seen:
    from sklearn.metrics import average_precision_score

    order = sorted(range(len(truth)), key=lambda each: -chances[each])
    first = order[: round(RISKIEST * len(order))]
    found = sum(truth[each] for each in first) / sum(truth)
    return Seen(name, found, float(average_precision_score(truth, chances)))


def _share(said: Sequence[bool], of: Sequence[bool]) -> float:
    among = [each for each, counts in zip(said, of, strict=True) if counts]
    return sum(among) / len(among)
