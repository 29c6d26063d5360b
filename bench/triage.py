"""How well labelled texts are read, beside what simpler readers make of them in the same run."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from ngoma.triage import sentences
from ngoma.triage.evaluate import (
    Prediction,
    accuracy,
    coverage_at,
    expected_calibration_error,
    macro_f1,
    top,
)
from ngoma.triage.training import Example, meanings, train
from ngoma.triage.words import tokens

SETS = (
    "ko_bluehouse",
    "ko_seoul120",
    "lug_injongo",
    "swa_injongo",
    "sib_kor_Hang",
    "sib_eng_Latn",
    "sib_lug_Latn",
    "sib_swh_Latn",
)
TIMES = 3
"""Random splits of a set that has none of its own."""

ALIKE = 0.9
"""Share of common triples of letters from which two texts are the same one, written twice."""

Row = dict[str, Any]


class Figures(msgspec.Struct):
    """Of one reader on one set; shares from 0 to 1, the mean of the splits."""

    accuracy: float
    macro_f1: float
    top_3: float
    ece: float
    coverage_at_95: float


class Read(msgspec.Struct):
    """A set: how much of it, what the readers made of it, seconds to learn, texts read a second
    without and with their meaning, and megabytes of the stored model."""

    name: str
    labels: int
    learned_from: int
    asked: int
    counts: Figures
    machine: Figures
    ours: Figures
    training: float
    per_second: float
    per_second_deep: float
    megabytes: float


def measure(texts: Path, name: str) -> Read:
    """Learn from one part of a set of texts and be asked about the other."""
    runs = [_run(older, newer) for older, newer in _splits(rows(texts / f"{name}.jsonl"))]
    first = runs[0]
    for reader in ("counts", "machine", "ours"):
        setattr(first, reader, _mean([getattr(run, reader) for run in runs]))
    first.name = name
    return first


def _run(older: Sequence[Row], newer: Sequence[Row]) -> Read:
    truth = [row["label"] for row in newer]
    said = [row["text"] for row in older]
    started = time.perf_counter()
    vectors = meanings(said)
    model = train([Example(row["text"], row["label"]) for row in older], vectors)
    training = time.perf_counter() - started
    asked = [row["text"] for row in newer]
    started = time.perf_counter()
    for text in asked:
        model.rank(model.margins(tokens(text)))
    quick = len(asked) / (time.perf_counter() - started)
    started = time.perf_counter()
    ranked = []
    for text in asked:
        meaning = sentences.embed([text])[0] if vectors is not None else None
        ranked.append(model.rank(model.margins(tokens(text), meaning=meaning)))
    deep = len(asked) / (time.perf_counter() - started)
    return Read(
        name="",
        labels=len(model.labels),
        learned_from=len(older),
        asked=len(newer),
        counts=_baseline(older, newer, letters=False),
        machine=_baseline(older, newer, letters=True),
        ours=_figures([Prediction(t, tuple(r)) for t, r in zip(truth, ranked, strict=True)]),
        training=training,
        per_second=quick,
        per_second_deep=deep,
        megabytes=len(model.to_bytes()) / 1e6,
    )


def _baseline(older: Sequence[Row], newer: Sequence[Row], *, letters: bool) -> Figures:
    """Counts of words and a logistic regression, as a public peer uses; or words, letters and a
    support vector machine, the best that was measured without meanings."""
    from scipy.sparse import hstack
    from scipy.special import softmax
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    counters: list[Any] = [CountVectorizer()]
    if letters:
        counters = [
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        ]
    known = hstack([each.fit_transform([row["text"] for row in older]) for each in counters])
    asked = hstack([each.transform([row["text"] for row in newer]) for each in counters])
    reader = LinearSVC() if letters else LogisticRegression(max_iter=300)
    reader.fit(known.tocsr(), [row["label"] for row in older])
    margins = reader.decision_function(asked.tocsr())
    chances = softmax(margins, axis=1)
    found = []
    for row, chance in zip(newer, chances, strict=True):
        order = chance.argsort()[::-1]
        ranked = tuple((str(reader.classes_[each]), float(chance[each])) for each in order)
        found.append(Prediction(row["label"], ranked))
    return _figures(found)


def _figures(predictions: Sequence[Prediction]) -> Figures:
    return Figures(
        accuracy(predictions),
        macro_f1(predictions),
        top(predictions, 3),
        expected_calibration_error(predictions),
        coverage_at(predictions, 0.95),
    )


def _mean(runs: Sequence[Figures]) -> Figures:
    columns = zip(*(msgspec.structs.astuple(run) for run in runs), strict=True)
    return Figures(*(sum(column) / len(runs) for column in columns))


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _splits(rows: list[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    """What to learn from and what to be asked about: the set's own parts; the newest fifth of a
    set that has times; else a fifth by lot. What is written twice is not asked about."""
    if "split" in rows[0]:
        halves = [
            ([r for r in rows if r["split"] == "train"], [r for r in rows if r["split"] == "test"])
        ]
    elif "time" in rows[0]:
        ordered = sorted(rows, key=lambda row: str(row["time"]))
        halves = [fifth(ordered)]
    else:
        halves = [fifth(Random(n).sample(rows, len(rows))) for n in range(TIMES)]
    for older, newer in halves:
        yield older, without_known(older, newer)


def fifth(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    cut = len(rows) * 4 // 5
    return rows[:cut], rows[cut:]


def without_known(older: Sequence[Row], newer: Sequence[Row]) -> list[Row]:
    """The texts that stand, nearly word for word, in none of the older ones."""
    known = [_triples(row["text"]) for row in older]
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, triples in enumerate(known):
        for triple in triples:
            having[triple].append(number)
    return [row for row in newer if not _stands_in(_triples(row["text"]), known, having)]


def _stands_in(triples: set[str], known: Sequence[set[str]], having: dict[str, list[int]]) -> bool:
    if not triples:
        return False
    rarest = sorted(triples, key=lambda each: len(having.get(each, ())))
    some = rarest[: max(1, round(len(triples) * (1 - ALIKE)) + 1)]
    near = {number for each in some for number in having.get(each, ())}
    return any(len(triples & known[n]) >= ALIKE * len(triples | known[n]) for n in near)


def _triples(text: str) -> set[str]:
    folded = " ".join(token.text for token in tokens(text))
    return {folded[i : i + 3] for i in range(len(folded) - 2)}
